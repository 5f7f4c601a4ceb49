"""Images of float32, and OpenCV's operations on them."""

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.float32]
Grey = npt.NDArray[np.uint8]


def blurred(image: Image | Grey, across: float, along: float = 0.0) -> Image:
    """Return a Gaussian blur; the standard deviations are in pixels, the second 0 for the same."""
    blur = cv2.GaussianBlur(image.astype(np.float32, copy=False), (0, 0), across, sigmaY=along)
    return blur.astype(np.float32, copy=False)


def resized(image: Image, shape: tuple[int, ...], interpolation: int = cv2.INTER_LINEAR) -> Image:
    """Return the image at another shape, (height, width)."""
    result = cv2.resize(image, (shape[1], shape[0]), interpolation=interpolation)
    return result.astype(np.float32, copy=False)


def sixteenths(points: npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Return points (n, 2) in sixteenths of a pixel, as OpenCV draws them with shift 4."""
    return np.round(points * 16).astype(np.int32)
