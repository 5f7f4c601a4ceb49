"""What a network is made of and how much it was trained, counted."""

import math
from pathlib import Path

import keras
import pandas as pd

from fracture.artifacts.network import FILES
from fracture.artifacts.trained import Footprint
from fracture.params.train import Train
from fracture.training.network import Network


def footprint(
    network: Network, settings: Train, history: pd.DataFrame, radiographs: int, folder: Path
) -> Footprint:
    """Return the footprint of a network that was trained and written.

    Args:
        network: As it was trained.
        settings: How it was trained.
        history: A row for each epoch.
        radiographs: Of the training part.
        folder: Holds its files.
    """
    learning = network.whole if settings.finetune.epochs else network.head
    return Footprint(
        networks=1,
        parameters=network.whole.count_params(),
        trained=sum(math.prod(weight.shape) for weight in learning.trainable_weights),
        multiply_adds=multiply_adds(network.whole),
        bytes=sum((folder / file).stat().st_size for file in FILES),
        epochs=len(history),
        radiographs=len(history) * radiographs,
    )


def multiply_adds(network: keras.Model) -> int:
    """Return the multiply-adds of one forward pass of one radiograph, as publications count them.

    Those of convolutions, dense layers and attention; what normalises, adds, pools or activates is
    left out, as is the addition of biases. Counted from shapes, so that it is the same for each
    backend: a kernel is multiplied once at each position of the layer's output.

    Args:
        network: A flat graph of layers, each of them applied once, of fixed input size.
    """
    total = 0
    for layer in network.layers:
        kernels = [weight.shape for weight in layer.weights if "kernel" in weight.name]
        if not kernels:
            continue
        positions = math.prod(layer.output.shape[1:-1])
        total += positions * sum(math.prod(shape) for shape in kernels if len(shape) > 1)
        if isinstance(layer, keras.layers.MultiHeadAttention):
            # Each position is held against each, then the values are weighed.
            total += 2 * positions**2 * layer.num_heads * layer.key_dim
    return total
