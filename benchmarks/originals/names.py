"""What the originals call the layers of Keras' networks, and the weights that these layers hold."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import keras

from fracture.backbones.weights import WEIGHTS, Array, Tensors

Match = re.Match[str]
Rules = list[tuple[str, str | Callable[[Match], str]]]


def fill(network: keras.Model, backbone: str, tensors: Tensors) -> None:
    """Fill a network of Keras, or our ConvNeXt, with the weights of the original.

    Args:
        network: All layers that have weights are the backbone's; the first ones of their session,
            because some have no names but a number.
        backbone: A key of `NAMES`.
        tensors: Of the original.
    """
    for layer in network.layers:
        if layer.weights:
            layer.set_weights(_weights(layer, _translate(layer.name, NAMES[backbone]), tensors))


def _translate(name: str, rules: Rules) -> str:
    for pattern, replacement in rules:
        if match := re.fullmatch(pattern, name):
            return match.expand(replacement) if isinstance(replacement, str) else replacement(match)
    raise KeyError(name)


def _weights(layer: Any, name: str, tensors: Tensors) -> list[Array]:
    """Return the weights of a layer, in its order, from PyTorch's tensors."""
    if isinstance(layer, keras.layers.SeparableConv2D):
        rows, columns, inputs, _ = layer.depthwise_kernel.shape
        outputs = layer.pointwise_kernel.shape[-1]
        across = tensors.pop(f"{name}.conv1.weight", inputs, 1, rows, columns)
        along = tensors.pop(f"{name}.pointwise.weight", outputs, inputs, 1, 1)
        return [across.transpose(2, 3, 0, 1), along.transpose(2, 3, 1, 0)]
    if isinstance(layer, keras.layers.BatchNormalization) and not layer.scale:
        return _without_scale(layer, name, tensors)
    weights = WEIGHTS[type(layer)](layer, name, tensors)
    convolutions = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D)
    if isinstance(layer, convolutions) and layer.use_bias:
        weights.append(tensors.pop(f"{name}.bias", *layer.bias.shape))
    return weights


def _without_scale(layer: Any, name: str, tensors: Tensors) -> list[Array]:
    # Inception-v3 of Keras has no factors: the original's become part of the variance.
    parts = ("weight", "bias", "running_mean", "running_var")
    factor, bias, mean, variance = (
        tensors.pop(f"{name}.{part}", *layer.beta.shape) for part in parts
    )
    return [bias, mean, (variance + layer.epsilon) / factor**2 - layer.epsilon]


def _minus(match: Match, group: int, less: int = 1) -> int:
    return int(match[group]) - less


def _vgg(match: Match) -> str:
    # There each convolution, activation and pooling counts.
    first = (0, 5, 10, 17, 24)[_minus(match, 1)]
    return f"features.{first + 2 * _minus(match, 2)}"


def _resnet_block(match: Match) -> str:
    kind = match[4]
    layer = {"conv": 0, "bn": 1}[kind]
    name = f"downsample.{layer}" if match[3] == "0" else f"{kind}{match[3]}"
    return f"layer{_minus(match, 1)}.{_minus(match, 2)}.{name}"


RESNETV2 = {
    "preact_bn": "norm1",
    "0_conv": "downsample.conv",
    "1_conv": "conv1",
    "1_bn": "norm2",
    "2_conv": "conv2",
    "2_bn": "norm3",
    "3_conv": "conv3",
}


def _resnetv2_block(match: Match) -> str:
    return f"stages.{_minus(match, 1, 2)}.blocks.{_minus(match, 2)}.{RESNETV2[match[3]]}"


DENSENET = {"0_bn": "norm1", "1_conv": "conv1", "1_bn": "norm2", "2_conv": "conv2"}
NORM = {"bn": "norm", "conv": "conv"}


def _dense_layer(match: Match) -> str:
    return f"features.denseblock{_minus(match, 1)}.denselayer{match[2]}.{DENSENET[match[3]]}"


def _blocks(*repeats: int) -> list[str]:
    """Return timm's names of blocks that Keras numbers without regard to their stages."""
    return [f"blocks.{stage}.{block}" for stage, n in enumerate(repeats) for block in range(n)]


MOBILENET = _blocks(1, 2, 2, 6, 2)
MOBILENET_V2 = _blocks(1, 2, 3, 4, 3, 3, 1)
SEPARABLE = {"depthwise": "conv_dw", "depthwise_BN": "bn1", "project": "conv_pw"} | {
    "project_BN": "bn2"
}
INVERTED = {
    "expand": "conv_pw",
    "expand_BN": "bn1",
    "depthwise": "conv_dw",
    "depthwise_BN": "bn2",
    "project": "conv_pwl",
    "project_BN": "bn3",
}


def _mobilenet_block(match: Match) -> str:
    layer = {"dw": "conv_dw", "pw": "conv_pw", "dw_bn": "bn1", "pw_bn": "bn2"}
    return f"{MOBILENET[_minus(match, 2)]}.{layer[match[1] + (match[3] or '')]}"


EFFICIENTNET = {
    "fused": {
        "expand_conv": "conv_exp",
        "expand_bn": "bn1",
        "project_conv": "conv_pwl",
        "project_bn": "bn2",
    },
    "first": {"project_conv": "conv", "project_bn": "bn1"},
    "inverted": {
        "expand_conv": "conv_pw",
        "expand_bn": "bn1",
        "dwconv2": "conv_dw",
        "bn": "bn2",
        "se_reduce": "se.conv_reduce",
        "se_expand": "se.conv_expand",
        "project_conv": "conv_pwl",
        "project_bn": "bn3",
    },
}


def _efficientnet_block(match: Match) -> str:
    stage, block = _minus(match, 1), ord(match[2]) - ord("a")
    kind = ("first", "fused", "fused", "inverted", "inverted", "inverted")[stage]
    return f"blocks.{stage}.{block}.{EFFICIENTNET[kind][match[3]]}"


SHORTCUTS = (1, 2, 3, 12)
"""Xception's blocks that have a convolution in their shortcut, as timm counts them."""


def _separable(match: Match) -> str:
    # Each is an activation, a convolution and a norm; the first block has no first activation.
    block = _minus(match, 1)
    place = 3 * _minus(match, 2) + (block > 1) + (match[3] is not None)
    return f"block{block}.rep.{place}"


def _shortcut(match: Match) -> str:
    kind = {"conv2d": "skip", "batch_normalization": "skipbn"}[match[1]]
    return f"block{SHORTCUTS[int(match[2] or 0)]}.{kind}"


def _inception_names() -> Iterator[str]:
    """Yield timm's names of Inception-v3's convolutions, in the order in which both build them."""
    yield from ("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "Conv2d_3b_1x1", "Conv2d_4a_3x3")
    double, sevens = "3x3dbl", ("7x7_1", "7x7_2", "7x7_3")
    doubles = tuple(f"{double}_{number}" for number in (1, 2, 3))
    a = ("1x1", "5x5_1", "5x5_2", *doubles, "_pool")
    c = ("1x1", *sevens, *(f"7x7dbl_{number}" for number in (1, 2, 3, 4, 5)), "_pool")
    d = ("3x3_1", "3x3_2", *(f"7x7x3_{number}" for number in (1, 2, 3, 4)))
    e = ("1x1", "3x3_1", "3x3_2a", "3x3_2b", *doubles[:2], f"{double}_3a", f"{double}_3b", "_pool")
    modules = {"5b": a, "5c": a, "5d": a, "6a": ("3x3", *doubles)}
    modules |= {"6b": c, "6c": c, "6d": c, "6e": c, "7a": d, "7b": e, "7c": e}
    for module, branches in modules.items():
        yield from (f"Mixed_{module}.branch{branch}" for branch in branches)


INCEPTION = list(_inception_names())


def _inception(match: Match) -> str:
    kind = {"conv2d": "conv", "batch_normalization": "bn"}[match[1]]
    return f"{INCEPTION[int(match[2] or 0)]}.{kind}"


CONVNEXT = {
    "depthwise": ".conv_dw",
    "norm": ".norm",
    "expand": ".mlp.fc1",
    "project": ".mlp.fc2",
    "scale": "",  # .gamma
}
NUMBERED = r"(conv2d|batch_normalization)(?:_(\d+))?"

NAMES: dict[str, Rules] = {
    "vgg16": [(r"block(\d)_conv(\d)", _vgg)],
    "resnet50": [
        (r"conv1_(conv|bn)", r"\g<1>1"),
        (r"conv(\d)_block(\d+)_(\d)_(conv|bn)", _resnet_block),
    ],
    "resnet152v2": [
        ("conv1_conv", "stem.conv"),
        (r"conv(\d)_block(\d+)_(\w+)", _resnetv2_block),
        ("post_bn", "norm"),
    ],
    "densenet121": [
        (r"conv1_(conv|bn)", lambda match: f"features.{NORM[match[1]]}0"),
        (r"conv(\d)_block(\d+)_(\w+)", _dense_layer),
        (
            r"pool(\d)_(conv|bn)",
            lambda match: f"features.transition{_minus(match, 1)}.{NORM[match[2]]}",
        ),
        ("bn", "features.norm5"),
    ],
    "mobilenet": [
        ("conv1", "conv_stem"),
        ("conv1_bn", "bn1"),
        (r"conv_(dw|pw)_(\d+)(_bn)?", _mobilenet_block),
    ],
    "mobilenet_v2": [
        ("Conv1", "conv_stem"),
        ("bn_Conv1", "bn1"),
        (r"expanded_conv_(\w+)", lambda match: f"{MOBILENET_V2[0]}.{SEPARABLE[match[1]]}"),
        (
            r"block_(\d+)_(\w+)",
            lambda match: f"{MOBILENET_V2[int(match[1])]}.{INVERTED[match[2]]}",
        ),
        ("Conv_1", "conv_head"),
        ("Conv_1_bn", "bn2"),
    ],
    "inception_v3": [(NUMBERED, _inception)],
    "xception": [
        (r"block1_conv(\d)", r"conv\1"),
        (r"block1_conv(\d)_bn", r"bn\1"),
        (r"block14_sepconv(\d)", lambda match: f"conv{2 + int(match[1])}"),
        (r"block14_sepconv(\d)_bn", lambda match: f"bn{2 + int(match[1])}"),
        (r"block(\d+)_sepconv(\d)(_bn)?", _separable),
        (NUMBERED, _shortcut),
    ],
    "efficientnet_v2_b0": [
        ("stem_conv", "conv_stem"),
        ("stem_bn", "bn1"),
        (r"block(\d)([a-z])_(\w+)", _efficientnet_block),
        ("top_conv", "conv_head"),
        ("top_bn", "bn2"),
    ],
    "convnext_tiny": [
        ("stem_conv", "stem.0"),
        ("stem_norm", "stem.1"),
        (r"stage(\d)_norm", r"stages.\1.downsample.0"),
        (r"stage(\d)_conv", r"stages.\1.downsample.1"),
        (
            r"stage(\d)_block(\d+)_(\w+)",
            lambda match: f"stages.{match[1]}.blocks.{match[2]}{CONVNEXT[match[3]]}",
        ),
        ("norm", "norm_pre"),
    ],
}
NAMES["convnext_base"] = NAMES["convnext_tiny"]
"""By the backbone: patterns of our layers' names, and what becomes of them in the original."""
