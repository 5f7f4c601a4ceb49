"""timm's networks in NumPy, from its own names and layouts: what our backbones must compute."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import erf, softmax

Array = npt.NDArray[np.float32]
Tensors = dict[str, Array]
Builder = Callable[[Any], Any]

STAGES = ((3, 256), (4, 512), (6, 1024), (3, 2048))


def draw(shapes: dict[str, tuple[int, ...]]) -> Tensors:
    """Draw weights under which all parts of a network count."""
    random = np.random.default_rng(0)

    def tensor(name: str, shape: tuple[int, ...]) -> Array:
        drawn = random.standard_normal(shape, np.float32)
        if name.endswith("running_var") or (name.endswith("weight") and len(shape) == 1):
            return np.asarray(1 + 0.5 * np.tanh(drawn), np.float32)
        fan_in = np.prod(shape[1:]) if name.endswith("weight") else 25
        return np.asarray(drawn / np.sqrt(fan_in), np.float32)

    return {name: tensor(name, shape) for name, shape in shapes.items()}


def vit_shapes() -> dict[str, tuple[int, ...]]:
    head = {"head.weight": (1000, 192), "head.bias": (1000,)}
    return transformer_shapes(192, patch=16, side=14) | head


def dinov2_shapes(width: int) -> dict[str, tuple[int, ...]]:
    scales = {f"blocks.{block}.ls{n}.gamma": (width,) for block in range(12) for n in (1, 2)}
    return transformer_shapes(width, patch=14, side=37) | scales


def dinov3_shapes() -> dict[str, tuple[int, ...]]:
    """Return the shapes of timm's EVA of this size: no places, no biases of queries and so on."""
    shapes = transformer_shapes(384, patch=16, side=0) | {"reg_token": (1, 4, 384)}
    scales = {f"blocks.{block}.gamma_{n}": (384,) for block in range(12) for n in (1, 2)}
    left_out = re.compile(r"pos_embed|.+\.qkv\.bias")
    return {name: shapes[name] for name in shapes if not left_out.fullmatch(name)} | scales


def rad_dino_shapes() -> dict[str, tuple[int, ...]]:
    """Return the shapes of DINOv2's base network as transformers names them."""
    shapes: dict[str, tuple[int, ...]] = {"embeddings.mask_token": (1, 768)}
    for name, shape in dinov2_shapes(768).items():
        shapes |= dict.fromkeys(
            in_transformers(name), (768, *shape[1:]) if "qkv" in name else shape
        )
    return shapes


def in_transformers(name: str) -> list[str]:
    """Return what transformers calls a tensor of timm; queries, keys and values are three there."""
    attention = "attention.attention"
    for theirs, new in {
        "cls_token": "embeddings.cls_token",
        "pos_embed": "embeddings.position_embeddings",
        "patch_embed.proj": "embeddings.patch_embeddings.projection",
        "blocks": "encoder.layer",
        "attn.proj": "attention.output.dense",
        "ls1.gamma": "layer_scale1.lambda1",
        "ls2.gamma": "layer_scale2.lambda1",
    }.items():
        name = name.replace(theirs, new)
    name = f"layer{name}" if name.startswith("norm.") else name
    parts = ("query", "key", "value") if "qkv" in name else ("",)
    return [name.replace("attn.qkv", f"{attention}.{part}") for part in parts]


def transformer_shapes(width: int, patch: int, side: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "cls_token": (1, 1, width),
        "pos_embed": (1, 1 + side**2, width),
        "patch_embed.proj.weight": (width, 3, patch, patch),
        "patch_embed.proj.bias": (width,),
        "norm.weight": (width,),
        "norm.bias": (width,),
    }
    layers: dict[str, tuple[int, ...]] = {
        "attn.qkv": (3 * width, width),
        "attn.proj": (width, width),
        "mlp.fc1": (4 * width, width),
        "mlp.fc2": (width, 4 * width),
        "norm1": (width,),
        "norm2": (width,),
    }
    for block in range(12):
        for name, shape in layers.items():
            shapes[f"blocks.{block}.{name}.weight"] = shape
            shapes[f"blocks.{block}.{name}.bias"] = shape[:1]
    return shapes


def vit(tensors: Tensors, images: Array, places: Array) -> Array:
    """Compute the tokens of the patches, (n, rows, columns, 192).

    Args:
        tensors: As in timm's file.
        images: (n, height, width, 3), scaled.
        places: (1 + rows * columns, 192): pos_embed at this size.
    """
    n, height, width, _ = images.shape
    rows, columns = height // 16, width // 16
    patches = images.reshape(n, rows, 16, columns, 16, 3)
    x = np.einsum("nrpcqk,dkpq->nrcd", patches, tensors["patch_embed.proj.weight"], optimize=True)
    x = x.reshape(n, -1, 192) + tensors["patch_embed.proj.bias"]
    x = np.concatenate([tensors["cls_token"].repeat(n, 0), x], 1) + places

    def linear(x: Array, name: str) -> Array:
        return x @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]

    def norm(x: Array, name: str) -> Array:
        x = x - x.mean(-1, keepdims=True)
        x = x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6)
        return x * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    for block in (f"blocks.{number}" for number in range(12)):
        qkv = linear(norm(x, f"{block}.norm1"), f"{block}.attn.qkv")
        query, key, value = qkv.reshape(n, -1, 3, 3, 64).transpose(2, 0, 3, 1, 4)
        attention = softmax(query @ key.swapaxes(-1, -2) / 8, axis=-1)
        y = (attention @ value).swapaxes(1, 2).reshape(x.shape)
        x = x + linear(y, f"{block}.attn.proj")
        y = linear(norm(x, f"{block}.norm2"), f"{block}.mlp.fc1")
        x = x + linear(y * (1 + erf(y / np.sqrt(2))) / 2, f"{block}.mlp.fc2")
    return norm(x, "norm")[:, 1:].reshape(n, rows, columns, 192)


def _blocks() -> Iterator[tuple[str, int, int, int]]:
    inputs = 64
    for stage, (blocks, channels) in enumerate(STAGES, start=1):
        for block in range(blocks):
            yield f"layer{stage}.{block}", inputs, channels, 2 if stage > 1 and block == 0 else 1
            inputs = channels


def wide_resnet_shapes() -> dict[str, tuple[int, ...]]:
    kernels = {"conv1": ("bn1", (64, 3, 7, 7))}
    for name, inputs, channels, _ in _blocks():
        half = channels // 2
        kernels[f"{name}.conv1"] = f"{name}.bn1", (half, inputs, 1, 1)
        kernels[f"{name}.conv2"] = f"{name}.bn2", (half, half, 3, 3)
        kernels[f"{name}.conv3"] = f"{name}.bn3", (channels, half, 1, 1)
        if name.endswith(".0"):
            kernels[f"{name}.downsample.0"] = f"{name}.downsample.1", (channels, inputs, 1, 1)
    shapes: dict[str, tuple[int, ...]] = {"fc.weight": (1000, 2048), "fc.bias": (1000,)}
    for convolution, (norm, shape) in kernels.items():
        shapes[f"{convolution}.weight"] = shape
        for part in ("weight", "bias", "running_mean", "running_var"):
            shapes[f"{norm}.{part}"] = shape[:1]
        shapes[f"{norm}.num_batches_tracked"] = ()
    return shapes


def wide_resnet(tensors: Tensors, images: Array) -> Array:
    """Compute the last feature map, (n, height / 32, width / 32, 2048)."""

    def convolve(x: Array, names: tuple[str, str], stride: int) -> Array:
        kernel = tensors[f"{names[0]}.weight"]
        side = kernel.shape[-1]
        x = np.pad(x, ((0, 0), (side // 2,) * 2, (side // 2,) * 2, (0, 0)))
        windows = sliding_window_view(x, (side, side), (1, 2))[:, ::stride, ::stride]
        x = np.tensordot(windows, kernel, ([3, 4, 5], [1, 2, 3]))
        part = {part: tensors[f"{names[1]}.{part}"] for part in ("weight", "bias")}
        mean, variance = (tensors[f"{names[1]}.running_{part}"] for part in ("mean", "var"))
        return (x - mean) / np.sqrt(variance + 1e-5) * part["weight"] + part["bias"]

    x = np.maximum(convolve(images, ("conv1", "bn1"), 2), 0)
    x = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-np.inf)
    x = sliding_window_view(x, (3, 3), (1, 2))[:, ::2, ::2].max((-1, -2))
    for name, _, _, stride in _blocks():
        y = np.maximum(convolve(x, (f"{name}.conv1", f"{name}.bn1"), 1), 0)
        y = np.maximum(convolve(y, (f"{name}.conv2", f"{name}.bn2"), stride), 0)
        y = convolve(y, (f"{name}.conv3", f"{name}.bn3"), 1)
        if name.endswith(".0"):
            x = convolve(x, (f"{name}.downsample.0", f"{name}.downsample.1"), stride)
        x = np.maximum(x + y, 0)
    return x
