"""EfficientNet-Lite 0 to 2: EfficientNet of the layers that small devices compute well."""

import math

import keras
from keras import layers

from fracture.backbones.weights import Tensors, fill_layer

STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
"""Kernel, stride of the first block, expansion, channels and blocks of each stage."""

STEM, HEAD = 32, 1280

PUBLISHED = {
    "stem": ("_conv_stem", "_bn0"),
    "head": ("_conv_head", "_bn1"),
    "expand": ("_expand_conv", "_bn0"),
    "depthwise": ("_depthwise_conv", "_bn1"),
    "project": ("_project_conv", "_bn2"),
}
"""What the published weights call the convolution and the batch normalisation of each step."""


def efficientnet_lite0(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build EfficientNet-B0 (Tan and Le, 2019, arXiv:1905.11946) as its authors' Lite 0.

    Without squeeze-and-excitation, and with ReLU6 in place of swish.

    Args:
        scaled: (n, height, width, 3), about -1 to 1.

    Returns:
        (n, height / 32, width / 32, 1280).
    """
    return _network(scaled, width=1.0, depth=1.0)


def efficientnet_lite1(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build Lite 1, as deep as EfficientNet-B1; see `efficientnet_lite0`."""
    return _network(scaled, width=1.0, depth=1.1)


def efficientnet_lite2(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build Lite 2, as deep and wide as EfficientNet-B2; see `efficientnet_lite0`."""
    return _network(scaled, width=1.1, depth=1.2)


def fill(network: keras.Model, tensors: Tensors) -> None:
    """Fill these layers with the published weights, which number all blocks from 0.

    Args:
        network: Of one of the functions above, and no other layers that have weights.
        tensors: Of the file.

    Raises:
        PipelineError: A tensor is missing, left over, or has another shape than in the network.
    """
    numbers: dict[str, int] = {}
    for layer in network.layers:
        if layer.weights:
            *block, step, kind = layer.name.rsplit("_", 2)
            prefix = "".join(f"_blocks.{numbers.setdefault(name, len(numbers))}." for name in block)
            fill_layer(layer, prefix + PUBLISHED[step][kind == "norm"], tensors)
    tensors.require_all_used()


def _network(scaled: keras.KerasTensor, width: float, depth: float) -> keras.KerasTensor:
    """Build the layers.

    Args:
        scaled: (n, height, width, 3).
        width: Factor of the channels of each stage; stem and head keep theirs.
        depth: Factor of the blocks of each stage; the first and the last keep theirs.
    """
    x = _convolution(scaled, STEM, (3, 2), "stem")
    for stage, (kernel, stride, expansion, channels, blocks) in enumerate(STAGES, start=1):
        repeats = blocks if stage in {1, len(STAGES)} else math.ceil(depth * blocks)
        for block in range(1, repeats + 1):
            name = f"stage{stage}_block{block}"
            outputs = _multiple_of_8(width * channels)
            x = _block(x, outputs, expansion, (kernel, stride if block == 1 else 1), name)
    return _convolution(x, HEAD, (1, 1), "head")


def _multiple_of_8(channels: float) -> int:
    """Return the nearest multiple of 8, or the next one if it is smaller by more than a tenth."""
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels else nearest


def _block(
    x: keras.KerasTensor, outputs: int, expansion: int, kernel_stride: tuple[int, int], name: str
) -> keras.KerasTensor:
    inputs = x.shape[-1]
    y = x
    if expansion > 1:
        y = _convolution(y, expansion * inputs, (1, 1), f"{name}_expand")
    kernel, stride = kernel_stride
    y = layers.DepthwiseConv2D(
        kernel,
        stride,
        padding="same",
        use_bias=False,
        depthwise_initializer=_initializer(),
        name=f"{name}_depthwise_conv",
    )(y)
    y = _norm_relu(y, f"{name}_depthwise")
    y = _convolution(y, outputs, (1, 1), f"{name}_project", relu=False)
    if stride == 1 and outputs == inputs:
        y = layers.Add(name=f"{name}_add")([x, y])
    return y


def _convolution(
    x: keras.KerasTensor,
    channels: int,
    kernel_stride: tuple[int, int],
    name: str,
    *,
    relu: bool = True,
) -> keras.KerasTensor:
    kernel, stride = kernel_stride
    x = layers.Conv2D(
        channels,
        kernel,
        stride,
        padding="same",
        use_bias=False,
        kernel_initializer=_initializer(),
        name=f"{name}_conv",
    )(x)
    return _norm_relu(x, name, relu=relu)


def _norm_relu(x: keras.KerasTensor, name: str, *, relu: bool = True) -> keras.KerasTensor:
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_norm")(x)
    return layers.ReLU(6.0, name=f"{name}_relu")(x) if relu else x


def _initializer() -> keras.initializers.Initializer:
    # One a layer: two layers that shared one would start from the same numbers.
    return keras.initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal")
