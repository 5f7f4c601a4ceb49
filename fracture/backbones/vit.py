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
    heads, patches of 16 pixels; initialised as there. Sides that are no multiple of 16 are padded.

    A class token takes part in every attention, because the published weights learnt to attend to
    it. It is dropped at the end, and the tokens of the patches go back to their places, so that
    head and Grad-CAM treat them as any feature map: timm's `forward_features` without the first
    token; their average is what timm computes with `global_pool="avg", fc_norm=False`. A network
    learns as well from that average as from the class token (Beyer et al., 2022, arXiv:2205.01580),
    but the published weights were trained to classify by the token: the patches learn it in
    fine-tuning.

    Args:
        scaled: (n, height, width, 3), scaled to [-1, 1].

    Returns:
        (n, height / 16, width / 16, 192).
    """
    down, right = (-side % PATCH for side in scaled.shape[1:3])
    if down or right:
        scaled = layers.ZeroPadding2D(((0, down), (0, right)), name="patch_padding")(scaled)
    _, height, width, channels = scaled.shape
    rows, columns = height // PATCH, width // PATCH
    x = layers.Reshape((rows, PATCH, columns, PATCH, channels), name="patches")(scaled)
    x = layers.Permute((1, 3, 2, 4, 5), name="patches_in_order")(x)
    x = layers.Reshape((rows * columns, PATCH * PATCH * channels), name="patches_flat")(x)
    # The class token starts as an empty patch: all that it embeds to is its bias.
    x = layers.ZeroPadding1D((1, 0), name="class_token")(x)
    # The projection of the patches; its bias, one for each place, is the position embedding.
    x = layers.EinsumDense(
        "ntp,pd->ntd",
        output_shape=(1 + rows * columns, WIDTH),
        bias_axes="td",
        kernel_initializer=_initializer(),
        bias_initializer=_initializer(),
        name="embedding",
    )(x)
    for block in range(DEPTH):
        x = _block(x, f"block{block}")
    x = layers.LayerNormalization(epsilon=1e-6, name="norm")(x)
    x = layers.Cropping1D((1, 0), name="patch_tokens")(x)
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
