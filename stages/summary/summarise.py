"""The headline scores of one model, flat, as `dvc metrics diff` shows them best."""

from stages.artifacts.scores import Scores

HEADLINE = [
    "auroc",
    "auroc_low",
    "auroc_high",
    "average_precision",
    "log_loss",
    "brier",
    "accuracy",
    "precision",
    "recall",
    "f1",
    "specificity",
]


def summarise(scores: Scores) -> dict[str, str | float | None]:
    """Return what the test scores rest on and those of `HEADLINE`; the same keys for each model."""
    return {
        "model": scores.model,
        "dataset": scores.dataset,
        "n": scores.test["n"],
        "positives": scores.test["positives"],
        "threshold": scores.threshold,
    } | {name: scores.test[name] for name in HEADLINE}
