"""Weighted counts of a sample: what every score is computed from, for many draws at once.

scikit-learn scores one draw at a time, and 2,000 draws of twenty scores would take a minute. Each
score is written once, over the counts below, for one draw or thousands; the tests hold each against
scikit-learn.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from fracture.judging.sample import Sample

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Tally:
    """How often each class has each probability, under each of several draws.

    Attributes:
        probabilities: float64, (k,), distinct and ascending.
        positives: int64, (draws, k), radiographs of each probability that are of the class whose
            probability it is: of two classes the second, such as the fractured.
        negatives: int64, (draws, k), the others.
    """

    probabilities: npt.NDArray[np.float64]
    positives: Counts
    negatives: Counts

    @cached_property
    def all_positives(self) -> Counts:
        """Positive radiographs of each draw, (draws,)."""
        return self.positives.sum(axis=1)

    @cached_property
    def all_negatives(self) -> Counts:
        """The others of each draw, (draws,)."""
        return self.negatives.sum(axis=1)

    @cached_property
    def true_positives(self) -> Counts:
        """Positive radiographs of this probability or a higher one, (draws, k)."""
        return np.cumsum(self.positives[:, ::-1], axis=1)[:, ::-1]

    @cached_property
    def false_positives(self) -> Counts:
        """The others of this probability or a higher one, (draws, k)."""
        return np.cumsum(self.negatives[:, ::-1], axis=1)[:, ::-1]

    def called(self, threshold: float) -> tuple[Counts, Counts]:
        """Return the true and the false positives at a threshold, (draws,) each."""
        first = np.searchsorted(self.probabilities, threshold)
        if first == len(self.probabilities):
            return np.zeros_like(self.all_positives), np.zeros_like(self.all_negatives)
        return self.true_positives[:, first], self.false_positives[:, first]

    def with_probabilities(self, probabilities: npt.NDArray[np.float64]) -> "Tally":
        """Return the same counts at other probabilities in the same order, such as calibrated."""
        return replace(self, probabilities=probabilities)


def tally(sample: Sample, weights: Counts | None = None) -> Tally:
    """Count a sample.

    Args:
        sample: Of n radiographs.
        weights: int64, (draws, n), how often each radiograph is there; once in a single draw where
            none are given.
    """
    if weights is None:
        weights = np.ones((1, len(sample.labels)), np.int64)
    order = np.argsort(sample.probabilities, kind="stable")
    ascending = sample.probabilities[order]
    first = np.flatnonzero(np.r_[True, ascending[1:] != ascending[:-1]])
    labels, weights = sample.labels[order], weights[:, order]
    return Tally(
        ascending[first],
        np.add.reduceat(weights * labels, first, axis=1),
        np.add.reduceat(weights * (1 - labels), first, axis=1),
    )
