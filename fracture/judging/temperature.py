"""The temperature that calibrates what a network says."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV

from fracture.judging.logits import Probabilities, logits
from fracture.judging.sample import Sample


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
    at all, would send it to 0 or infinity. Of more than two classes it stays 1 where validation
    holds no error: a temperature near 0 would make certain of what a few radiographs did not
    refute, and a route that weighs by these probabilities would be a hard one.

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
    if (inputs.argmax(axis=1) == validation.labels).all():
        return 1.0

    def log_loss(logarithm: float) -> float:
        return -float(
            log_softmax(inputs / np.exp(logarithm), axis=1)[rows, validation.labels].mean()
        )

    found = minimize_scalar(log_loss, bounds=(-10, 10), options={"xatol": 1e-12})
    return float(np.exp(found.x))
