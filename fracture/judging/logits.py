"""Logits of probabilities, and temperature scaling.

Probabilities of n radiographs are float64, (n,) for a target with two classes, that of the second,
and (n, classes) for more.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, softmax

TINY = 1e-7
"""What a network's float32 can still tell from 0 and 1."""

Probabilities = npt.NDArray[np.float64]


def logits(probabilities: Probabilities) -> Probabilities:
    """Return the logits of probabilities, float64 in the shape given.

    Of two classes, they are within 16.2 of 0; of more they are the logarithms of probabilities no
    less than 1e-7, less their mean over the classes.
    """
    clipped = np.clip(probabilities, TINY, 1 - TINY)
    if not _of_several(clipped):
        return np.asarray(logit(clipped))
    logarithms = np.log(clipped)
    return np.asarray(logarithms - logarithms.mean(axis=1, keepdims=True))


def of_logits(values: Probabilities) -> Probabilities:
    """Return the probabilities of logits: undoes `logits`."""
    return np.asarray(softmax(values, axis=1) if _of_several(values) else expit(values))


def calibrate(probabilities: Probabilities, temperature: float) -> Probabilities:
    """Return probabilities after temperature scaling, float64 in the shape given.

    Args:
        probabilities: As a network gives them, 0 to 1.
        temperature: Above 0, as fracture/judging/temperature.py finds it.
    """
    return of_logits(logits(probabilities) / temperature)


def calibrate_thresholds(thresholds: Mapping[str, float], temperature: float) -> dict[str, float]:
    """Return thresholds as they stand among probabilities after temperature scaling.

    Args:
        thresholds: By name, of probabilities as a network gives them; one above 1, which none of
            them reaches, stays as it is.
        temperature: As for `calibrate`.
    """
    return {
        name: float(calibrate(np.array([value]), temperature)[0]) if value <= 1 else value
        for name, value in thresholds.items()
    }


def of_each_class(probabilities: Probabilities) -> Probabilities:
    """Return the probability of each class, also where there are two, float64 (n, classes)."""
    if _of_several(probabilities):
        return probabilities
    return np.stack([1 - probabilities, probabilities], axis=1)


def _of_several(values: Probabilities) -> bool:
    """Return whether there is a column for each of more than two classes."""
    return np.ndim(values) > 1 and values.shape[1] > 1
