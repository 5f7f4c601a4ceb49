"""The control network: the same architecture, its weights drawn anew."""

from typing import TYPE_CHECKING

import numpy as np

from fracture.inference.gradcam import Floats

if TYPE_CHECKING:
    import keras


def forget(network: "keras.Model", seed: int) -> None:
    """Replace the weights of a network, in place, by random ones as before any training.

    Heatmaps that stay as good show the architecture and the radiograph, not what was learnt
    (Adebayo et al., Sanity Checks for Saliency Maps, NeurIPS 2018).

    Args:
        network: Keeps its graph, so that nothing is traced again.
        seed: Of the weights.
    """
    import keras  # noqa: PLC0415 - the device is to be chosen before

    keras.utils.set_random_seed(seed)
    fresh = keras.models.model_from_json(network.to_json())
    network.set_weights(fresh.get_weights())


def warmer(heat: Floats) -> Floats:
    """Return the heat of a random network, or of its twin if that has more.

    The twin's last layer has the other sign; it is as random, and its heat is the negative. A
    network without any heat points nowhere, and is no control.

    Args:
        heat: Float32 of any shape, of both signs.
    """
    return heat if np.maximum(heat, 0).sum() >= np.maximum(-heat, 0).sum() else -heat
