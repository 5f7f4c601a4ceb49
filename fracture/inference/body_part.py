"""What a radiograph shows, by weights of the features of a network."""

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

Floats = npt.NDArray[np.float32]


def tell(features: Floats, weights: Floats) -> npt.NDArray[np.float64]:
    """Return the probability of each body part, (n, b).

    Args:
        features: Of n radiographs, scaled to length 1, (n, d).
        weights: As `fit` in fracture/systems/body_part.py returns them, of b body parts.
    """
    if not len(weights):
        return np.empty((len(features), 0))
    logits = features @ weights[:, :-1].T + weights[:, -1]
    return np.asarray(softmax(logits.astype(float), axis=1))
