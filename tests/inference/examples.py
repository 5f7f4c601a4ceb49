"""Small networks to explain."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from fracture.backbones.table import BACKBONES
from fracture.params.train import Model, Train, merge, training_of
from fracture.training.network import build
from tests.conftest import FROM_SCRATCH


def network(
    parameters: dict[str, Any],
    backbone: str,
    size: int = 0,
    channels: int = 1,
    stride: int = 0,
    **head: Any,
) -> keras.Model:
    """Build a network with random weights, at the backbone's smallest size unless one is given.

    It has a fracture map where `stride` is not 0.
    """
    keras.utils.set_random_seed(0)
    keras.utils.clear_session()
    section = merge(training_of(parameters, "demo"), FROM_SCRATCH | {"head": head})
    section = merge(section, {"localise": {"stride": stride, "channels": 8}})
    model = Model.model_validate({"backbone": backbone, "variant": "plain", "target": "fractured"})
    size = size or BACKBONES[backbone].minimum_size
    return build(model, Train.model_validate(section), size, channels=channels).whole


def radiographs(count: int, size: int) -> npt.NDArray[np.uint8]:
    """Draw noise, uint8 (count, size, size, 1)."""
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 1), np.uint8)
