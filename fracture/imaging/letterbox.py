"""Radiographs of any shape into one square, nothing distorted, nothing cut off."""

from collections.abc import Iterable

import cv2
import numpy as np
import numpy.typing as npt

Box = tuple[float, float, float, float]
"""Left, top, right and bottom edge in pixels: the first pixel reaches from 0 to 1."""


def fit(image: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    """Scale a radiograph until its longer side has `size` pixels.

    Shrinking averages over areas, enlarging is bilinear: neither overshoots at the edge of a bone.

    Args:
        image: uint8 (height, width), 0 to 255.
        size: Pixels.
    """
    height, width = image.shape
    fitted_height, fitted_width = _fitted(height, width, size)
    interpolation = cv2.INTER_AREA if size < max(height, width) else cv2.INTER_LINEAR
    fitted = cv2.resize(image, (fitted_width, fitted_height), interpolation=interpolation)
    return np.asarray(fitted, np.uint8)


def pad(image: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    """Centre a radiograph in a black square, uint8 (size, size), or (size, size, channels).

    An odd pixel of padding goes to the bottom or right.

    Args:
        image: uint8 (height, width), or (height, width, channels); neither side is longer than the
            square's.
        size: Side of the square, pixels.
    """
    height, width, *channels = image.shape
    top, left = _margins(height, width, size)
    square = np.zeros((size, size, *channels), np.uint8)
    square[top : top + height, left : left + width] = image
    return square


def place_boxes(boxes: Iterable[Box], width: int, height: int, size: int) -> list[Box]:
    """Return where `fit` and `pad` put boxes of a radiograph.

    Args:
        boxes: In pixels of the upright radiograph.
        width: Of the upright radiograph, pixels.
        height: Likewise.
        size: Side of the square, pixels.

    Returns:
        The boxes in pixels of the square, in order, not rounded.
    """
    fitted_height, fitted_width = _fitted(height, width, size)
    y, x = _margins(fitted_height, fitted_width, size)
    # Both sides are whole pixels, so that they are not scaled by quite the same.
    along, down = fitted_width / width, fitted_height / height
    return [
        (x + left * along, y + top * down, x + right * along, y + bottom * down)
        for left, top, right, bottom in boxes
    ]


def _fitted(height: int, width: int, size: int) -> tuple[int, int]:
    scale = size / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def _margins(height: int, width: int, size: int) -> tuple[int, int]:
    return (size - height) // 2, (size - width) // 2
