"""Scores that the tests of the judging stages share."""

from dataclasses import replace
from typing import Any

from stages.artifacts.scores import Scores, Values

BOTH: Values = {
    "n": 100,
    "positives": 40,
    "groups": 60,
    "auroc": 0.8,
    "average_precision": 0.75,
    "log_loss": 0.5,
    "brier": 0.15,
    "accuracy": 0.77,
    "balanced_accuracy": 0.76,
    "precision": 0.72,
    "recall": 0.71,
    "f1": 0.715,
    "specificity": 0.81,
}
BASE = Scores(
    model="base",
    dataset="synthetic",
    synthetic=True,
    threshold=0.4375,
    confidence=0.95,
    validation=BOTH,
    test=BOTH | {"auroc_low": 0.75, "auroc_high": 0.85, "auroc_draws": 2000},
    at_half={},
    classes={},
    confusion={},
)


def scores(model: str, validation: float, test: tuple[float, float, float], **more: Any) -> Scores:
    """Return scores with these AUROCs, that of test with its ends; `more` are scores on test."""
    auroc, low, high = test
    return replace(
        BASE,
        model=model,
        validation=BASE.validation | {"auroc": validation},
        test=BASE.test | {"auroc": auroc, "auroc_low": low, "auroc_high": high} | more,
    )
