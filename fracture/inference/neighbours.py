"""Training radiographs whose features lie near those of a picture, and what these say of it."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.known import KnownRadiographs
from fracture.imaging.variant import Image
from fracture.inference import body_part
from fracture.inference.gradcam import Floats, GradCAM
from fracture.inference.networks import Member
from fracture.targets import Target

NEAREST = 5  # of whose distances the largest counts
QUANTILE = 0.99
SHOWN = 3
MOST = 4000  # training radiographs that are kept, and validation ones that are measured
PICTURE, QUALITY = 96, 85  # pixels, of JPEG
Fit = Callable[[Floats, list[str], Floats, list[str], list[str]], Floats]
"""`fit` of fracture/systems/body_part.py: whoever answers has no scikit-learn to import it."""
UNNAMED = {"", "unknown"}
"""What data sets call a body part that they do not know."""


@dataclass(frozen=True)
class Similar:
    """A training radiograph that looks to a network like the one that was asked about.

    Attributes:
        id: Of the data set.
        label: Its class; empty where it has none.
        body_part: What it shows; empty where unknown.
        distance: Of the features, 0 to 2: 0 for the same, 1.41 for unrelated ones.
        picture: A small JPEG file.
    """

    id: str
    label: str
    body_part: str
    distance: float
    picture: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Beside:
    """What training radiographs say of a picture.

    Attributes:
        unlike: Whether it is further from training radiographs than nearly all of validation.
        body_parts: The probability of each; empty where none is named.
        similar: The nearest that may be shown, each of another group, the nearest first.
    """

    unlike: bool
    body_parts: dict[str, float]
    similar: tuple[Similar, ...]


@dataclass(frozen=True)
class Known:
    """What a network makes of training radiographs.

    Attributes:
        radiographs: These, n of them.
        furthest: The distance from them beyond which a picture is unlike them.
    """

    radiographs: KnownRadiographs
    furthest: float

    @cached_property
    def features(self) -> Floats:
        """Scaled to length 1, float32 (n, d)."""
        return _unit(self.radiographs.features.astype(np.float32))

    @cached_property
    def body_parts(self) -> list[str]:
        """Those that are told apart."""
        return named(self.radiographs.body_parts)


def know(
    member: Member, packed: PackedImages, target: Target, shown: AbstractSet[str], fit: Fit
) -> Known | None:
    """Return what a network makes of the training radiographs.

    A group that stands in another part as well, which a split allows where `gate` only reports
    leaks, is left out: validation and test radiographs never meet their own.

    Args:
        member: The network.
        packed: All radiographs, as it sees them.
        target: Its classes are the labels.
        shown: Ids of radiographs of which id, label and picture may be passed on.
        fit: Learns what tells the body part.

    Returns:
        None where training or validation has too few radiographs.
    """
    groups = packed.table["group"].to_numpy(object)
    apart = ~np.isin(groups[packed.rows("train")], groups[packed.judged])
    kept, held = _thin(packed.rows("train")[apart]), _thin(packed.rows("validation"))
    if len(kept) < NEAREST or not len(held):
        return None
    network = GradCAM(networks.read(member.folder))
    features, others = (
        network.explain(packed.images, rows, member.batch_size).features for rows in (kept, held)
    )
    table = packed.table.iloc[kept]
    told = [one in shown for one in table["id"]]
    classes = [*target.classes, ""]
    features, others = _unit(features), _unit(others)
    parts, held_parts = (
        [str(part) for part in packed.table["body_part"].iloc[rows]] for rows in (kept, held)
    )
    radiographs = KnownRadiographs(
        features=features.astype(np.float16),
        groups=np.unique(groups[kept].astype(str), return_inverse=True)[1].astype(np.int32),
        body_parts=parts,
        labels=[classes[at] * tell for at, tell in zip(target.labels(table), told, strict=True)],
        ids=[str(one) * tell for one, tell in zip(table["id"], told, strict=True)],
        pictures=[
            _picture(packed.images[row, ..., 0]) if tell else b""
            for row, tell in zip(kept, told, strict=True)
        ],
        weights=fit(features, parts, others, held_parts, named(parts)),
    )
    return Known(radiographs, furthest(others, radiographs.features))


def named(body_parts: Iterable[str]) -> list[str]:
    """Return the body parts that are named, sorted; none where there are fewer than two."""
    found = sorted({*body_parts} - UNNAMED)
    return found if len(found) > 1 else []


def furthest(held: Floats, features: npt.NDArray[np.float16]) -> float:
    """Return the distance from training radiographs that one in a hundred held out ones exceeds.

    Args:
        held: Features of validation radiographs, float32 (m, d).
        features: Those of the training, float16 (n, d), `NEAREST` or more.

    Reference:
        Sun, Y. et al. Out-of-distribution detection with deep nearest neighbors. ICML 2022.
    """
    found = _nearest(_apart(held, _unit(features.astype(np.float32))))
    return round(float(np.quantile(found, QUANTILE)), 6)


def compare(features: Floats, known: Known) -> list[Beside]:
    """Return what training radiographs say of each of n pictures.

    Args:
        features: Of the pictures, float32 (n, d).
        known: Of the network that gave them.
    """
    apart = _apart(features, known.features)
    unlike = _nearest(apart) > known.furthest
    parts = body_part.tell(_unit(features), known.radiographs.weights)
    return [
        Beside(
            bool(far),
            dict(zip(known.body_parts, part.tolist(), strict=True)),
            similar(row, known),
        )
        for far, part, row in zip(unlike, parts, apart, strict=True)
    ]


def similar(apart: Floats, known: Known) -> tuple[Similar, ...]:
    """Return the `SHOWN` nearest radiographs that may be shown, one of each group.

    Args:
        apart: The distance of a picture from each known radiograph, float32 (n,).
        known: These.
    """
    of = known.radiographs
    found: dict[int, Similar] = {}
    for at in np.argsort(apart, kind="stable"):
        if len(found) == SHOWN:
            break
        if of.ids[at] and of.groups[at] not in found:
            distance = round(float(apart[at]), 4)
            part = of.body_parts[at] * (of.body_parts[at] not in UNNAMED)
            found[of.groups[at]] = Similar(
                of.ids[at], of.labels[at], part, distance, of.pictures[at]
            )
    return tuple(found.values())


def _picture(image: Image) -> bytes:
    side = min(PICTURE, len(image))
    small = cv2.resize(np.ascontiguousarray(image), (side, side), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def _thin(rows: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    return rows[:: max(1, -(-len(rows) // MOST))]


def _unit(features: Floats) -> Floats:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(lengths, np.float32(1e-12)), np.float32)


def _apart(features: Floats, known: Floats) -> Floats:
    """Return the distance of each picture from each known radiograph, float32 (n, m)."""
    return np.sqrt(np.maximum(2 - 2 * (_unit(features) @ known.T), 0))


def _nearest(apart: Floats) -> Floats:
    return np.partition(apart, NEAREST - 1, axis=1)[:, NEAREST - 1]
