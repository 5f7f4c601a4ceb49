"""Small thumbnails of radiographs, to recognise them again: which may show the same exposure."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt
from scipy.fft import dct
from scipy.spatial import KDTree

SIDE = 64  # pixels of a thumbnail: coarser ones do not tell two exposures of one hand apart
# Grey levels up to which a border counts as black. Compression smears an edge into the black beside
# it, up to 30 levels deep; a dark radiograph fades into it. What one level misses the other finds.
BLACK = (16, 32)
MARGIN = 0.04  # of each side, left out: an edge that a border leaves behind is no content
UNDECODED = 128  # the grey with which libjpeg fills what a file that is cut short does not give
SMALLEST = 16  # pixels: a frame below that is no radiograph
FREQUENCIES = 8  # of the cosine transform in each direction, as is usual for this hash
RADIUS = 0.2  # keeps what correlates by 0.98 in the low frequencies; see `perceptual_hash`

Grey = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]
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
    decoded = _decoded_rows(image)
    boxes = dict.fromkeys(
        (top, height if decoded < height else bottom, left, right)
        for top, bottom, left, right in _content(image[:decoded])
    )
    return Description(
        thumbnails=np.stack([_thumbnail(image, box) for box in boxes]),
        rows=min(_rows(decoded, *_inset(*box[:2])) for box in boxes),
    )


def _rows(decoded: int, top: int, bottom: int) -> int:
    """Return how many rows of a thumbnail from `top` to `bottom` lie above row `decoded`."""
    return min(SIDE, (decoded - top) * SIDE // (bottom - top))


def _decoded_rows(image: Grey) -> int:
    """Return how many rows stand above those that were not decoded, in part or at all."""
    rows = np.flatnonzero(image[:, -1] != UNDECODED)
    if len(rows) == 0 or (image[-1] != UNDECODED).any():
        return len(image)
    return int(rows[-1]) + 1


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


def perceptual_hash(thumbnail: Grey) -> Floats:
    """Return the hash of a thumbnail, uint8 (rows, 64), as float32 (35,) of length 1.

    It holds the low frequencies of the cosine transform, as Zauner's does, with their magnitudes in
    place of bits. A flip changes the sign of coefficients, a quarter turn also swaps those of u, v
    and v, u: magnitudes, sorted within each such pair, are the same for all eight flips and
    rotations, and one hash serves for eight. Neither step drives two hashes apart: thumbnails whose
    low frequencies correlate by c in any of the eight have hashes at most sqrt(2 - 2 c) apart.
    A thumbnail without any low frequencies has the hash 0.

    Reference:
        Zauner, "Implementation and Benchmarking of Perceptual Image Hash Functions" (2010).
    """
    coefficients = np.abs(_cosines(len(thumbnail)) @ thumbnail @ _cosines(SIDE).T)
    swapped = coefficients.T
    u, v = np.indices(coefficients.shape)
    low = (u + v > 0) & (u + v < FREQUENCIES)
    values = np.concatenate(
        [
            np.maximum(coefficients, swapped)[low & (u <= v)],
            np.minimum(coefficients, swapped)[low & (u < v)],
        ]
    )
    length = np.linalg.norm(values)
    return np.asarray(values / length if length > 1 else 0 * values, np.float32)


def candidates(thumbnails: list[Grey], asking: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Return the pairs of positions, intp (n, 2), that are worth an exact comparison.

    Args:
        thumbnails: uint8 (rows, 64) each, all with as many rows.
        asking: bool (len(thumbnails),): which of them look for others.
    """
    hashes = np.stack([perceptual_hash(thumbnail) for thumbnail in thumbnails])
    comparable = hashes.any(axis=1)
    everyone = np.flatnonzero(comparable)
    askers = np.flatnonzero(comparable & asking)
    if len(askers) == len(everyone):
        return everyone[KDTree(hashes[everyone]).query_pairs(RADIUS, output_type="ndarray")]
    near = KDTree(hashes[askers]).query_ball_tree(KDTree(hashes[everyone]), RADIUS)
    pairs = [
        (asker, everyone[answer])
        for asker, answers in zip(askers, near, strict=True)
        for answer in answers
    ]
    return np.array(pairs, np.intp).reshape(-1, 2)


@cache
def _cosines(rows: int) -> Floats:
    """Return the lowest basis functions of the cosine transform, float32 (8, rows)."""
    basis = np.asarray(dct(np.eye(rows), axis=0, norm="ortho")[:FREQUENCIES], np.float32)
    basis.flags.writeable = False
    return basis
