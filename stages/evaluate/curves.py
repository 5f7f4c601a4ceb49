"""The data behind the figures, as tables that `dvc plots` reads."""

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_curve, roc_curve

from stages.artifacts.scores import CLASSES
from stages.evaluate.sample import Sample
from stages.evaluate.scores import called


def roc(sample: Sample) -> pd.DataFrame:
    """Return the ROC curve from (0, 0) to (1, 1).

    The columns are false_positive_rate, true_positive_rate and threshold: a missing value in the
    first row, where nothing is called fractured.
    """
    false_positive_rate, true_positive_rate, thresholds = roc_curve(
        sample.labels, sample.probabilities
    )
    return pd.DataFrame(
        {
            "false_positive_rate": false_positive_rate,
            "true_positive_rate": true_positive_rate,
            "threshold": np.where(np.isinf(thresholds), np.nan, thresholds),
        }
    )


def precision_recall(sample: Sample) -> pd.DataFrame:
    """Return the precision-recall curve, recall descending to 0.

    The columns are recall, precision and threshold; the last row, recall 0 and precision 1, is a
    convention and has no threshold.
    """
    precision, recall, thresholds = precision_recall_curve(
        sample.labels, sample.probabilities, drop_intermediate=True
    )
    return pd.DataFrame(
        {"recall": recall, "precision": precision, "threshold": np.r_[thresholds, np.nan]}
    )


def confusion(sample: Sample, threshold: float) -> pd.DataFrame:
    """Return the actual and the predicted class of each radiograph, which `dvc plots` counts."""
    names = np.array(CLASSES)
    return pd.DataFrame(
        {
            "actual": names[sample.labels],
            "predicted": names[called(sample.probabilities, threshold)],
        }
    )
