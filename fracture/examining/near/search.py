"""Which thumbnails may show the same exposure: a perceptual hash, and a tree over the hashes."""

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.fft import dct
from scipy.spatial import KDTree

from fracture.examining.near.description import SIDE, Grey

FREQUENCIES = 8  # of the cosine transform in each direction, as is usual for this hash
RADIUS = 0.2  # keeps what correlates by 0.98 in the low frequencies; see `perceptual_hash`

Floats = npt.NDArray[np.float32]


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
