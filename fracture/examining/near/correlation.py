"""How well the fine structure of two radiographs agrees when one lies on the other."""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np
import numpy.typing as npt

from fracture.examining.near.description import SIDE, Description, Grey

BLUR = 2.0  # standard deviation, pixels of a thumbnail: in what is coarser, hands look alike
FAINTEST = 1.0  # grey levels, root mean square: below it there is nothing to compare
DIGITS = 4  # the last digits of a sum depend on its order

Floats = npt.NDArray[np.float32]


def correlations(one: Description, others: Iterable[Description]) -> Iterator[float]:
    """Yield how well one radiograph correlates with each of others, -1 to 1.

    It is the highest Pearson correlation of aligned pixels, after a high-pass filter, over the
    thumbnails of both and, where both show the whole radiograph, the eight flips and rotations. Of
    a file that was cut short the rows that it shows are compared, upright.
    """
    turned: dict[int, Floats] = {}
    for other in others:
        rows = min(one.rows, other.rows)
        if rows not in turned:
            turned[rows] = np.concatenate([_turned(detail) for detail in _details(one, rows)])
        structure = np.stack([detail.ravel() for detail in _details(other, rows)])
        yield round(float((turned[rows] @ structure.T).max()), DIGITS)


def _details(description: Description, rows: int) -> Iterator[Floats]:
    for thumbnail in description.thumbnails:
        yield _detail(thumbnail[:rows])


def _detail(thumbnail: Grey) -> Floats:
    """Return the fine structure, mean 0 and length 1, or zeros where there is none."""
    smooth = cv2.GaussianBlur(
        thumbnail.astype(np.float32), (0, 0), BLUR, borderType=cv2.BORDER_REFLECT
    )
    detail = thumbnail - smooth
    detail -= detail.mean()
    length = np.linalg.norm(detail)
    faintest = FAINTEST * np.sqrt(detail.size)
    return np.asarray(detail / length if length > faintest else 0 * detail, np.float32)


def _turned(detail: Floats) -> Floats:
    """Return the flips and rotations as rows: 8 of a whole thumbnail, 1 of a part."""
    if len(detail) < SIDE:
        return detail.reshape(1, -1)
    turns = [np.rot90(detail, quarter) for quarter in range(4)]
    return np.stack([way.ravel() for turn in turns for way in (turn, turn.T)])
