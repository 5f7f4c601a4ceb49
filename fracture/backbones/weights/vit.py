"""ViT-Ti/16: from timm's names to ours, and its places to another number of patches."""

import keras
import numpy as np
from PIL import Image

from fracture.backbones.weights.layers import fill_attention, fill_dense, fill_layer_norm
from fracture.backbones.weights.tensors import Array, Tensors

SIDE = 14
"""Patches a side of the 224 pixels that the published weights were trained with."""

# The layers of a block: ours, timm's, how they are filled.
BLOCK = (
    ("norm1", "norm1", fill_layer_norm),
    ("attention", "attn", fill_attention),
    ("norm2", "norm2", fill_layer_norm),
    ("mlp1", "mlp.fc1", fill_dense),
    ("mlp2", "mlp.fc2", fill_dense),
)


def fill_vit(network: keras.Model, tensors: Tensors) -> None:
    """Fill the layers of fracture/backbones/vit.py, whatever its number of patches and blocks.

    Raises:
        PipelineError: A tensor is not there or has another shape.
    """
    _fill_embedding(network, tensors)
    blocks = sum(layer.name.endswith("_attention") for layer in network.layers)
    for block in range(blocks):
        for ours, theirs, fill in BLOCK:
            fill(network.get_layer(f"block{block}_{ours}"), f"blocks.{block}.{theirs}", tensors)
    fill_layer_norm(network.get_layer("norm"), "norm", tensors)


def _fill_embedding(network: keras.Model, tensors: Tensors) -> None:
    rows, patch, columns, _, channels = network.get_layer("patches").target_shape
    embedding = network.get_layer("embedding")
    width = embedding.kernel.shape[-1]
    kernel = tensors.take("patch_embed.proj.weight", width, channels, patch, patch)
    bias = tensors.take("patch_embed.proj.bias", width)
    class_token = tensors.take("cls_token", 1, 1, width)[0]
    places = tensors.take("pos_embed", 1, 1 + SIDE**2, width)[0]
    grid = resample(places[1:].reshape(SIDE, SIDE, width), rows, columns)
    embedding.set_weights(
        [
            kernel.transpose(2, 3, 1, 0).reshape(-1, width),
            np.concatenate([class_token + places[:1], bias + grid.reshape(-1, width)]),
        ]
    )


def resample(places: Array, rows: int, columns: int) -> Array:
    """Interpolate the embedding of places bicubically, smoothed where it shrinks, as timm does.

    With Pillow, whose resampling PyTorch's antialiased one follows: the same whatever the backend.

    Args:
        places: float32 (r, c, width).
        rows: Wanted.
        columns: Wanted.

    Returns:
        float32 (rows, columns, width).
    """
    if places.shape[:2] == (rows, columns):
        return places
    channels = [Image.fromarray(channel) for channel in np.moveaxis(places, -1, 0)]
    cubic = Image.Resampling.BICUBIC
    return np.stack([np.asarray(c.resize((columns, rows), cubic)) for c in channels], axis=-1)
