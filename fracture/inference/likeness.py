"""Whether a picture looks like the radiographs that a system learned from."""

import numpy as np
import numpy.typing as npt

from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.bundle import Likeness
from fracture.imaging.variant import Image

UNLIKE = "looks unlike the radiographs that the system was trained on"

BLACK, WHITE = 16, 240  # grey levels: darker is background, brighter saturated
SCALES = 4
PER_DOUBLING = 10.0  # so that a doubling of detail weighs as much as ten grey levels
LEAST_VARIANCE = 1.0  # of a property in which the radiographs do not differ
QUANTILE = 0.999
MOST = 2000  # radiographs of a part that are measured


def measure(image: Image) -> npt.NDArray[np.float64]:
    """Return properties of a picture: its grey levels, and how much detail it has at each scale.

    Args:
        image: As a network sees it, uint8 (height, width).

    Returns:
        Mean and standard deviation, the percentage of black and of white pixels, and for pixels of
        1, 2, 4 and 8 the logarithm of the detail that is lost when four of them become one.
    """
    level = image.astype(np.float64)
    measured = [
        level.mean(), level.std(), 100 * (image < BLACK).mean(), 100 * (image > WHITE).mean(),
    ]  # fmt: skip
    for _ in range(SCALES):
        height, width = (side // 2 for side in level.shape)
        blocks = level[: 2 * height, : 2 * width].reshape(height, 2, width, 2)
        level = blocks.mean(axis=(1, 3))
        lost = np.sqrt(np.square(blocks - level[:, None, :, None]).mean())
        measured.append(PER_DOUBLING * np.log2(lost + 0.5))
    return np.array(measured)


def learn(packed: PackedImages) -> Likeness | None:
    """Return what the training radiographs look like; None where a split has no two of them.

    A picture is as far from them as its Mahalanobis distance. The limit is the distance that one
    validation radiograph in a thousand exceeds, or the largest of fewer.

    Args:
        packed: Radiographs as a network sees them, with their parts; of several channels the first
            counts.

    Reference:
        Mahalanobis, "On the generalised distance in statistics", 1936.
    """
    train, validation = (_measured(packed, packed.rows(part)) for part in ("train", "validation"))
    if len(train) <= 1 or not len(validation):
        return None
    spread = np.cov(train.T) + LEAST_VARIANCE * np.eye(train.shape[1])
    learned = Likeness(
        centre=_rounded(train.mean(axis=0)),
        precision=[_rounded(row) for row in np.linalg.inv(spread)],
        limit=0,
    )
    distances = [distance(learned, measured) for measured in validation]
    return learned.model_copy(update={"limit": round(float(np.quantile(distances, QUANTILE)), 6)})


def distance(likeness: Likeness, measured: npt.NDArray[np.float64]) -> float:
    """Return how far a picture is from the radiographs of a system.

    Args:
        likeness: Of those.
        measured: What `measure` returns of the picture.
    """
    away = measured - np.array(likeness.centre)
    return float(np.sqrt(max(0.0, away @ np.array(likeness.precision) @ away)))


def is_unlike(likeness: Likeness, image: Image) -> bool:
    """Return whether a picture is further from the radiographs of a system than they are.

    Args:
        likeness: Of those.
        image: As its first network sees it, uint8 (height, width, channels).
    """
    return distance(likeness, measure(image[..., 0])) > likeness.limit


def _measured(packed: PackedImages, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    every = max(1, -(-len(rows) // MOST))
    return np.array([measure(packed.images[row, ..., 0]) for row in rows[::every]])


def _rounded(values: npt.NDArray[np.float64]) -> list[float]:
    return [float(f"{value:.9g}") for value in values]
