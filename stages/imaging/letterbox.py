"""Radiographs of any shape into one square, nothing distorted, nothing cut off."""

import cv2
import numpy as np
import numpy.typing as npt


def fit(image: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    """Scale a radiograph, uint8 (height, width), until its longer side has `size` pixels.

    Shrinking averages over areas, enlarging is bilinear: neither overshoots at the edge of a bone.
    """
    scale = size / max(image.shape)
    height, width = (max(1, round(side * scale)) for side in image.shape)
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (width, height), interpolation=interpolation), np.uint8)


def pad(image: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    """Centre a radiograph in a black square, uint8 (size, size).

    An odd pixel of padding goes to the bottom or right.
    """
    height, width = image.shape
    top, left = (size - height) // 2, (size - width) // 2
    square = np.zeros((size, size), np.uint8)
    square[top : top + height, left : left + width] = image
    return square
