"""Vision Transformers: ViT-Ti/16, the layers that others share with it, and timm's weights."""

from dataclasses import dataclass

import keras
import numpy as np
from keras import layers
from PIL import Image

from fracture.backbones.rotary import RotaryAttention
from fracture.backbones.weights import Array, Tensors, fill_layer

DEPTH = 12

TIMM = {
    "norm1": "norm1",
    "attention": "attn",
    "scale1": "ls1",
    "norm2": "norm2",
    "mlp1": "mlp.fc1",
    "mlp2": "mlp.fc2",
    "scale2": "ls2",
}
"""What timm calls the layers of a block."""


@dataclass(frozen=True)
class Shape:
    """What tells one Vision Transformer of `DEPTH` blocks from another.

    Attributes:
        patch: Side of a patch, pixels.
        width: Channels of a token.
        heads: Of attention, in each block.
        side: Patches a side of the radiographs that the published weights were trained with, one
            embedding for each; 0: places are told by `RotaryAttention`.
        scale: What the factors start from by which each block's outputs are multiplied, one a
            channel (Touvron et al., "Going deeper with image transformers", 2021,
            arXiv:2103.17239); None: there are none.
        registers: Further tokens of no place, after that of the class.
        epsilon: Of the normalisations.
    """

    patch: int
    width: int
    heads: int
    side: int = 0
    scale: float | None = None
    registers: int = 0
    epsilon: float = 1e-6


TINY = Shape(patch=16, width=192, heads=3, side=14)


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
    down, right = (-side % TINY.patch for side in scaled.shape[1:3])
    if down or right:
        scaled = layers.ZeroPadding2D(((0, down), (0, right)), name="patch_padding")(scaled)
    return transformer(scaled, TINY)


def enlarge(scaled: keras.KerasTensor, patch: int) -> keras.KerasTensor:
    """Enlarge radiographs to the next multiple of a patch, bilinearly, where they are none.

    Args:
        scaled: (n, height, width, 3).
        patch: Its side, pixels.
    """
    height, width = (-(-side // patch) * patch for side in scaled.shape[1:3])
    if (height, width) == tuple(scaled.shape[1:3]):
        return scaled
    # In float32 whatever the precision policy, as the scaling below it.
    return layers.Resizing(height, width, name="patch_resizing", dtype="float32")(scaled)


def transformer(scaled: keras.KerasTensor, shape: Shape) -> keras.KerasTensor:
    """Build the layers of a Vision Transformer, without those that classify.

    Args:
        scaled: (n, height, width, 3), both multiples of the patch.
        shape: Of the network.

    Returns:
        The tokens of the patches at their places, (n, height / patch, width / patch, width).
    """
    patch = shape.patch
    _, height, width, channels = scaled.shape
    rows, columns = height // patch, width // patch
    x = layers.Reshape((rows, patch, columns, patch, channels), name="patches")(scaled)
    x = layers.Permute((1, 3, 2, 4, 5), name="patches_in_order")(x)
    x = layers.Reshape((rows * columns, patch * patch * channels), name="patches_flat")(x)
    # Other tokens start as empty patches: all that they embed to is their bias.
    others = 1 + shape.registers
    x = layers.ZeroPadding1D((others, 0), name="class_token")(x)
    # The projection of the patches; its bias, one for each place, is the position embedding.
    x = layers.EinsumDense(
        "ntp,pd->ntd",
        output_shape=(others + rows * columns, shape.width),
        bias_axes="td",
        kernel_initializer=_initializer(),
        bias_initializer=_initializer(),
        name="embedding",
    )(x)
    for block in range(DEPTH):
        x = _block(x, shape, (rows, columns), f"block{block}")
    x = layers.LayerNormalization(epsilon=shape.epsilon, name="norm")(x)
    x = layers.Cropping1D((others, 0), name="patch_tokens")(x)
    return layers.Reshape((rows, columns, shape.width), name="feature_map")(x)


def _block(
    x: keras.KerasTensor, shape: Shape, places: tuple[int, int], name: str
) -> keras.KerasTensor:
    width = shape.width
    y = layers.LayerNormalization(epsilon=shape.epsilon, name=f"{name}_norm1")(x)
    y = _attention(shape, places, f"{name}_attention")(y, y)
    x = layers.Add(name=f"{name}_add1")([x, _scale(y, shape, f"{name}_scale1")])
    y = layers.LayerNormalization(epsilon=shape.epsilon, name=f"{name}_norm2")(x)
    y = layers.Dense(4 * width, "gelu", kernel_initializer=_initializer(), name=f"{name}_mlp1")(y)
    y = layers.Dense(width, kernel_initializer=_initializer(), name=f"{name}_mlp2")(y)
    return layers.Add(name=f"{name}_add2")([x, _scale(y, shape, f"{name}_scale2")])


def _attention(shape: Shape, places: tuple[int, int], name: str) -> keras.Layer:
    heads, channels = shape.heads, shape.width // shape.heads
    start = _initializer()
    if shape.side:
        return layers.MultiHeadAttention(heads, channels, kernel_initializer=start, name=name)
    return RotaryAttention(heads, channels, *places, kernel_initializer=start, name=name)


def _scale(y: keras.KerasTensor, shape: Shape, name: str) -> keras.KerasTensor:
    if shape.scale is None:
        return y
    start = keras.initializers.Constant(shape.scale)
    factors = layers.EinsumDense("ntd,d->ntd", y.shape[1:], kernel_initializer=start, name=name)
    return factors(y)


def _initializer() -> keras.initializers.Initializer:
    # A new one for each layer: two layers that shared one would start from the same numbers.
    return keras.initializers.TruncatedNormal(stddev=0.02)


def fill(network: keras.Model, tensors: Tensors, shape: Shape = TINY) -> None:
    """Fill the layers of `transformer` with the weights of timm's network.

    Args:
        network: Its layers among others; any number of patches and blocks.
        tensors: Of timm's file.
        shape: That `transformer` was given.

    Raises:
        PipelineError: A tensor is missing, left over, or has another shape than in the network.
    """
    _fill_embedding(network, tensors, shape)
    blocks = sum(layer.name.endswith("_attention") for layer in network.layers)
    for block in range(blocks):
        for ours, theirs in TIMM.items():
            if shape.scale is None and ours.startswith("scale"):
                continue
            layer = network.get_layer(f"block{block}_{ours}")
            fill_layer(layer, f"blocks.{block}.{theirs}", tensors)
    fill_layer(network.get_layer("norm"), "norm", tensors)
    tensors.require_all_used()


def _fill_embedding(network: keras.Model, tensors: Tensors, shape: Shape) -> None:
    rows, patch, columns, _, channels = network.get_layer("patches").target_shape
    embedding = network.get_layer("embedding")
    width, side = shape.width, shape.side
    kernel = tensors.pop("patch_embed.proj.weight", width, channels, patch, patch)
    bias = tensors.pop("patch_embed.proj.bias", width)
    others = tensors.pop("cls_token", 1, 1, width)[0]
    if shape.registers:
        others = np.concatenate([others, tensors.pop("reg_token", 1, shape.registers, width)[0]])
    grid = np.zeros((rows, columns, width), np.float32)
    if side:
        places = tensors.pop("pos_embed", 1, 1 + side**2, width)[0]
        others = others + places[:1]
        grid = resample(places[1:].reshape(side, side, width), rows, columns)
    embedding.set_weights(
        [
            kernel.transpose(2, 3, 1, 0).reshape(-1, width),
            np.concatenate([others, bias + grid.reshape(-1, width)]),
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
