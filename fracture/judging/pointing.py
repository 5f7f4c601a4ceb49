"""Where the heat of a heatmap lies: the pointing game, energy in boxes; the blob as a control."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from fracture.imaging.letterbox import Box
from fracture.inference.gradcam import Floats

Mask = npt.NDArray[np.bool_]

BLOB = 0.25
"""Standard deviation of the blob in the middle, of the radiograph's side."""


def pointing(heatmap: Floats, inside: Mask) -> float:
    """Return 1 where the hottest pixel lies in a box, else 0; the share where several are as hot.

    The pointing game (Zhang et al., Top-Down Neural Attention by Excitation Backprop, IJCV 126,
    2018), without its margin of 15 pixels. A heatmap without heat points nowhere: 0.

    Args:
        heatmap: float32 (height, width), 0 or more.
        inside: Whether a pixel lies in a box, (height, width).
    """
    return float(inside[heatmap == heatmap.max()].mean()) if heatmap.any() else 0.0


def energy(heatmap: Floats, inside: Mask) -> float:
    """Return the share of the heat that lies in boxes, 0 to 1; 0 where there is no heat.

    The energy-based pointing game (Wang et al., Score-CAM, CVPR Workshops 2020).

    Args:
        heatmap: float32 (height, width), 0 or more.
        inside: Whether a pixel lies in a box, (height, width).
    """
    total = heatmap.sum(dtype=np.float64)
    return float(heatmap[inside].sum(dtype=np.float64) / total) if total else 0.0


def inside_boxes(boxes: Iterable[Box], height: int, width: int) -> Mask:
    """Return which pixels have their middle in a box; a box holds one pixel at least.

    Args:
        boxes: Left, top, right and bottom edge in pixels: the first pixel reaches from 0 to 1.
        height: Of the radiograph, pixels.
        width: Likewise.
    """
    inside = np.zeros((height, width), np.bool_)
    for left, top, right, bottom in boxes:
        inside[_span(top, bottom, height), _span(left, right, width)] = True
    return inside


def _span(low: float, high: float, size: int) -> slice:
    first = min(int(low + 0.5), size - 1)
    return slice(first, max(int(high + 0.5), first + 1))


def centred_blob(height: int, width: int) -> Floats:
    """Return a Gaussian in the middle, its standard deviation `BLOB` of each side.

    It is the heatmap of a control that looks at no radiograph, and relies on what is examined being
    in the middle.

    Args:
        height: Of the radiograph, pixels.
        width: Likewise.

    Returns:
        float32 (height, width), the hottest place 1.
    """
    down, along = (
        np.exp(-0.5 * ((np.arange(side) - (side - 1) / 2) / (BLOB * side)) ** 2)
        for side in (height, width)
    )
    blob = np.outer(down, along)
    return (blob / blob.max()).astype(np.float32)
