"""The operating point: the probability from which on a radiograph is called fractured."""

from typing import Literal

import numpy as np
from sklearn.metrics import roc_curve

from stages.evaluate.sample import Sample


def choose(rule: Literal["youden"] | float, validation: Sample) -> float:
    """Return the threshold of a rule: a fixed number, or Youden's on the validation radiographs."""
    return youden(validation) if rule == "youden" else float(rule)


def youden(validation: Sample) -> float:
    """Return the threshold where sensitivity + specificity - 1 is highest.

    It lies midway between the two predicted probabilities that it separates; of several that are
    as good, the highest is taken.

    References:
        Youden, W. J. Index for rating diagnostic tests. Cancer 3, 32-35 (1950).
    """
    false_positive_rate, true_positive_rate, thresholds = roc_curve(
        validation.labels, validation.probabilities, drop_intermediate=False
    )
    # The first point calls nothing fractured: no threshold from 0 to 1 stands for it.
    index = 1 + int(np.argmax((true_positive_rate - false_positive_rate)[1:]))
    upper = float(thresholds[index])
    lower = float(thresholds[index + 1]) if index + 1 < len(thresholds) else 0.0
    return between(lower, upper)


def between(lower: float, upper: float) -> float:
    """Return the middle of two probabilities, with as few decimals, from six on, as set it apart.

    Args:
        lower: What must stay below the result, unless both are 0.
        upper: What must not stay below the result.
    """
    for decimals in range(6, 17):
        middle = round((lower + upper) / 2, decimals)
        if lower < middle <= upper:
            return middle
    return upper
