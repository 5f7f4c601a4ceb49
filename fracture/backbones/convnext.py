"""ConvNeXt-Tiny and Base, several times as fast on a CPU as Keras' own with the same weights."""

import keras
from keras import layers

TINY = (3, 96), (3, 192), (9, 384), (3, 768)
BASE = (3, 128), (3, 256), (27, 512), (3, 1024)
"""Blocks and channels of each stage."""


def convnext_tiny(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build Liu et al., "A ConvNet for the 2020s", 2022, arXiv:2201.03545.

    The same function of the input as keras.applications.ConvNeXtTiny with `include_top=False`, but
    flat, of public layers, and with depthwise convolutions, where Keras uses grouped ones, which
    TensorFlow computes at a fifth of the speed on a CPU.

    Args:
        scaled: (n, height, width, 3), scaled by ImageNet's mean and standard deviation.

    Returns:
        (n, height / 32, width / 32, 768).
    """
    return _network(scaled, TINY)


def convnext_base(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build ConvNeXt-Base, as keras.applications.ConvNeXtBase; see `convnext_tiny`.

    Args:
        scaled: (n, height, width, 3), scaled by ImageNet's mean and standard deviation.

    Returns:
        (n, height / 32, width / 32, 1024).
    """
    return _network(scaled, BASE)


def _network(scaled: keras.KerasTensor, stages: tuple[tuple[int, int], ...]) -> keras.KerasTensor:
    x = layers.Conv2D(stages[0][1], 4, 4, name="stem_conv")(scaled)
    x = _norm(x, "stem_norm")
    for stage, (blocks, channels) in enumerate(stages):
        if stage > 0:
            x = _norm(x, f"stage{stage}_norm")
            x = layers.Conv2D(channels, 2, 2, name=f"stage{stage}_conv")(x)
        for block in range(blocks):
            x = _block(x, f"stage{stage}_block{block}")
    return _norm(x, "norm")


def fill(network: keras.Model, published: keras.Model) -> None:
    """Copy the weights of Keras' ConvNeXt into ours, where they stand in the same order.

    Args:
        network: The layers of one of the functions above, and no others that have weights.
        published: The network of keras.applications of this size.
    """
    for source, target in zip(published.weights, network.weights, strict=True):
        # A grouped kernel is (7, 7, 1, channels), a depthwise one (7, 7, channels, 1).
        target.assign(keras.ops.reshape(source, target.shape))


def _block(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    channels = x.shape[-1]
    y = layers.DepthwiseConv2D(7, padding="same", name=f"{name}_depthwise")(x)
    y = _norm(y, f"{name}_norm")
    y = layers.Dense(4 * channels, "gelu", name=f"{name}_expand")(y)
    y = layers.Dense(channels, name=f"{name}_project")(y)
    # LayerScale: one learnt factor for each channel.
    y = layers.EinsumDense(
        "nhwc,c->nhwc",
        output_shape=x.shape[1:],
        kernel_initializer=keras.initializers.Constant(1e-6),
        name=f"{name}_scale",
    )(y)
    return layers.Add(name=f"{name}_add")([x, y])


def _norm(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    return layers.LayerNormalization(epsilon=1e-6, name=name)(x)
