"""The fracture map: a logit for each place of a fine grid, from maps at several strides."""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from fracture.params.train import Localise

GROUPS = 8
"""Of the group normalisation: unlike a batch's statistics they do not depend on its size."""

FINER = 2
"""Cells of the boxes' grid to a place, each way: boxes are moved by less than a place."""

SURE_OF_NONE = -4.0
"""Logit of each place at first: fractures are small, and most places show none."""

SHARE = 0.5
"""Of the map's logit in the sum with the head's, at first."""


@dataclass(frozen=True)
class FractureMap:
    """What a network with a fracture map gives beside its probability.

    Attributes:
        logits: Of each place, (n, rows, columns, 1).
        head: The probability that the head alone gives, (n, 1).
    """

    logits: keras.KerasTensor
    head: keras.KerasTensor

    @property
    def cells(self) -> tuple[int, int]:
        """Rows and columns of the grid on which boxes are drawn."""
        rows, columns = self.logits.shape[1:3]
        return FINER * rows, FINER * columns


def add_map(
    backbone: keras.Model, logit: keras.KerasTensor, settings: Localise
) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Put a fracture map beside a head.

    Args:
        backbone: Radiographs (n, size, size, channels) in, a map out, in one flat graph.
        logit: Of the head, (n, 1).
        settings: Of the map.

    Returns:
        The logits of the places, (n, rows, columns, 1), of a layer `fracture_map`; and the
        probability of a fracture, (n, 1), of a learnt sum of the head's logit and what the map says
        of the whole radiograph, of a layer `probability`.
    """
    maps = _join(backbone, settings)
    # Logits stay float32 under a mixed-precision policy, as probabilities do.
    bias = keras.initializers.Constant(SURE_OF_NONE)
    logits = layers.Conv2D(1, 1, bias_initializer=bias, dtype="float32", name="fracture_map")(maps)
    both = layers.Concatenate(dtype="float32", name="map_and_head")
    last = layers.Dense(1, activation="sigmoid", dtype="float32", name="probability")
    probability = last(both([logit, pool(maps, logits, settings)]))
    # At first the map hardly changes what the head, which has learnt already, says.
    last.set_weights([np.array([[1.0], [SHARE]]), np.array([-SHARE * SURE_OF_NONE])])
    return logits, probability


def taps(backbone: keras.Model) -> dict[int, keras.KerasTensor]:
    """Return the last map at each stride through which all that the backbone computes passes.

    It holds all that the later layers know at this stride: what lies inside a residual or a dense
    block is passed by.

    Args:
        backbone: Radiographs (n, height, width, channels) in, a map out, in one flat graph.

    Returns:
        By stride, pixels between two places, ascending: maps (n, rows, columns, channels).
    """
    strides: dict[int, int] = {}
    paths: dict[int, int] = {}
    onward: dict[int, int] = defaultdict(int)
    size = backbone.input_shape[1]
    tensors = []
    for operation in backbone.operations:
        output, below = operation.output, _inputs(operation)
        paths[id(output)] = sum(paths[id(tensor)] for tensor in below) if below else 1
        if len(output.shape) == 4:  # noqa: PLR2004 - radiograph, row, column, channel
            known = [strides[id(tensor)] for tensor in below if id(tensor) in strides]
            step = getattr(operation, "strides", 1)
            step = step if isinstance(step, int) else step[0]
            # A transformer's tokens have no stride: what comes back from them has that of its size.
            strides[id(output)] = min(known) * step if known else round(size / output.shape[1])
            tensors.append((operation, output))
    onward[id(backbone.output)] = 1
    for operation in reversed(backbone.operations):
        for tensor in _inputs(operation):
            onward[id(tensor)] += onward[id(operation.output)]
    total = paths[id(backbone.output)]
    last = {
        strides[id(output)]: output
        for operation, output in tensors
        if paths[id(output)] * onward[id(output)] == total
        and not isinstance(operation, layers.ZeroPadding2D)
    }
    return dict(sorted(last.items()))


def _inputs(operation: Any) -> list[keras.KerasTensor]:
    found = operation.input if not isinstance(operation, layers.InputLayer) else []
    return list(found) if isinstance(found, list | tuple) else [found]


def _join(backbone: keras.Model, settings: Localise) -> keras.KerasTensor:
    """Return maps joined from the coarsest stride to the finest, (n, rows, columns, channels).

    Each step enlarges what was joined and adds the backbone's map of that size, brought to as many
    channels (Lin et al., Feature Pyramid Networks for Object Detection, CVPR 2017).

    Args:
        backbone: Radiographs in, a map out.
        settings: Stride of the finest map, and its channels.
    """
    size = backbone.input_shape[1]
    found = {stride: maps for stride, maps in taps(backbone).items() if stride >= settings.stride}
    levels = [maps for _, maps in sorted(found.items(), reverse=True)]
    joined: Any = None
    for number, maps in enumerate(levels):
        lateral = layers.Conv2D(settings.channels, 1, name=f"map_lateral_{number}")(maps)
        if joined is not None:
            joined = layers.Add(name=f"map_sum_{number}")([_enlarge(joined, maps, number), lateral])
        else:
            joined = lateral
        joined = _refine(joined, settings.channels, number)
    if settings.stride not in found:  # a transformer has one stride: its map is enlarged
        rows = -(-size // settings.stride)
        enlarged = layers.Resizing(rows, rows, name="map_enlarge")(joined)
        joined = _refine(enlarged, settings.channels, len(levels))
    return joined


def _enlarge(maps: keras.KerasTensor, like: keras.KerasTensor, number: int) -> keras.KerasTensor:
    height, width = like.shape[1:3]
    return layers.Resizing(height, width, name=f"map_enlarge_{number}")(maps)


def _refine(maps: keras.KerasTensor, channels: int, number: int) -> keras.KerasTensor:
    name = f"map_refine_{number}"
    maps = layers.SeparableConv2D(channels, 3, padding="same", use_bias=False, name=name)(maps)
    maps = layers.GroupNormalization(GROUPS, name=f"{name}_normalization")(maps)
    return layers.ReLU(name=f"{name}_relu")(maps)


def pool(maps: keras.KerasTensor, logits: keras.KerasTensor, settings: Localise) -> Any:
    """Return what the map says of the whole radiograph, one logit, (n, 1).

    `top` is the mean of the highest logits; `log_sum_exp` a soft maximum over all (Pinheiro and
    Collobert, CVPR 2015); `attention` a mean weighted by what the network learns to attend to (Ilse
    et al., ICML 2018).

    Args:
        maps: Below the logits, (n, rows, columns, channels).
        logits: Of the places, (n, rows, columns, 1).
        settings: Which way, and for `top` how many places.
    """
    places = layers.Flatten(name="map_places")(logits)
    if settings.pooling == "top":
        count = min(settings.places, places.shape[1])
        return ops.mean(ops.top_k(places, count)[0], axis=-1, keepdims=True)
    if settings.pooling == "log_sum_exp":
        return ops.logsumexp(places, axis=-1, keepdims=True) - math.log(places.shape[1])
    attention = layers.Conv2D(1, 1, dtype="float32", name="map_attention")(maps)
    weights = layers.Softmax(name="map_weights")(
        layers.Flatten(name="map_attention_flat")(attention)
    )
    return ops.sum(weights * places, axis=-1, keepdims=True)
