"""The temperature that calibrates what a network says."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV

from fracture.judging.logits import Probabilities, logits
from fracture.judging.sample import Sample

# Networks that have learnt get temperatures from 0.7 to 3 in the demo. Validation asks for more
# where probabilities say nothing about it, and for less where they make no error at all; without a
# bound each would become 0.5, or 0 and 1. At 20 a logit of 3, which is 0.953, becomes 0.537, which
# four digits still tell from its neighbours; at 0.05 one of 0.3, which is 0.574, becomes 0.998, as
# sure as some hundreds of radiographs without an error can make it.
LEAST, MOST = 0.05, 20.0


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
    Modern Neural Networks, ICML 2017). The order of the radiographs stays. It stays within `LEAST`
    and `MOST`, where validation radiographs that are told apart without an error, or not at all,
    would send it to 0 or infinity. Of more than two classes it stays 1 where validation holds no
    error: a lower temperature would make certain of what a few radiographs did not refute, and a
    route that weighs by these probabilities would be a hard one.

    Args:
        validation: Of both classes; of more than two, of one or more of them.
    """
    fitted = _fit_two(validation) if validation.binary else _fit_several(validation)
    # The log loss has one minimum: within bounds the least is at that, or at the bound before it.
    return min(max(fitted, LEAST), MOST)


def bound_reached(temperature: float) -> str:
    """Say what it means that a temperature is at a bound; empty where it is not."""
    if temperature >= MOST:
        return (
            f"temperature {temperature:g} is the highest allowed: the probabilities say nothing "
            "about the validation radiographs, and calibrated ones lie near 0.5 whatever is shown"
        )
    if temperature <= LEAST:
        return (
            f"temperature {temperature:g} is the lowest allowed: validation is told apart without "
            "an error, and calibrated probabilities are surer than so few radiographs can show"
        )
    return ""


def _fit_two(validation: Sample) -> float:
    """Return the temperature of two classes, as scikit-learn fits it."""
    # Nothing is learnt before the temperature: all radiographs are its one fold.
    rows = np.arange(len(validation.labels))
    calibrator = CalibratedClassifierCV(
        _Logits(), method="temperature", ensemble=False, cv=[(rows, rows)]
    )
    calibrator.fit(logits(validation.probabilities)[:, None], validation.labels)
    (fitted,) = calibrator.calibrated_classifiers_
    return float(1 / fitted.calibrators[0].beta_)


def _fit_several(validation: Sample) -> float:
    """Return the temperature of more than two classes.

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
