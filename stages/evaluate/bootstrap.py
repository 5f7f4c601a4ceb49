"""The bootstrap interval of the AUROC, over groups of dependent radiographs."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stages.evaluate.sample import Sample

BATCH = 2**20
"""Multiplicities held at a time: a limit on memory, without influence on the result."""


@dataclass(frozen=True)
class Interval:
    """A percentile interval.

    Attributes:
        low: Its lower end; NaN where no draw is left or all radiographs are of one group.
        high: Its upper end, likewise.
        draws: How many draws held both classes; the others are left out.
    """

    low: float
    high: float
    draws: int


def auroc_interval(sample: Sample, draws: int, confidence: float, seed: int) -> Interval:
    """Return the percentile interval of the AUROC over bootstrap draws of whole groups.

    Groups are drawn with replacement, as many as there are; a group's radiographs come together,
    because those of one patient or study depend on each other.

    Args:
        sample: Of n radiographs.
        draws: How many times to draw.
        confidence: The share of draws inside the interval, above 0, below 1.
        seed: Of the random generator: the same seed gives the same interval.

    References:
        Efron, B. and Tibshirani, R. J. An Introduction to the Bootstrap, chapter 13 (1993).
        Field, C. A. and Welsh, A. H. Bootstrapping clustered data. Journal of the Royal
        Statistical Society B 69, 369-390 (2007).
    """
    values = np.concatenate(
        [
            weighted_auroc(sample, weights)
            for weights in multiplicities(sample.groups, draws, np.random.default_rng(seed))
        ]
    )
    kept = values[~np.isnan(values)]
    if not len(kept) or len(set(sample.groups)) == 1:
        return Interval(np.nan, np.nan, len(kept))
    tail = (1 - confidence) / 2
    low, high = np.quantile(kept, [tail, 1 - tail])
    return Interval(float(low), float(high), len(kept))


def multiplicities(
    groups: npt.NDArray[np.object_], draws: int, generator: np.random.Generator
) -> Iterator[npt.NDArray[np.int64]]:
    """Draw groups with replacement, batch after batch.

    Yields:
        How often each radiograph is drawn, int64, (draws of this batch, n).
    """
    _, codes = np.unique(groups, return_inverse=True)
    count = int(codes.max()) + 1
    batch = max(1, BATCH // len(groups))
    for start in range(0, draws, batch):
        size = min(batch, draws - start)
        yield generator.multinomial(count, np.full(count, 1 / count), size=size)[:, codes]


def weighted_auroc(sample: Sample, weights: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return the AUROC of a sample under each row of weights.

    It is the share of (fractured, not fractured) pairs that the probabilities order rightly, a tie
    counting one half (Hanley and McNeil, Radiology 143, 29-36, 1982).

    Args:
        sample: Of n radiographs.
        weights: int64, (draws, n), how often each radiograph is there, 0 or more.

    Returns:
        float64, (draws,), 0 to 1; NaN where a draw lacks one class.
    """
    order = np.argsort(sample.probabilities, kind="stable")
    # Columns become distinct probabilities, ascending: ties are pairs within a column.
    ascending = sample.probabilities[order]
    first = np.flatnonzero(np.r_[True, ascending[1:] != ascending[:-1]])
    labels, weights = sample.labels[order], weights[:, order]
    positives = np.add.reduceat(weights * labels, first, axis=1)
    negatives = np.add.reduceat(weights * (1 - labels), first, axis=1)
    below = np.cumsum(negatives, axis=1) - negatives
    ordered = (positives * (2 * below + negatives)).sum(axis=1)
    pairs = 2 * positives.sum(axis=1) * negatives.sum(axis=1)
    return np.divide(ordered, pairs, out=np.full(len(weights), np.nan), where=pairs > 0)
