"""Edges that stand out: Canny's, blended into the radiograph."""

import cv2
import numpy as np
import numpy.typing as npt

from fracture.params.radiographs import Canny


def canny(image: npt.NDArray[np.uint8], step: Canny) -> npt.NDArray[np.uint8]:
    """Return (1 - blend) x radiograph + blend x edges, edges being 255 on 0.

    Args:
        image: uint8 (height, width).
        step: Blur before the search, thresholds on the gradient of a 3 x 3 Sobel operator,
            measured as |dx| + |dy|, and blend.

    Returns:
        uint8 (height, width).

    Reference:
        Canny, "A Computational Approach to Edge Detection", IEEE TPAMI 8, 679-698 (1986).
    """
    smooth = cv2.GaussianBlur(image, (0, 0), step.blur) if step.blur else image
    edges = cv2.Canny(smooth, step.low, step.high)
    return cv2.addWeighted(image, 1 - step.blend, edges, step.blend, 0).astype(np.uint8, copy=False)
