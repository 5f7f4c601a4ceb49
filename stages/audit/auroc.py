"""The AUROC of a baseline."""

from typing import TYPE_CHECKING

from sklearn.metrics import roc_auc_score

if TYPE_CHECKING:
    import pandas as pd


def auroc(labels: "pd.Series[int]", scores: "pd.Series[float]") -> float | None:
    """Return the AUROC to six decimals, 0 to 1; None where `labels`, 0 or 1, lack a class."""
    if set(labels) != {0, 1}:
        return None
    return round(float(roc_auc_score(labels, scores)), 6)
