"""Operating points: the probability from which on a radiograph is called fractured."""

import numpy as np
from sklearn.metrics import roc_curve

from fracture.judging.sample import Sample
from fracture.params.evaluate import AtSensitivity, AtSpecificity, Rule

ABOVE_ALL = float(np.nextafter(1, 2))
"""A threshold that no probability reaches: nothing is called fractured."""


def choose(rule: Rule, validation: Sample) -> float:
    """Return the threshold of a rule, chosen on validation radiographs unless it is a number.

    It lies midway between the two predicted probabilities that it separates; of several that do as
    well the highest is taken. `youden` maximises sensitivity + specificity - 1 (Youden, Cancer 3,
    32-35, 1950).

    Args:
        rule: A row of `evaluate.points` in params.yaml.
        validation: Of both classes.
    """
    if isinstance(rule, float | int):
        return float(rule)
    false_positive_rate, true_positive_rate, thresholds = roc_curve(
        validation.labels, validation.probabilities, drop_intermediate=False
    )
    match rule:
        case AtSensitivity():
            index = int(np.argmax(true_positive_rate >= rule.sensitivity - 1e-12))
        case AtSpecificity():
            # The last of those allowed finds the most; of equally many found, the first is higher.
            allowed = true_positive_rate[1 - false_positive_rate >= rule.specificity - 1e-12]
            index = int(np.argmax(allowed))
        case _:
            # The first point calls nothing fractured, and no index is lower than its.
            index = 1 + int(np.argmax((true_positive_rate - false_positive_rate)[1:]))
    if index == 0:
        return above(float(validation.probabilities.max()))
    upper = float(thresholds[index])
    lower = float(thresholds[index + 1]) if index + 1 < len(thresholds) else 0.0
    return between(lower, upper)


def above(highest: float) -> float:
    """Return a threshold above a probability, halfway to 1."""
    return between(highest, 1.0) if highest < 1 else ABOVE_ALL


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
