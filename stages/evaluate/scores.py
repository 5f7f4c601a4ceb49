"""The table of scores: adding one means adding a row."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    confusion_matrix,
    f1_score,
    log_loss,
    precision_recall_fscore_support,
    precision_score,
    recall_score,
    roc_auc_score,
)

from stages.artifacts.scores import CLASSES, Values
from stages.evaluate.sample import Sample

Score = Callable[[npt.NDArray[np.int64], npt.NDArray[np.float64], float], float]
"""Labels (n,), probabilities (n,) and threshold to a score; NaN where it is undefined."""


def of_probabilities(score: Callable[..., Any]) -> Score:
    """Make a score of one that takes labels and probabilities."""
    return lambda labels, probabilities, _: float(score(labels, probabilities))


def at_threshold(score: Callable[..., Any]) -> Score:
    """Make a score of one that takes labels and predicted labels."""
    return lambda labels, probabilities, threshold: float(
        score(labels, called(probabilities, threshold))
    )


SCORES: dict[str, Score] = {
    "auroc": of_probabilities(roc_auc_score),
    "average_precision": of_probabilities(average_precision_score),
    "log_loss": of_probabilities(log_loss),
    "brier": of_probabilities(brier_score_loss),
    "accuracy": at_threshold(accuracy_score),
    "balanced_accuracy": at_threshold(balanced_accuracy_score),
    # Undefined, not 0, where no radiograph is called fractured.
    "precision": at_threshold(partial(precision_score, zero_division=np.nan)),
    "recall": at_threshold(recall_score),  # also called sensitivity
    "f1": at_threshold(f1_score),
    "specificity": at_threshold(partial(recall_score, pos_label=0)),
}


def called(probabilities: npt.NDArray[np.float64], threshold: float) -> npt.NDArray[np.int64]:
    """Return the predicted labels, int (n,): 1 where the probability is the threshold or more."""
    return (probabilities >= threshold).astype(np.int64)


def score(sample: Sample, threshold: float, names: list[str] | None = None) -> Values:
    """Return the named scores of a sample, all of `SCORES` where none are named."""
    return {
        name: SCORES[name](sample.labels, sample.probabilities, threshold)
        for name in names or SCORES
    }


def counts(sample: Sample) -> Values:
    """Return how many radiographs, fractured ones and groups a sample holds."""
    return {
        "n": len(sample.labels),
        "positives": int(sample.labels.sum()),
        "groups": len(set(sample.groups)),
    }


def by_class(sample: Sample, threshold: float) -> dict[str, Values]:
    """Return precision, recall, F1 and support of each of `CLASSES`."""
    columns = precision_recall_fscore_support(
        sample.labels,
        called(sample.probabilities, threshold),
        labels=[0, 1],
        zero_division=np.nan,
    )
    return {
        name: {
            "precision": float(precision),
            "recall": float(recall),
            "f1": float(f1),
            "support": int(support),
        }
        for name, precision, recall, f1, support in zip(CLASSES, *columns, strict=True)
    }


def confusion(sample: Sample, threshold: float) -> dict[str, int]:
    """Return the counts of true and false negatives and positives: tn, fp, fn, tp."""
    matrix = confusion_matrix(sample.labels, called(sample.probabilities, threshold), labels=[0, 1])
    return dict(zip(("tn", "fp", "fn", "tp"), map(int, matrix.ravel()), strict=True))
