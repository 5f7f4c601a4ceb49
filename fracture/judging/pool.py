"""The probability of several networks together."""

from collections.abc import Sequence

import numpy as np
from scipy.special import expit

from fracture.judging.temperature import Probabilities, logits


def pool(probabilities: Sequence[Probabilities]) -> Probabilities:
    """Return the probabilities, float64 (n,), whose logits are the mean of those of networks.

    Args:
        probabilities: As the networks give them, 0 to 1, (n,) each; of one network alone they are
            returned as they are.

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
    return np.asarray(expit(np.mean([logits(each) for each in probabilities], axis=0)))
