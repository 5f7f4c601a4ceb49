"""Scores of more than two classes, each for many draws at once."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from fracture.judging import scores
from fracture.judging.sample import Sample
from fracture.judging.scores import Values, ratio
from fracture.judging.tally import Counts, tally


def confusion(sample: Sample, weights: Counts | None = None) -> Counts:
    """Count the radiographs of each draw by actual and predicted class, (draws, k, k).

    The class of highest probability is predicted; of equal ones the first.

    Args:
        sample: Of n radiographs and k classes.
        weights: int64, (draws, n), how often each radiograph is there; once in a single draw where
            none are given.
    """
    n, classes = sample.probabilities.shape
    cells = np.zeros((n, classes**2))
    cells[np.arange(n), sample.labels * classes + sample.predicted] = 1
    # As float64, in which such counts are exact: matrices of integers are multiplied slowly.
    counts = (_drawn(sample, weights) @ cells).astype(np.int64)
    return counts.reshape(-1, classes, classes)


def mean_over_classes(of_classes: npt.NDArray[np.float64]) -> Values:
    """Return the mean over the classes, the second axis, in which a score is defined."""
    defined = ~np.isnan(of_classes)
    return ratio(np.where(defined, of_classes, 0).sum(axis=1), defined.sum(axis=1))


def accuracy(cells: Counts) -> Values:
    """Share of the radiographs that are predicted to be what they are."""
    return ratio(_right(cells).sum(axis=1), cells.sum(axis=(1, 2)))


def balanced_accuracy(cells: Counts) -> Values:
    """Mean share of the radiographs of a class that are predicted to be of it.

    Classes of which a draw holds no radiograph are left out.
    """
    return mean_over_classes(ratio(_right(cells), cells.sum(axis=2)))


def macro_f1(cells: Counts) -> Values:
    """Mean F1 of the classes; those that a draw neither holds nor predicts are left out."""
    return mean_over_classes(ratio(2 * _right(cells), cells.sum(axis=2) + cells.sum(axis=1)))


def kappa(cells: Counts) -> Values:
    """Agreement beyond chance (Cohen, Educational and Psychological Measurement 20, 1960)."""
    n = cells.sum(axis=(1, 2))
    by_chance = (cells.sum(axis=2) * cells.sum(axis=1)).sum(axis=1)
    return ratio(n * _right(cells).sum(axis=1) - by_chance, n**2 - by_chance)


DECISION: dict[str, Callable[[Counts], Values]] = {
    "accuracy": accuracy,
    "balanced_accuracy": balanced_accuracy,
    "macro_f1": macro_f1,
    "kappa": kappa,
}
"""Scores of the confusion matrix."""


def one_against_rest(sample: Sample) -> list[Sample]:
    """Return a sample of two classes for each class: it against all others together."""
    return [
        Sample((sample.labels == place).astype(np.int64), probabilities, sample.groups)
        for place, probabilities in enumerate(sample.probabilities.T)
    ]


def aurocs(sample: Sample, weights: Counts | None = None) -> npt.NDArray[np.float64]:
    """Return the AUROC of each class against all others together, (draws, k).

    NaN where a draw holds no radiograph of the class, or no other.

    Args:
        sample: Of n radiographs and k classes.
        weights: As in `confusion`.
    """
    each_class = [scores.auroc(tally(one, weights)) for one in one_against_rest(sample)]
    return np.stack(each_class, axis=1)


def auroc(sample: Sample, weights: Counts | None = None) -> Values:
    """Return the AUROC of two classes, or of more the mean of those `aurocs` that are defined.

    Args:
        sample: Of n radiographs and any number of classes.
        weights: As in `confusion`.

    References:
        Provost, F. and Domingos, P. Well-trained PETs: improving probability estimation trees.
        CeDER working paper IS-00-04, New York University (2000).
    """
    if sample.binary:
        return scores.auroc(tally(sample, weights))
    return mean_over_classes(aurocs(sample, weights))


def log_loss(sample: Sample, weights: Counts | None = None) -> Values:
    """Return the mean negative logarithm of the probability of the actual class, in nats.

    As in scikit-learn, a certain mistake costs 36.

    Args:
        sample: Of n radiographs and k classes.
        weights: As in `confusion`.
    """
    of_actual = sample.probabilities[np.arange(len(sample.labels)), sample.labels]
    tiny = np.finfo(np.float64).eps
    drawn = _drawn(sample, weights)
    return ratio(drawn @ -np.log(np.clip(of_actual, tiny, 1 - tiny)), drawn.sum(axis=1))


def top_label(sample: Sample) -> Sample:
    """Return whether each prediction is right, and how probable it was said to be."""
    return Sample(
        (sample.predicted == sample.labels).astype(np.int64),
        sample.probabilities.max(axis=1),
        sample.groups,
    )


def calibration_error(sample: Sample, weights: Counts | None = None) -> Values:
    """Return the expected calibration error of the predicted class, over bins of equal mass.

    It is the mean distance, over radiographs, of a bin's mean probability of the predicted class
    and its share of right predictions (Guo et al., On Calibration of Modern Neural Networks, ICML
    2017).

    Args:
        sample: Of n radiographs and k classes.
        weights: As in `confusion`.
    """
    return scores.calibration_error(tally(top_label(sample), weights))


PROBABILITY: dict[str, Callable[[Sample, Counts | None], Values]] = {
    "log_loss": log_loss,
    "calibration_error": calibration_error,
}
"""Scores of the probabilities themselves; less is better."""


def _drawn(sample: Sample, weights: Counts | None) -> npt.NDArray[np.float64]:
    return np.ones((1, len(sample.labels))) if weights is None else weights.astype(np.float64)


def _right(cells: Counts) -> Counts:
    """Return how many radiographs of each class are predicted to be of it, (draws, k)."""
    return np.diagonal(cells, axis1=1, axis2=2)
