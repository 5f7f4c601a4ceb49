"""What is kept of a radiograph to recognise it again: its content as small thumbnails."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

SIDE = 64  # pixels of a thumbnail: coarser ones do not tell two exposures of one hand apart
# Grey levels up to which a border counts as black. Compression smears an edge into the black beside
# it, up to 30 levels deep; a dark radiograph fades into it. What one level misses the other finds.
BLACK = (16, 32)
MARGIN = 0.04  # of each side, left out: an edge that a border leaves behind is no content
UNDECODED = 128  # the grey with which libjpeg fills what a file that is cut short does not give
SMALLEST = 16  # pixels: a frame below that is no radiograph

Grey = npt.NDArray[np.uint8]
Box = tuple[int, int, int, int]  # top, bottom, left, right


@dataclass(frozen=True, eq=False)
class Description:
    """A radiograph as it is compared with others; 4 KB, or 8 KB where its border is doubtful.

    Attributes:
        thumbnails: uint8 (1 or 2, 64, 64), the radiograph without its black border, squeezed into
            a square; two where it depends on what counts as black.
        rows: Of the thumbnails, counted from the top, that show the radiograph: 64, or fewer where
            the file was cut short.
    """

    thumbnails: Grey
    rows: int = SIDE


def describe(image: Grey) -> Description:
    """Describe a radiograph, uint8 (height, width), 0 to 255.

    Where a file is cut short, give what a lenient decoder makes of it: rows below the end of the
    file are known by their grey, exactly 128 up to the right edge, and are not compared.
    """
    height = len(image)
    shown = _shown_rows(image)
    boxes = dict.fromkeys(
        (top, height if shown < height else bottom, left, right)
        for top, bottom, left, right in _content(image[:shown])
    )
    return Description(
        thumbnails=np.stack([_thumbnail(image, box) for box in boxes]),
        rows=min(_rows(shown, *_inset(*box[:2])) for box in boxes),
    )


def _rows(shown: int, top: int, bottom: int) -> int:
    """Return how many rows of a thumbnail from `top` to `bottom` lie above row `shown`."""
    return min(SIDE, (shown - top) * SIDE // (bottom - top))


def _shown_rows(image: Grey) -> int:
    """Return how many rows stand above those that were not decoded, in part or at all."""
    decoded = np.flatnonzero(image[:, -1] != UNDECODED)
    if len(decoded) == 0 or (image[-1] != UNDECODED).any():
        return len(image)
    return int(decoded[-1]) + 1


def _content(image: Grey) -> Iterator[Box]:
    """Yield the box that holds all that is brighter than black, for each notion of black."""
    rows, columns = image.max(axis=1), image.max(axis=0)
    for black in BLACK:
        yield (*_extent(rows > black), *_extent(columns > black))


def _extent(bright: npt.NDArray[np.bool_]) -> tuple[int, int]:
    places = np.flatnonzero(bright)
    if len(places) == 0 or places[-1] - places[0] < SMALLEST:
        return 0, len(bright)
    return int(places[0]), int(places[-1]) + 1


def _inset(start: int, end: int) -> tuple[int, int]:
    margin = round(MARGIN * (end - start))
    return start + margin, end - margin


def _thumbnail(image: Grey, box: Box) -> Grey:
    (top, bottom), (left, right) = _inset(*box[:2]), _inset(*box[2:])
    cut = np.ascontiguousarray(image[top:bottom, left:right])
    return np.asarray(cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)
