"""ViT-Ti/16: a Vision Transformer of the smallest published size, and timm's weights for it."""

import keras
import numpy as np
from keras import layers
from PIL import Image

from fracture.backbones.weights import Array, Tensors, fill_layer

PATCH = 16
WIDTH = 192
DEPTH = 12
HEADS = 3

PUBLISHED_SIDE = 14
"""Patches a side of the 224 pixels that the published weights were trained with."""

TIMM = {
    "norm1": "norm1",
    "attention": "attn",
    "norm2": "norm2",
    "mlp1": "mlp.fc1",
    "mlp2": "mlp.fc2",
}
"""What timm calls the layers of a block."""


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


def fill(network: keras.Model, tensors: Tensors) -> None:
    """Fill the layers of `vit_tiny` with the weights of timm's network.

    Args:
        network: Its layers among others; any number of patches and blocks.
        tensors: Of timm's file.

    Raises:
        PipelineError: A tensor is missing, left over, or has another shape than in the network.
    """
    _fill_embedding(network, tensors)
    blocks = sum(layer.name.endswith("_attention") for layer in network.layers)
    for block in range(blocks):
        for ours, theirs in TIMM.items():
            layer = network.get_layer(f"block{block}_{ours}")
            fill_layer(layer, f"blocks.{block}.{theirs}", tensors)
    fill_layer(network.get_layer("norm"), "norm", tensors)
    tensors.require_all_used()


def _fill_embedding(network: keras.Model, tensors: Tensors) -> None:
    rows, patch, columns, _, channels = network.get_layer("patches").target_shape
    embedding = network.get_layer("embedding")
    width = embedding.kernel.shape[-1]
    kernel = tensors.pop("patch_embed.proj.weight", width, channels, patch, patch)
    bias = tensors.pop("patch_embed.proj.bias", width)
    class_token = tensors.pop("cls_token", 1, 1, width)[0]
    places = tensors.pop("pos_embed", 1, 1 + PUBLISHED_SIDE**2, width)[0]
    grid = resample(places[1:].reshape(PUBLISHED_SIDE, PUBLISHED_SIDE, width), rows, columns)
    embedding.set_weights(
        [
            kernel.transpose(2, 3, 1, 0).reshape(-1, width),
            np.concatenate([class_token + places[:1], bias + grid.reshape(-1, width)]),
        ]
    )


def resample(places: Array, rows: int, columns: int) -> Array:
    """Interpolate position embeddings bicubically, smoothed where they shrink, as timm does.

    With Pillow, whose resampling PyTorch's antialiased one follows: the same whatever the backend.

    Args:
        places: One embedding for each patch, float32 (r, c, width).
        rows: Of patches, after interpolation.
        columns: Of patches, after interpolation.

    Returns:
        float32 (rows, columns, width).
    """
    if places.shape[:2] == (rows, columns):
        return places
    channels = [Image.fromarray(channel) for channel in np.moveaxis(places, -1, 0)]
    cubic = Image.Resampling.BICUBIC
    return np.stack([np.asarray(c.resize((columns, rows), cubic)) for c in channels], axis=-1)
