"""A small look at a radiograph, even at one whose file is damaged."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from fracture.imaging.decode import decode_grey, read_bytes
from fracture.imaging.letterbox import fit
from fracture.imaging.unreadable import UnreadableImage

SIDE = 256
WHITE = np.full((SIDE, SIDE), 255, np.uint8)
GREY = np.full((SIDE, SIDE), 215, np.uint8)


def thumbnail(path: Path) -> npt.NDArray[np.uint8]:
    """Return the upright radiograph in a file at the top of a white square, uint8 (256, 256).

    Of a file that was cut short, what is left of it; where nothing decodes, a grey square.
    """
    try:
        image = fit(decode_grey(read_bytes(path), at_least=SIDE, truncated=True), SIDE)
    except UnreadableImage:
        return GREY
    height, width = image.shape
    left = (SIDE - width) // 2
    square = WHITE.copy()
    square[:height, left : left + width] = image
    return square
