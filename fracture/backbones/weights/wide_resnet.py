"""Wide ResNet-50-2: from torchvision's names to ours, which differ in dots and underscores."""

from collections.abc import Callable
from typing import Any

import keras

from fracture.backbones.weights.layers import fill_batch_norm, fill_convolution
from fracture.backbones.weights.tensors import Tensors

FILL: dict[Any, Callable[[Any, str, Tensors], None]] = {
    keras.layers.Conv2D: fill_convolution,
    keras.layers.BatchNormalization: fill_batch_norm,
}


def fill_wide_resnet(network: keras.Model, tensors: Tensors) -> None:
    """Fill the layers of fracture/backbones/wide_resnet.py.

    Raises:
        PipelineError: A tensor is not there or has another shape.
    """
    for layer in network.layers:
        if layer.weights:
            FILL[type(layer)](layer, layer.name.replace("_", "."), tensors)
