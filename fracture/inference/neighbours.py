"""Whether a network's features of a picture lie near those of radiographs that it was judged on."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.inference.gradcam import Floats, GradCAM
from fracture.inference.networks import Member

NEAREST = 5  # of whose distances the largest counts
QUANTILE = 0.99
MOST = 2000  # radiographs that are kept


@dataclass(frozen=True)
class Known:
    """What a network makes of radiographs of the kind that it knows.

    Attributes:
        features: Pooled ones of n radiographs, scaled to length 1, float16 (n, d).
        furthest: The distance from them beyond which a picture is unlike them.
    """

    features: npt.NDArray[np.float16]
    furthest: float


def know(member: Member, packed: PackedImages) -> Known | None:
    """Return what a network makes of the validation radiographs.

    Args:
        member: The network.
        packed: All radiographs, as it sees them.

    Returns:
        None where validation has too few groups.
    """
    rows = packed.rows("validation")
    rows = rows[:: max(1, -(-len(rows) // MOST))]
    if not len(rows):
        return None
    explained = GradCAM(networks.read(member.folder)).explain(
        packed.images, rows, member.batch_size
    )
    return learn(explained.features, packed.table["group"].to_numpy(object)[rows])


def learn(features: Floats, groups: npt.NDArray[np.object_]) -> Known | None:
    """Return radiographs with the distance that one in a hundred of them exceeds.

    A radiograph's own group is left out where its distance is measured.

    Args:
        features: Of n radiographs, float32 (n, d).
        groups: Of each.

    Returns:
        None where a radiograph has fewer than `NEAREST` of other groups.

    Reference:
        Sun, Y. et al. Out-of-distribution detection with deep nearest neighbors. ICML 2022.
    """
    kept = _unit(features).astype(np.float16)
    apart = np.where(groups[:, None] == groups, np.inf, _apart(features, kept))
    if len(kept) < NEAREST or not np.isfinite(found := _nearest(apart)).all():
        return None
    return Known(kept, round(float(np.quantile(found, QUANTILE)), 6))


def are_unlike(features: Floats, known: Known) -> npt.NDArray[np.bool_]:
    """Return which pictures are further from a network's radiographs than these are, bool (n,).

    Args:
        features: Of n pictures, float32 (n, d).
        known: Of the network.
    """
    return _nearest(_apart(features, known.features)) > known.furthest


def _unit(features: Floats) -> Floats:
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.maximum(lengths, np.float32(1e-12)), np.float32)


def _apart(features: Floats, known: npt.NDArray[np.float16]) -> Floats:
    """Return the distance of each picture from each known radiograph, float32 (n, m)."""
    cosines = _unit(features) @ _unit(known.astype(np.float32)).T
    return np.sqrt(np.maximum(2 - 2 * cosines, 0))


def _nearest(apart: Floats) -> Floats:
    return np.partition(apart, NEAREST - 1, axis=1)[:, NEAREST - 1]
