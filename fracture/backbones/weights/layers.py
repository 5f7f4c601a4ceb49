"""Layers filled as PyTorch names and lays out their weights."""

from typing import Any

from fracture.backbones.weights.tensors import Array, Tensors


def fill_convolution(layer: Any, name: str, tensors: Tensors) -> None:
    """Fill a convolution without bias: (out, in, rows, columns) there."""
    rows, columns, inputs, outputs = layer.kernel.shape
    kernel = tensors.take(f"{name}.weight", outputs, inputs, rows, columns)
    layer.set_weights([kernel.transpose(2, 3, 1, 0)])


def fill_batch_norm(layer: Any, name: str, tensors: Tensors) -> None:
    """Fill a batch normalisation: factor, offset, running mean and variance."""
    parts = ("weight", "bias", "running_mean", "running_var")
    layer.set_weights([tensors.take(f"{name}.{part}", *layer.gamma.shape) for part in parts])


def fill_layer_norm(layer: Any, name: str, tensors: Tensors) -> None:
    """Fill a layer normalisation: factor and offset."""
    layer.set_weights(
        [tensors.take(f"{name}.{part}", *layer.gamma.shape) for part in ("weight", "bias")]
    )


def fill_dense(layer: Any, name: str, tensors: Tensors) -> None:
    """Fill a dense layer: (out, in) there."""
    inputs, outputs = layer.kernel.shape
    kernel = tensors.take(f"{name}.weight", outputs, inputs)
    layer.set_weights([kernel.T, tensors.take(f"{name}.bias", outputs)])


def fill_attention(layer: Any, name: str, tensors: Tensors) -> None:
    """Fill a self-attention: there, one projection makes the queries, keys and values of all heads.

    Its outputs stand as (query, key or value; head; channel of the head).
    """
    heads, channels = layer.num_heads, layer.key_dim
    width = heads * channels
    kernels = tensors.take(f"{name}.qkv.weight", 3 * width, width)
    biases = tensors.take(f"{name}.qkv.bias", 3 * width).reshape(3, heads, channels)
    filled: list[Array] = []
    for kernel, bias in zip(kernels.reshape(3, heads, channels, width), biases, strict=True):
        filled += [kernel.transpose(2, 0, 1), bias]
    output = tensors.take(f"{name}.proj.weight", width, width).T.reshape(heads, channels, width)
    layer.set_weights([*filled, output, tensors.take(f"{name}.proj.bias", width)])
