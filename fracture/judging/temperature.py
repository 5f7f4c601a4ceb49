"""Logits of probabilities: temperature scaling, and their mean over networks."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import expit, log_softmax, logit, softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV

from fracture.judging.sample import Sample

TINY = 1e-7
"""What a network's float32 can still tell from 0 and 1."""

Probabilities = npt.NDArray[np.float64]


class _Logits(ClassifierMixin, BaseEstimator):
    """A classifier that decides by its input, so that scikit-learn calibrates the network's logits.

    Of a decision x scikit-learn makes the logits -x and x of the two classes, 2x apart: half of it
    is handed over.
    """

    def fit(self, logits: Probabilities, labels: npt.NDArray[np.int64]) -> "_Logits":  # noqa: ARG002
        self.classes_ = np.unique(labels)
        return self

    def decision_function(self, logits: Probabilities) -> Probabilities:
        return logits[:, 0] / 2

    def predict(self, logits: Probabilities) -> npt.NDArray[np.int64]:
        return (logits[:, 0] > 0).astype(np.int64)


def fit_temperature(validation: Sample) -> float:
    """Return the temperature of least log loss, above 0: logits are to be divided by it.

    Above 1 the probabilities were too sure, below 1 not sure enough (Guo et al., On Calibration of
    Modern Neural Networks, ICML 2017). The order of the radiographs stays. It stays within
    0.00005 and 22,000, where validation radiographs that are told apart without an error, or not
    at all, would send it to 0 or infinity.

    Args:
        validation: Of both classes; of more than two, of one or more of them.
    """
    if not validation.binary:
        return _fit_several(validation)
    # Nothing is learnt before the temperature: all radiographs are its one fold.
    rows = np.arange(len(validation.labels))
    calibrator = CalibratedClassifierCV(
        _Logits(), method="temperature", ensemble=False, cv=[(rows, rows)]
    )
    calibrator.fit(logits(validation.probabilities)[:, None], validation.labels)
    (fitted,) = calibrator.calibrated_classifiers_
    return float(1 / fitted.calibrators[0].beta_)


def _fit_several(validation: Sample) -> float:
    """Return the temperature of more than two classes, within the same bounds.

    scikit-learn would count a class that no validation radiograph has as if there were none.
    """
    inputs, rows = logits(validation.probabilities), np.arange(len(validation.labels))

    def log_loss(logarithm: float) -> float:
        return -float(
            log_softmax(inputs / np.exp(logarithm), axis=1)[rows, validation.labels].mean()
        )

    found = minimize_scalar(log_loss, bounds=(-10, 10), options={"xatol": 1e-12})
    return float(np.exp(found.x))


def calibrate(probabilities: Probabilities, temperature: float) -> Probabilities:
    """Return probabilities after temperature scaling, float64 in the shape given.

    Args:
        probabilities: As a network gives them, 0 to 1: of two classes that of the second, of more
            (n, k).
        temperature: Above 0, as `fit_temperature` finds it.
    """
    return of_logits(logits(probabilities) / temperature)


def logits(probabilities: Probabilities) -> Probabilities:
    """Return the logits of probabilities, float64 in the shape given.

    Of two classes, (n,) or (n, 1), they are within 16.2 of 0; of more, (n, k), they are the
    logarithms of probabilities no less than 1e-7, less their mean over the classes.
    """
    clipped = np.clip(probabilities, TINY, 1 - TINY)
    if not _of_several(clipped):
        return np.asarray(logit(clipped))
    logarithms = np.log(clipped)
    return np.asarray(logarithms - logarithms.mean(axis=1, keepdims=True))


def of_logits(values: Probabilities) -> Probabilities:
    """Return the probabilities of logits: undoes `logits`."""
    return np.asarray(softmax(values, axis=1) if _of_several(values) else expit(values))


def _of_several(values: Probabilities) -> bool:
    """Return whether there is a column for each of more than two classes."""
    return np.ndim(values) > 1 and values.shape[1] > 1


def pool(probabilities: Sequence[Probabilities]) -> Probabilities:
    """Return the probabilities whose logits are the mean of those of networks, float64.

    Args:
        probabilities: As the networks give them, 0 to 1, each (n,), or (n, k) of more than two
            classes; of one network alone they are returned as they are.

    References:
        Satopää, V. A. et al. Combining multiple probability predictions using a simple logit model.
        International Journal of Forecasting 30, 344-356 (2014).
        Rahaman, R. and Thiery, A. H. Uncertainty quantification and deep ensembles. NeurIPS (2021).
    """
    if len(probabilities) == 1:
        return np.asarray(probabilities[0], np.float64)
    # Deep ensembles average probabilities; of unequal networks the logits pool better. One that
    # knows little gives logits near 0, and the temperature that is fitted to the mean afterwards
    # undoes how they dilute it: pool, then calibrate. A temperature for each network before that
    # would be one more number to fit for each, on few radiographs.
    return of_logits(np.mean([logits(each) for each in probabilities], axis=0))
