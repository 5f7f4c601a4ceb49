"""The calibration error without what chance alone adds to it, and its interval."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq

from fracture.judging.sample import Sample
from fracture.judging.scores import BINS, bins_of, ratio
from fracture.judging.tally import Counts, tally

Gaps = npt.NDArray[np.float64]


def gaps(sample: Sample, weights: Counts | None = None) -> Gaps:
    """Return how far each bin is from calibrated, float64 (draws, `BINS`), -1 to 1.

    A gap is the share of fractured radiographs of a bin less their mean probability, times the
    bin's share of all radiographs: the distances of all bins sum to the calibration error. Bins are
    those of the sample in every draw, so that the gaps of draws vary about those of the sample.

    Args:
        sample: Of n radiographs and two classes.
        weights: int64, (draws, n), how often each radiograph is there; once in a single draw where
            none are given.
    """
    n = len(sample.labels)
    counts = tally(sample)
    places = np.searchsorted(counts.probabilities, sample.probabilities)
    excess = np.zeros((n, BINS))
    excess[np.arange(n), bins_of(counts)[0, places]] = sample.labels - sample.probabilities
    # As float64: matrices of integers are multiplied slowly.
    drawn = np.ones((1, n)) if weights is None else weights.astype(np.float64)
    return ratio(drawn @ excess, drawn.sum(axis=1, keepdims=True))


def beyond_chance(observed: Gaps, drawn: Gaps, confidence: float) -> tuple[float, float, float]:
    """Return the calibration error of the population, and the ends of its interval.

    Gaps of a sample are those of the population and noise, and noise alone makes the sum of their
    distances, the calibration error, greater (Kumar et al. 2019). Bootstrap draws show the noise.
    The estimate is the error of a population whose samples have a median error equal to the one
    observed; all its gaps are those observed times one factor. The lower end is that of a
    population of which only a share (1 - confidence) / 2 of the samples has a greater error than
    was observed, the upper end that of which the same share has a smaller one. The estimate never
    lies outside its interval. All three are 0 or more; NaN where a draw is undefined, as of one
    group.

    Args:
        observed: Gaps of the sample, (bins,); of several networks side by side, each divided by
            their number.
        drawn: Those of bootstrap draws, (draws, bins).
        confidence: Of the interval, such as 0.95.

    References:
        Kumar, A., Liang, P. and Ma, T. Verified uncertainty calibration. NeurIPS (2019).
        Carpenter, J. Test inversion bootstrap confidence intervals. Journal of the Royal
        Statistical Society B 61, 159-172 (1999).
    """
    if np.isnan(drawn).any():
        return np.nan, np.nan, np.nan
    noise = drawn - observed
    by_chance = _error(noise)
    error = float(_error(observed))
    # Without gaps there are no proportions: all bins alike.
    shape = observed / error if error else np.full(len(observed), 1 / len(observed))
    # An error below the median of pure chance says only that the population may be calibrated.
    error = max(error, float(np.median(by_chance)))

    def excess(population: float, quantile: float) -> float:
        """Return by how much this quantile of samples of a population exceeds the observed."""
        return float(np.quantile(_error(population * shape + noise), quantile) - error)

    def solve(quantile: float, least: float, most: float) -> float:
        if excess(least, quantile) >= 0:
            return least
        if excess(most, quantile) <= 0:
            return most
        return float(brentq(excess, least, most, args=(quantile,)))

    # Every sample of such a population has a greater error than was observed.
    most = error + float(by_chance.max())
    value, tail = solve(0.5, 0, most), (1 - confidence) / 2
    return value, solve(1 - tail, 0, value), solve(tail, value, most)


def _error(of: Gaps) -> npt.NDArray[np.float64]:
    """Return the sum of the distances of all bins."""
    return np.abs(of).sum(axis=-1)
