"""Whether two thumbnails show one exposure: laid on each other, pixel by pixel."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from fracture.examining.thumbnails import (
    CONTRAST,
    QUANTUM,
    WINDOW,
    Description,
    Floats,
    Grey,
    content,
    normalised,
    shrunk,
)

Affine = npt.NDArray[np.floating[Any]]
"""(3, 3): takes (x, y, 1) of the second thumbnail to the first."""

ALIKE = 0.8  # cosine of two features that may be one
FEWEST = 6  # features that must agree on a transform
ERROR = 4.0  # pixels by which such a feature may be off
TRIES = 200  # of RANSAC
LARGEST, MOST_STRETCHED = 3.0, 1.6  # an affine transform beyond that is none of a copy
# Correlations below which nothing more is tried, looser than what decides: at half the size, before
# and after registration there, and of the fine structure before registration.
ROUGH, COARSE, SHARP = 0.74, 0.85, 0.65
COARSE_WINDOW, COARSE_RIM = 11, 5  # pixels at half the size
COARSE_STEPS, STEPS, CONVERGED = 8, 10, 1e-4  # of the registration by ECC
FINE = 9  # pixels of the window in which fine structure is compared: noise and trabeculae tell
SOFTER = 0.8  # blur, pixels of the coarser thumbnail, that makes the sharper one like it
RIM = 11  # pixels: corners and borders blur into what is beside them
SMALLEST = 1000  # pixels that must overlap
MOST, LEAST = 0.7, 0.05  # of either content, the smaller and the larger, that must overlap
# A mirrored SIFT feature is the same one with rows and directions in reverse.
MIRRORED = np.arange(128).reshape(4, 4, 8)[::-1][:, :, -np.arange(8) % 8].ravel()
HALF = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25], [0, 0, 1]])


@dataclass(frozen=True, eq=False)
class Picture:
    """A description made ready to be laid on others; what it takes is computed once."""

    description: Description

    @cached_property
    def mask(self) -> Grey:
        """Where it shows something."""
        return content(self.description.thumbnail, self.description.rows)

    @cached_property
    def broad(self) -> "Layer":
        """In broad structure, by which it is registered."""
        return _layer(self.description.thumbnail.astype(np.float32), self.mask, WINDOW, RIM)

    @cached_property
    def sharp(self) -> "Layer":
        """In fine structure, which decides."""
        return self.fine(0)

    def fine(self, blur: float) -> "Layer":
        """Return the fine structure after a blur, a standard deviation in pixels."""
        pixels = self.description.thumbnail.astype(np.float32)
        if blur > 0:
            pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), blur), np.float32)
        return _layer(pixels, self.mask, FINE, RIM)


@dataclass(frozen=True, eq=False)
class Layer:
    """What is compared: structure, float32, and where it counts, uint8, both (height, width)."""

    structure: Floats
    mask: Grey


def _layer(pixels: Floats, mask: Grey, window: int, rim: int) -> Layer:
    structure = cv2.GaussianBlur(normalised(pixels, mask, window), (0, 0), 1.0)
    return Layer(np.asarray(structure, np.float32), shrunk(mask, rim, outside=0))


def estimate(first: Description, second: Description, *, mirrored: bool) -> Affine | None:
    """Return how features that are alike say that the second thumbnail lies on the first.

    RANSAC finds a similarity that at least six pairs of features agree on; the affine transform is
    fitted to those.

    Args:
        first: Of a radiograph.
        second: Of another.
        mirrored: Whether the second is turned over before.

    Returns:
        The transform from the second, as it is, to the first; None where too little agrees.
    """
    kept = second.features[:, MIRRORED] if mirrored else second.features
    if min(len(first.features), len(kept)) < FEWEST:
        return None
    cosines = first.features.astype(np.float32) @ kept.astype(np.float32).T / QUANTUM**2
    best, back = cosines.argmax(1), cosines.argmax(0)
    mutual = np.flatnonzero((back[best] == np.arange(len(best))) & (cosines.max(1) > ALIKE))
    if len(mutual) < FEWEST:
        return None
    over = np.diag([-1.0, 1, 1]) if mirrored else np.eye(3)
    over[0, 2] = second.thumbnail.shape[1] - 1 if mirrored else 0
    to, start = first.points[mutual, :2], second.points[best[mutual], :2].astype(np.float64)
    start = start @ over[:2, :2].T + over[:2, 2]
    similarity, agreeing = cv2.estimateAffinePartial2D(
        start, to, method=cv2.RANSAC, ransacReprojThreshold=ERROR, maxIters=TRIES
    )
    if similarity is None or agreeing.sum() < FEWEST:
        return None
    start, to = start[agreeing.ravel() > 0], to[agreeing.ravel() > 0]
    fitted, *_ = np.linalg.lstsq(np.column_stack([start, np.ones(len(start))]), to, rcond=None)
    affine = np.vstack([fitted.T, [0, 0, 1]]) @ over
    return affine if _plausible(affine) else None


def _plausible(affine: Affine) -> bool:
    if not np.isfinite(affine).all():
        return False
    large, small = np.linalg.svd(affine[:2, :2], compute_uv=False)
    return bool(small > 1 / LARGEST and large < LARGEST and large < MOST_STRETCHED * small)


def screen(first: Grey, second: Grey, affine: Affine) -> Affine | None:
    """Return the transform improved at half the size, or None where the two are clearly unlike.

    Args:
        first: `coarse` of a radiograph.
        second: Of another.
        affine: Roughly from the second thumbnail to the first.
    """
    one, other = _loosened(first), _loosened(second)
    half = HALF @ affine @ np.linalg.inv(HALF)
    if _fit(one, other, half) < ROUGH:
        return None
    half, correlation = _improved(one, other, half, COARSE_STEPS)
    return np.linalg.inv(HALF) @ half @ HALF if correlation >= COARSE else None


def coarse(description: Description) -> Grey:
    """Return the broad structure at half the size, uint8 (height, width): 5 KB to keep.

    128 where it is even, 0 where the thumbnail shows nothing.
    """
    thumbnail = description.thumbnail
    height, width = (max(1, side // 2) for side in thumbnail.shape)
    half = cv2.resize(thumbnail, (width, height), interpolation=cv2.INTER_AREA)
    mask = content(thumbnail, description.rows)[: 2 * height : 2, : 2 * width : 2]
    layer = _layer(half.astype(np.float32), mask[:height, :width], COARSE_WINDOW, COARSE_RIM)
    packed = np.clip(np.rint(128 + CONTRAST * layer.structure), 1, 255) * (layer.mask > 0)
    return np.asarray(packed, np.uint8)


def _loosened(packed: Grey) -> Layer:
    mask = (packed > 0).astype(np.uint8)
    structure = np.asarray((packed.astype(np.float32) - 128) / CONTRAST * mask, np.float32)
    return Layer(structure, mask)


def correlate(first: Picture, second: Picture, affine: Affine) -> tuple[float, Affine]:
    """Return how well the second lies on the first, -1 to 1, and the transform improved.

    It is Pearson's correlation of the fine structure where both show something, after the transform
    was improved so that it is as high as it can be; 0 where too little of either overlaps or the
    two are clearly unlike.

    Args:
        first: Of a radiograph.
        second: Of another.
        affine: Nearly from the second to the first.

    Reference:
        Evangelidis and Psarakis, "Parametric Image Alignment Using Enhanced Correlation Coefficient
        Maximization" (2008).
    """
    if abs(np.linalg.det(affine)) > 1:  # the second is the coarser: it is never enlarged
        correlation, back = correlate(second, first, np.linalg.inv(affine))
        return correlation, np.linalg.inv(back)
    if _fit(first.sharp, second.sharp, affine) < SHARP:
        return 0.0, affine
    affine, _ = _improved(first.broad, second.broad, affine, STEPS)
    enlarged = 1 / abs(np.linalg.det(affine))
    one, other = first.sharp, second.fine(SOFTER * np.sqrt(max(0, enlarged - 1)))
    overlap, laid = _laid(one, other, affine)
    pixels = int(np.count_nonzero(overlap))
    less, more = sorted(
        share / max(1, int(np.count_nonzero(layer.mask)))
        for share, layer in ((float(pixels), one), (pixels * float(enlarged), other))
    )
    if pixels < SMALLEST or less < LEAST or more < MOST:
        return 0.0, affine
    return _pearson(one.structure[overlap], laid[overlap]), affine


def resemblance(first: Picture, second: Picture, affine: Affine) -> float:
    """Return how well the second lies on the first as it is, -1 to 1; see `correlate`."""
    if abs(np.linalg.det(affine)) > 1:
        first, second, affine = second, first, np.linalg.inv(affine)
    return _fit(first.sharp, second.sharp, affine)


def _improved(first: Layer, second: Layer, affine: Affine, steps: int) -> tuple[Affine, float]:
    """Return the transform that ECC makes of one, if it is better, and the correlation."""
    before = _fit(first, second, affine)
    until = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, steps, CONVERGED)
    inverse = np.linalg.inv(affine)[:2].astype(np.float32)
    try:
        _, matrix = cv2.findTransformECC(
            first.structure, second.structure, inverse, cv2.MOTION_AFFINE, until,
            inputMask=np.ones_like(second.mask), gaussFiltSize=3,
        )  # fmt: skip
    except cv2.error:  # it did not converge
        return affine, before
    found = np.asarray(matrix)
    if abs(np.linalg.det(found[:, :2])) < 1 / LARGEST**2:
        return affine, before
    better = np.linalg.inv(np.vstack([found, [0, 0, 1]]))
    after = _fit(first, second, better) if _plausible(better) else -1
    return (better, after) if after > before else (affine, before)


def _fit(first: Layer, second: Layer, affine: Affine) -> float:
    overlap, laid = _laid(first, second, affine)
    if np.count_nonzero(overlap) < SMALLEST / 4:
        return -1.0
    return _pearson(first.structure[overlap], laid[overlap])


def _laid(first: Layer, second: Layer, affine: Affine) -> tuple[npt.NDArray[np.bool_], Floats]:
    """Return where both count, and the second's structure there."""
    size = first.mask.shape[::-1]
    mask = cv2.warpAffine(second.mask, affine[:2], size, flags=cv2.INTER_NEAREST)
    laid = cv2.warpAffine(second.structure, affine[:2], size)
    return (mask > 0) & (first.mask > 0), np.asarray(laid, np.float32)


def _pearson(first: Floats, second: Floats) -> float:
    first, second = first - first.mean(), second - second.mean()
    lengths = np.sqrt(np.vdot(first, first) * np.vdot(second, second))
    return min(1.0, float(np.vdot(first, second) / lengths)) if lengths > 0 else 0.0
