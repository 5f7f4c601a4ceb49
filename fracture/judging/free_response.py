"""Free-response judging: what marks find of the fractures, and how many of them are false."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fracture.imaging.letterbox import Box
from fracture.judging.bootstrap import BATCH
from fracture.judging.marks import Marks

OVERLAP = 0.3
"""Intersection over union from which on the box of a mark is that of a fracture."""
ROUNDING = 1e-9
"""By which a number of false marks may exceed what a rate allows."""

Numbers = npt.NDArray[np.float64]
Weights = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ranked:
    """The m marks of n radiographs, the highest score first, and what each of them found.

    Attributes:
        radiograph: Whose mark it is, 0 to n - 1, (m,).
        last: Whether the next mark has a lower score, bool (m,): only there a threshold can lie.
        false: Whether its peak lies in no box, bool (m,).
        found: Fractures whose box holds its peak and that of no earlier mark, (m,).
        found_small: Of these, the small ones, (m,).
        matched: Whether its box is that of a fracture, bool (m,).
        fractures: Of each radiograph, (n,).
        small: Of these, the small ones, (n,).
    """

    radiograph: npt.NDArray[np.intp]
    last: npt.NDArray[np.bool_]
    false: npt.NDArray[np.bool_]
    found: npt.NDArray[np.int64]
    found_small: npt.NDArray[np.int64]
    matched: npt.NDArray[np.bool_]
    fractures: npt.NDArray[np.int64]
    small: npt.NDArray[np.int64]

    @property
    def false_marks(self) -> float:
        """False marks a radiograph if every mark counts."""
        return float(self.false.sum() / len(self.fractures))


def side(box: Box) -> float:
    """Return the side of a square as large as a box, pixels."""
    left, top, right, bottom = box
    return float(np.sqrt((right - left) * (bottom - top)))


def rank_marks(marks: Sequence[Marks], boxes: Sequence[Sequence[Box]], small_side: float) -> Ranked:
    """Compare marks with the fracture boxes, radiograph by radiograph, and order them.

    A fracture is found by the best mark whose peak lies in its box; further marks there are neither
    false nor count twice. Boxes are matched as in PASCAL VOC: the best mark first, each with the
    box that it overlaps most, at `OVERLAP` or more, unless an earlier mark has that one.

    Args:
        marks: Of the n radiographs.
        boxes: Of their fractures, in pixels: left, top, right, bottom. None of one without.
        small_side: A fracture whose `side` is below it is small, pixels.

    References:
        Everingham, M. et al. The PASCAL Visual Object Classes (VOC) Challenge. International
        Journal of Computer Vision 88, 303-338 (2010).
    """
    compared = np.concatenate(
        [_compare(one, own, small_side) for one, own in zip(marks, boxes, strict=True)]
    )
    scores = np.concatenate([one.scores for one in marks])
    order = np.argsort(-scores, kind="stable")
    radiograph = np.repeat(np.arange(len(marks)), [len(one.scores) for one in marks])
    false, found, found_small, matched = compared[order].T
    return Ranked(
        radiograph=radiograph[order],
        last=np.diff(scores[order], append=-1) != 0,
        false=false > 0,
        found=found,
        found_small=found_small,
        matched=matched > 0,
        fractures=np.array([len(own) for own in boxes], np.int64),
        small=np.array([sum(side(box) < small_side for box in own) for own in boxes], np.int64),
    )


def _compare(marks: Marks, boxes: Sequence[Box], small_side: float) -> npt.NDArray[np.int64]:
    """Return of each mark if it is false, what it found, of this small, if it matched, (m, 4)."""
    edges = np.array(boxes, np.float64).reshape(-1, 4)
    low, high = edges[:, :2], edges[:, 2:]
    peaks = marks.peaks[:, None]
    inside = np.all((low <= peaks) & (peaks <= high), axis=2)
    first = inside & (inside.cumsum(axis=0) == 1)
    small = np.array([side(box) < small_side for box in boxes], np.bool_)
    matched = np.zeros(len(marks.scores), np.bool_)
    if boxes:
        overlap, taken = overlaps(marks.boxes, edges), set()
        for place, nearest in enumerate(overlap.argmax(axis=1).tolist()):
            if overlap[place, nearest] >= OVERLAP and nearest not in taken:
                matched[place] = True
                taken.add(nearest)
    columns = ~np.any(inside, axis=1), first.sum(axis=1), first[:, small].sum(axis=1), matched
    return np.stack(columns, axis=1).astype(np.int64)


def overlaps(some: Numbers, others: Numbers) -> Numbers:
    """Return the intersection over union of each box with each other one, (m, k), 0 to 1.

    Args:
        some: Left, top, right and bottom, (m, 4), none of them empty.
        others: Likewise, (k, 4).
    """
    low = np.maximum(some[:, None, :2], others[:, :2])
    high = np.minimum(some[:, None, 2:], others[:, 2:])
    shared = np.maximum(high - low, 0).prod(axis=2)
    areas = [(boxes[:, 2:] - boxes[:, :2]).prod(axis=1) for boxes in (some, others)]
    return np.asarray(shared / (areas[0][:, None] + areas[1] - shared))


def sensitivity(ranked: Ranked, weights: Weights, rates: Numbers, small: bool = False) -> Numbers:
    """Return the share of fractures found at some rates of false marks, (draws, rates).

    It is the free-response ROC. Marks of equal score are taken together; between the two thresholds
    around them it is interpolated, as if they came in random order. Where every mark counts and a
    rate is not reached, it is what all marks find.

    Args:
        ranked: The marks of n radiographs.
        weights: How often each radiograph is drawn, (draws, n).
        rates: False marks a radiograph, over all radiographs, ascending.
        small: Whether only small fractures count; marks on larger ones are then no false ones.

    References:
        Bunch, P. C. et al. A free-response approach to the measurement and characterization of
        radiographic-observer performance. Journal of Applied Photographic Engineering 4, 166-171
        (1978).
        Chakraborty, D. P. Maximum likelihood analysis of free-response receiver operating
        characteristic (FROC) data. Medical Physics 16, 561-568 (1989).
    """
    found = ranked.found_small if small else ranked.found
    fractures = ranked.small if small else ranked.fractures

    def of(drawn: Weights) -> Numbers:
        hits, false = (_sums(ranked, drawn, counted) for counted in (found, ranked.false))
        allowed = rates * drawn.sum(axis=1, keepdims=True) + ROUNDING
        # One search for all draws: each lies above all false marks of those before.
        above = (max(false.max(), allowed.max()) + 1) * np.arange(len(drawn))[:, None]
        place = np.searchsorted((false + above).ravel(), (allowed + above).ravel(), "right")
        before = place.reshape(allowed.shape) - 1 - np.arange(len(drawn))[:, None] * hits.shape[1]
        after = np.minimum(before + 1, hits.shape[1] - 1)
        start, end = (np.take_along_axis(false, at, axis=1) for at in (before, after))
        way = np.where(end > start, (allowed - start) / np.maximum(end - start, 1), 0)
        low, high = (np.take_along_axis(hits, at, axis=1) for at in (before, after))
        return _ratio(low + way * (high - low), (drawn @ fractures)[:, None])

    return _in_parts(of, ranked, weights)


def average_precision(ranked: Ranked, weights: Weights) -> Numbers:
    """Return the area under precision over recall of the marks' boxes, (draws,), 0 to 1.

    Precision at a recall is the highest at that recall or beyond, at every threshold, as PASCAL VOC
    computes it from 2010 on; see `rank_marks` for what a true mark is.

    Args:
        ranked: The marks of n radiographs.
        weights: How often each radiograph is drawn, (draws, n).
    """

    def of(drawn: Weights) -> Numbers:
        true = _sums(ranked, drawn, ranked.matched)
        marked = _sums(ranked, drawn, np.ones_like(ranked.matched))
        precision = true / np.maximum(marked, 1)
        highest = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        area = (np.diff(true, axis=1) * highest[:, 1:]).sum(axis=1)
        return _ratio(area, drawn @ ranked.fractures)

    return _in_parts(of, ranked, weights)


def _sums(ranked: Ranked, weights: Weights, counted: npt.NDArray[Any]) -> Weights:
    """Return how much there is down to each threshold, from none on, (draws, thresholds + 1)."""
    sums = np.cumsum(weights[:, ranked.radiograph] * counted.astype(np.int64), axis=1)
    return np.pad(sums[:, ranked.last], ((0, 0), (1, 0)))


def _ratio(part: Numbers, whole: Weights) -> Numbers:
    """Return a share, no number where there is nothing to share."""
    return np.asarray(np.divide(part, whole, np.full(part.shape, np.nan), where=whole > 0))


def _in_parts(of: Callable[[Weights], Numbers], ranked: Ranked, weights: Weights) -> Numbers:
    """Compute some draws at a time, because there are many marks."""
    step = max(1, BATCH // max(len(ranked.radiograph), 1))
    return np.concatenate([of(weights[at : at + step]) for at in range(0, len(weights), step)])
