"""Marks: the places that a heatmap points at, each with a box and a score."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from fracture.inference.gradcam import Floats, enlarge

MOST = 20
"""Marks of a radiograph at most; the rates of false marks that are reported end at 1."""


@dataclass(frozen=True)
class Marks:
    """Marks on one radiograph, the hottest first.

    Pixels count from the left and from the top; the first one reaches from 0 to 1.

    Attributes:
        peaks: Where the heat is greatest, (x, y), float64 (m, 2), middles of pixels.
        boxes: Left, top, right and bottom of the region around it, float64 (m, 4), pixels.
        scores: Heat at the peak, above 0, float64 (m,), descending.
    """

    peaks: npt.NDArray[np.float64]
    boxes: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]


def find_marks(heat: Floats, height: int, width: int, share: float) -> Marks:
    """Return the marks of a heatmap: its peaks, the hottest first, each with the region around it.

    The heat is scaled to the size of the radiograph. A peak is a place that none of its eight
    neighbours exceeds. Its region is what is connected to it and has at least `share` of its heat;
    a later peak inside the region of an earlier one is no mark of its own. Scores are the heat
    itself, not divided by its maximum: they have to order the marks of different radiographs.

    Args:
        heat: float32 (rows, columns); below 0 counts as 0. Where it is no number anywhere, as after
            an overflow of 16 bits, there are no marks.
        height: Of the radiograph, pixels.
        width: Likewise.
        share: From which share of the peak's heat on a pixel belongs to the region, above 0 and
            less than 1.
    """
    fine = enlarge(heat, height, width)
    # On the coarse grid, because enlarging leaves flat edges that are no peaks.
    places = np.argwhere(heat == cv2.dilate(heat, np.ones((3, 3))))
    pixels = ((places + 0.5) * (height, width) / heat.shape).astype(np.intp)
    values = fine[tuple(pixels.T)]
    claimed = np.zeros(fine.shape, np.bool_)
    found: list[tuple[float, ...]] = []
    for place in np.argsort(-values, kind="stable"):
        row, column = pixels[place].tolist()
        if claimed[row, column]:
            continue
        if len(found) == MOST or not values[place] > 0:
            break
        hot = (fine >= share * values[place]).view(np.uint8)
        *_, (left, top, across, down) = cv2.floodFill(hot, None, (column, row), 2, flags=8)
        around = np.s_[top : top + down, left : left + across]
        claimed[around] |= hot[around] == 2  # noqa: PLR2004 - what was just filled
        peak = column + 0.5, row + 0.5
        found.append((*peak, left, top, left + across, top + down, float(values[place])))
    table = np.array(found, np.float64).reshape(-1, 7)
    return Marks(table[:, :2], table[:, 2:6], table[:, 6])
