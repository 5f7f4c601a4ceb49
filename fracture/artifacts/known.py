"""Training radiographs as a network of a bundle knows them: features, and what they show."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fracture.artifacts.reading import reading

FILE = "known.npz"
"""Within the folder of a network."""


@dataclass(frozen=True)
class KnownRadiographs:
    """Training radiographs, n of them.

    Attributes:
        features: The network's pooled ones, scaled to length 1, float16 (n, d).
        groups: Radiographs of one group have the same number, int32 (n,).
        body_parts: What each shows; empty where unknown.
        labels: The class of each; empty where it has none or may not be told.
        ids: Of the data set; empty where the radiograph may not be shown.
        pictures: Small JPEG files, letterboxed; empty likewise.
        weights: By which features tell the body part, float32 (b, d + 1), see
            fracture/inference/body_part.py; b is 0 where fewer than two are named.
    """

    features: npt.NDArray[np.float16]
    groups: npt.NDArray[np.int32]
    body_parts: list[str]
    labels: list[str]
    ids: list[str]
    pictures: list[bytes]
    weights: npt.NDArray[np.float32]


def write(known: KnownRadiographs, folder: Path) -> None:
    """Save radiographs in the folder of their network; the same give the same bytes."""
    np.savez(
        folder / FILE,
        features=known.features,
        groups=known.groups,
        body_parts=np.array(known.body_parts, np.str_),
        labels=np.array(known.labels, np.str_),
        ids=np.array(known.ids, np.str_),
        pictures=np.frombuffer(b"".join(known.pictures), np.uint8),
        sizes=np.array([len(each) for each in known.pictures], np.int64),
        weights=known.weights,
    )


def read(folder: Path) -> KnownRadiographs:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, or damaged.
    """
    with reading(folder / FILE, "bundle"), np.load(folder / FILE) as file:
        ends = np.cumsum(file["sizes"]).tolist()
        packed = file["pictures"].tobytes()
        starts = [0, *ends[:-1]]
        return KnownRadiographs(
            features=np.asarray(file["features"], np.float16),
            groups=np.asarray(file["groups"], np.int32),
            body_parts=file["body_parts"].tolist(),
            labels=file["labels"].tolist(),
            ids=file["ids"].tolist(),
            pictures=[packed[start:end] for start, end in zip(starts, ends, strict=True)],
            weights=np.asarray(file["weights"], np.float32),
        )
