"""ViT-Ti/16: a Vision Transformer of the smallest published size."""

import keras
from keras import layers

PATCH = 16
WIDTH = 192
DEPTH = 12
HEADS = 3


def vit_tiny(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build the Vision Transformer of Dosovitskiy et al., 2021, arXiv:2010.11929.

    In the size that Touvron et al., 2021, arXiv:2012.12877 call tiny: width 192, 12 blocks, 3
    heads, patches of 16 pixels; initialised as there. Without a class token: the tokens go back to
    their places, so that head and Grad-CAM treat them as any feature map, and average pooling does
    as well (Beyer et al., 2022, arXiv:2205.01580). Sides that are no multiple of 16 are padded.

    Args:
        scaled: (n, height, width, 3), scaled by ImageNet's mean and standard deviation.

    Returns:
        (n, height / 16, width / 16, 192).
    """
    down, right = (-side % PATCH for side in scaled.shape[1:3])
    if down or right:
        scaled = layers.ZeroPadding2D(((0, down), (0, right)), name="patch_padding")(scaled)
    _, height, width, channels = scaled.shape
    rows, columns = height // PATCH, width // PATCH
    x = layers.Reshape((rows, PATCH, columns, PATCH, channels), name="patches")(scaled)
    # The projection of the patches; its bias, one for each place, is the position embedding.
    x = layers.EinsumDense(
        "nrpcqk,pqkd->nrcd",
        output_shape=(rows, columns, WIDTH),
        bias_axes="rcd",
        kernel_initializer=_initializer(),
        bias_initializer=_initializer(),
        name="embedding",
    )(x)
    x = layers.Reshape((rows * columns, WIDTH), name="tokens")(x)
    for block in range(DEPTH):
        x = _block(x, f"block{block}")
    x = layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    return layers.Reshape((rows, columns, WIDTH), name="feature_map")(x)


def _block(x: keras.KerasTensor, name: str) -> keras.KerasTensor:
    y = layers.LayerNormalization(epsilon=1e-6, name=f"{name}_norm1")(x)
    y = layers.MultiHeadAttention(
        HEADS, WIDTH // HEADS, kernel_initializer=_initializer(), name=f"{name}_attention"
    )(y, y)
    x = layers.Add(name=f"{name}_add1")([x, y])
    y = layers.LayerNormalization(epsilon=1e-6, name=f"{name}_norm2")(x)
    y = layers.Dense(4 * WIDTH, "gelu", kernel_initializer=_initializer(), name=f"{name}_mlp1")(y)
    y = layers.Dense(WIDTH, kernel_initializer=_initializer(), name=f"{name}_mlp2")(y)
    return layers.Add(name=f"{name}_add2")([x, y])


def _initializer() -> keras.initializers.Initializer:
    # A new one for each layer: two layers that shared one would start from the same numbers.
    return keras.initializers.TruncatedNormal(stddev=0.02)
