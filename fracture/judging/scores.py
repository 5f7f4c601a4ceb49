"""The tables of scores of two classes: adding one means adding a row.

The second of the two classes is called fractured here, whatever it is.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fracture.judging.tally import Tally

Values = npt.NDArray[np.float64]
"""A score of each draw, (draws,); NaN where it is undefined."""

BINS = 10
"""Of equal mass, in the calibration error and the reliability diagram."""

WITHOUT_INTERVAL = {"calibration_error"}
"""Scores that chance alone raises, and raises once more in a bootstrap draw: percentiles of draws
may leave out the score itself. fracture/judging/calibration.py has the interval."""


def ratio(numerator: npt.NDArray[np.generic], denominator: npt.NDArray[np.generic]) -> Values:
    """Return the quotient, element by element; NaN where the denominator is 0.

    Args:
        numerator: Of any shape.
        denominator: Of a shape that broadcasts with it.
    """
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    return np.divide(numerator, denominator, out=np.full(shape, np.nan), where=denominator != 0)


def auroc(tally: Tally) -> Values:
    """Area under the receiver operating characteristic.

    It is the share of (fractured, not fractured) pairs that the probabilities order rightly, a tie
    counting one half (Hanley and McNeil, Radiology 143, 29-36, 1982).
    """
    below = np.cumsum(tally.negatives, axis=1) - tally.negatives
    ordered = (tally.positives * (2 * below + tally.negatives)).sum(axis=1)
    return ratio(ordered, 2 * tally.all_positives * tally.all_negatives)


def average_precision(tally: Tally) -> Values:
    """Mean precision over the fractured radiographs, without interpolation."""
    called = tally.true_positives + tally.false_positives
    precision = ratio(tally.true_positives, np.maximum(called, 1))
    return ratio((tally.positives * precision).sum(axis=1), tally.all_positives)


def sensitivity_at(specificity: float) -> Callable[[Tally], Values]:
    """Make the score: the highest sensitivity where the specificity is at least this."""

    def score(tally: Tally) -> Values:
        rate = ratio(tally.false_positives, tally.all_negatives[:, None])
        allowed = rate <= 1 - specificity + 1e-12  # 0.95 and 1 - 0.05 differ in the last bit
        sensitivity = ratio(tally.true_positives, tally.all_positives[:, None])
        # Calling nothing fractured is allowed always, and finds nothing.
        found = np.where(allowed, sensitivity, 0).max(axis=1)
        return np.where((tally.all_negatives == 0) | (tally.all_positives == 0), np.nan, found)

    return score


def specificity_at(sensitivity: float) -> Callable[[Tally], Values]:
    """Make the score: the highest specificity where the sensitivity is at least this."""

    def score(tally: Tally) -> Values:
        rate = ratio(tally.true_positives, tally.all_positives[:, None])
        allowed = rate >= sensitivity - 1e-12
        specificity = 1 - ratio(tally.false_positives, tally.all_negatives[:, None])
        found = np.where(allowed, specificity, 0).max(axis=1)
        return np.where((tally.all_negatives == 0) | (tally.all_positives == 0), np.nan, found)

    return score


def log_loss(tally: Tally) -> Values:
    """Mean negative logarithm of the probability of what is so, in nats.

    As in scikit-learn, a certain mistake costs 36.
    """
    tiny = np.finfo(np.float64).eps
    probabilities = np.clip(tally.probabilities, tiny, 1 - tiny)
    loss = -(tally.positives @ np.log(probabilities) + tally.negatives @ np.log1p(-probabilities))
    return ratio(loss, tally.all_positives + tally.all_negatives)


def brier(tally: Tally) -> Values:
    """Mean squared difference of probability and label (Brier, Monthly Weather Review, 1950)."""
    probabilities = tally.probabilities
    squares = tally.positives @ (1 - probabilities) ** 2 + tally.negatives @ probabilities**2
    return ratio(squares, tally.all_positives + tally.all_negatives)


def bins_of(tally: Tally) -> npt.NDArray[np.int64]:
    """Return the bin of each probability, from 0, (draws, k).

    Radiographs in the order of their probability fall into `BINS` bins of equally many. Equal
    probabilities stay in one bin, that of their middle, so that the order in which they come
    decides nothing.
    """
    weights = tally.positives + tally.negatives
    middle = np.cumsum(weights, axis=1) - weights / 2
    total = np.maximum(tally.all_positives + tally.all_negatives, 1)
    bins = (BINS * middle / total[:, None]).astype(np.int64)
    return np.minimum(bins, BINS - 1)


def calibration_error(tally: Tally) -> Values:
    """Return the expected calibration error over bins of equal mass, see `bins_of`.

    It is the mean distance, over radiographs, of a bin's mean probability and its share of
    fractured ones (Nixon et al., arXiv:1904.01685, 2019): what publications report.
    """
    draws = len(tally.all_positives)
    places = bins_of(tally) + BINS * np.arange(draws)[:, None]
    excess = tally.positives - (tally.positives + tally.negatives) * tally.probabilities
    sums = np.bincount(places.ravel(), excess.ravel(), minlength=BINS * draws)
    distances = np.abs(sums).reshape(draws, BINS).sum(axis=1)
    return ratio(distances, tally.all_positives + tally.all_negatives)


RANKING: dict[str, Callable[[Tally], Values]] = {
    "auroc": auroc,
    "average_precision": average_precision,
    "sensitivity_at_specificity_90": sensitivity_at(0.90),
    "sensitivity_at_specificity_95": sensitivity_at(0.95),
    "specificity_at_sensitivity_90": specificity_at(0.90),
    "specificity_at_sensitivity_95": specificity_at(0.95),
}
"""Scores of the order in which probabilities put the radiographs: calibration leaves them as they
are."""

PROBABILITY: dict[str, Callable[[Tally], Values]] = {
    "log_loss": log_loss,
    "brier": brier,
    "calibration_error": calibration_error,
}
"""Scores of the probabilities themselves; less is better."""


class Cells(NamedTuple):
    """Counts of calls at an operating point, (draws,) each: true or false, negative or positive."""

    tn: npt.NDArray[np.int64]
    fp: npt.NDArray[np.int64]
    fn: npt.NDArray[np.int64]
    tp: npt.NDArray[np.int64]


def cells(tally: Tally, threshold: float) -> Cells:
    """Return the confusion matrix of each draw at a threshold.

    Args:
        tally: The counts of the draws.
        threshold: Radiographs with this probability or more are called fractured.
    """
    true, false = tally.called(threshold)
    return Cells(tally.all_negatives - false, false, tally.all_positives - true, true)


def kappa(counts: Cells) -> Values:
    """Agreement beyond chance (Cohen, Educational and Psychological Measurement 20, 1960)."""
    tn, fp, fn, tp = counts
    expected = (tp + fp) * (fp + tn) + (tp + fn) * (fn + tn)
    return ratio(2 * (tp * tn - fn * fp), expected)


def correlation(counts: Cells) -> Values:
    """Matthews' correlation coefficient (Biochimica et Biophysica Acta 405, 1975)."""
    tn, fp, fn, tp = counts
    product = np.sqrt((tp + fp) * 1.0 * (tp + fn)) * np.sqrt((tn + fp) * 1.0 * (tn + fn))
    return ratio(1.0 * tp * tn - 1.0 * fp * fn, product)


def accuracy(counts: Cells) -> Values:
    """Share of the radiographs that are called what they are."""
    tn, fp, fn, tp = counts
    return ratio(tp + tn, tn + fp + fn + tp)


def sensitivity(counts: Cells) -> Values:
    """Share of the fractured that are called so, also named recall."""
    return ratio(counts.tp, counts.tp + counts.fn)


def specificity(counts: Cells) -> Values:
    """Share of the others that are not called fractured."""
    return ratio(counts.tn, counts.tn + counts.fp)


DECISION: dict[str, Callable[[Cells], Values]] = {
    "accuracy": accuracy,
    "balanced_accuracy": lambda counts: (sensitivity(counts) + specificity(counts)) / 2,
    "sensitivity": sensitivity,
    "specificity": specificity,
    # Undefined, not 0, where no radiograph is called fractured.
    "precision": lambda counts: ratio(counts.tp, counts.tp + counts.fp),
    "negative_predictive_value": lambda counts: ratio(counts.tn, counts.tn + counts.fn),
    "f1": lambda counts: ratio(2 * counts.tp, 2 * counts.tp + counts.fp + counts.fn),
    "kappa": kappa,
    "mcc": correlation,
}
"""Scores of the confusion matrix at an operating point."""

SHARE_OF = {
    "sensitivity_at_specificity_90": "fractured",
    "sensitivity_at_specificity_95": "fractured",
    "specificity_at_sensitivity_90": "others",
    "specificity_at_sensitivity_95": "others",
    "accuracy": "all",
    "sensitivity": "fractured",
    "specificity": "others",
    "precision": "called",
    "negative_predictive_value": "not called",
}
"""Of which radiographs a score is a share: the fractured and the others, those that are called
fractured and those that are not, or all."""
