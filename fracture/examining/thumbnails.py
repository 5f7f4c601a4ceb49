"""Small thumbnails of radiographs and their local features, to recognise an exposure again."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

SIDE = 160  # pixels, the longer side: with 128 two changes at once hide one copy in seventy
NARROWEST = 16  # pixels, the shorter side: a narrower strip is compared with nothing
FEATURES = 64
BLACK, WHITE = 2, 249  # grey levels up to and from which it may be a corner or a border
SPECK = 5  # pixels: what is black or white and narrower is no corner
UNDECODED = 128  # the grey with which libjpeg fills what a file that is cut short does not give
WINDOW = 17  # pixels, over which brightness and contrast are made alike
FLOOR = 2.0  # grey levels added to the deviation in a window: what is even stays even
CONTRAST = 40  # grey levels to a deviation, in what the features are taken from
EDGE = 5  # pixels: no feature lies closer to a corner or border than half of that
WEAKEST = 0.02  # contrast of a feature, half of OpenCV's usual one: radiographs are smooth
STEEPEST = 12  # ratio of curvatures: more of an edge than OpenCV's usual 10
QUANTUM = 512  # of a feature's values, which are 0 to 1, rarely above 0.5

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Description:
    """A radiograph as it is compared with others: about 30 KB.

    Attributes:
        thumbnail: uint8 (height, width), the longer side 160.
        rows: Of the thumbnail, counted from the top, that show the radiograph: all of them, or
            fewer where the file was cut short.
        points: float32 (n, 4), of each feature x, y, size in pixels of the thumbnail, and the
            direction in degrees.
        features: uint8 (n, 128), n up to 64: SIFT, the square root of the shares, times 512.
    """

    thumbnail: Grey
    rows: int
    points: Floats
    features: Grey

    @property
    def key(self) -> tuple[tuple[int, ...], int, bytes]:
        """What tells it from any other, and puts descriptions into an order of their own."""
        return self.thumbnail.shape, self.rows, self.thumbnail.tobytes()


def describe(image: Grey) -> Description:
    """Describe a radiograph, uint8 (height, width), 0 to 255.

    The features are SIFT's (Lowe, 2004) with the square roots of Arandjelovic and Zisserman (2012),
    taken where brightness and contrast have been made alike, so that another exposure curve leaves
    them as they are. Corners and borders, black or white, bear none.

    Where a file is cut short, give what a lenient decoder makes of it: rows below the end of the
    file are known by their grey, exactly 128 up to the right edge, and are not compared.
    """
    height, width = image.shape
    scale = SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    thumbnail = np.asarray(cv2.resize(image, size, interpolation=method), np.uint8)
    rows = _decoded_rows(image) * size[1] // height
    if min(size[0], rows) < NARROWEST:
        nothing = np.zeros((0, 4), np.float32), np.zeros((0, 128), np.uint8)
        return Description(thumbnail, rows, *nothing)
    mask = content(thumbnail, rows)
    even = np.clip(128 + CONTRAST * normalised(thumbnail, mask, WINDOW), 0, 255).astype(np.uint8)
    sift = cv2.SIFT.create(nfeatures=FEATURES, contrastThreshold=WEAKEST, edgeThreshold=STEEPEST)
    # At the edge of the thumbnail nothing was painted: only the corners' own edges are left out.
    keypoints, values = sift.detectAndCompute(even, shrunk(mask, EDGE, outside=1))
    if values is None:
        keypoints, values = (), np.zeros((0, 128), np.float32)
    points = [(*point.pt, point.size, point.angle) for point in keypoints[:FEATURES]]
    shares = values[:FEATURES] / np.maximum(values[:FEATURES].sum(1, keepdims=True), 1)
    return Description(
        thumbnail,
        rows,
        np.array(points, np.float32).reshape(-1, 4),
        np.clip(np.rint(QUANTUM * np.sqrt(shares)), 0, 255).astype(np.uint8),
    )


def _decoded_rows(image: Grey) -> int:
    """Return how many rows stand above those that were not decoded, in part or at all."""
    rows = np.flatnonzero(image[:, -1] != UNDECODED)
    if len(rows) == 0 or (image[-1] != UNDECODED).any():
        return len(image)
    return int(rows[-1]) + 1


def content(thumbnail: Grey, rows: int) -> Grey:
    """Return where a thumbnail shows something, uint8 (height, width): 1, elsewhere 0.

    Args:
        thumbnail: uint8 (height, width).
        rows: Of it that were decoded.
    """
    bright = cv2.inRange(thumbnail, BLACK + 1, WHITE - 1) // 255
    specks = np.ones((SPECK, SPECK), np.uint8)
    mask = np.asarray(cv2.morphologyEx(bright, cv2.MORPH_CLOSE, specks), np.uint8)
    mask[rows:] = 0
    return mask


def shrunk(mask: Grey, size: int, *, outside: int) -> Grey:
    """Return a mask without its rim.

    Args:
        mask: uint8 (height, width), 0 and 1.
        size: Pixels of the square that must lie in it.
        outside: 1 where what is beyond the thumbnail counts as being in it, 0 where not.
    """
    square = np.ones((size, size), np.uint8)
    eroded = cv2.erode(mask, square, borderType=cv2.BORDER_CONSTANT, borderValue=outside)
    return np.asarray(eroded, np.uint8)


def normalised(thumbnail: Grey | Floats, mask: Grey, window: int) -> Floats:
    """Return a thumbnail with brightness and contrast made alike, float32 (height, width).

    Each pixel's distance from the mean around it, by the deviation around it; 0 outside the mask.

    Args:
        thumbnail: (height, width), 0 to 255.
        mask: Where it shows something; the rest takes no part.
        window: Pixels of the square around each pixel.
    """
    inside = mask.astype(np.float32)
    share = np.maximum(_mean(inside, window), 1e-3)
    visible = np.asarray(thumbnail * inside, np.float32)
    detail = visible - _mean(visible, window) / share * inside
    variance = np.maximum(_mean(detail * detail, window), 0) / share  # a sum can end below 0
    return np.asarray(detail / (np.sqrt(variance) + FLOOR), np.float32)


def _mean(values: npt.NDArray[np.floating[Any]], window: int) -> Floats:
    mean = cv2.boxFilter(values, cv2.CV_32F, (window, window), borderType=cv2.BORDER_REFLECT)
    return np.asarray(mean, np.float32)
