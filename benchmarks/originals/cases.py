"""Which original each backbone is compared with, for both processes: needs NumPy alone."""

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]

TIMM = "as timm states it for these weights"
TORCHVISION = "as torchvision states it for these weights"
GOOGLE = "[-1, 1], as TF-slim's for these weights"
LITE = "(pixel - 127) / 128, as Google's for these weights"
CAFFE = "means 103.939, 116.779, 123.68 of blue, green, red, as Caffe's for these weights"

ENLARGED = "takes radiographs enlarged to the next multiple of 14 pixels"
ENLARGED_16 = "takes radiographs enlarged to the next multiple of 16 pixels"


@dataclass(frozen=True)
class Case:
    """A backbone and its original.

    Attributes:
        backbone: A key of `BACKBONES`.
        sizes: Of the radiographs, pixels; the first one is the smallest and quickest.
        preprocessing: What the original does to pixels, and who says so.
        changed: What of the original was changed, and why; empty: nothing.
        gain: Of the drawn kernels. Sums over many blocks grow with it, and a mistake in a small
            term would no longer be seen; without sums, the input would no longer be.
        equal: Whether the original has the layout of the backbone, but for `changed`.
    """

    backbone: str
    sizes: tuple[int, ...]
    preprocessing: str
    changed: str = ""
    gain: float = 1.0
    equal: bool = True


TF_PADDING = "padding as TensorFlow's, epsilon 0.001"

CASES = {
    "torchvision.vgg16": Case("vgg16", (80, 224), CAFFE, gain=1.1),
    "torchvision.resnet50": Case(
        "resnet50",
        (80, 224),
        CAFFE,
        "strides in the 1 x 1 convolutions and convolutions with a bias, as He et al. published it",
        gain=0.7,
    ),
    "timm.resnetv2_152": Case(
        "resnet152v2",
        (80, 224),
        GOOGLE,
        "its blocks in the order of TF-slim and Keras: the stride in a stage's last block, whose "
        "shortcut takes every second place; biases; zeros around the first pooling",
        gain=0.7,
        equal=False,
    ),
    "torchvision.densenet121": Case("densenet121", (80, 224), TORCHVISION),
    # Keras' own padding differs from TF-slim's where a strided map has an odd side.
    "timm.mobilenetv1_100": Case("mobilenet", (64, 224), GOOGLE, TF_PADDING, gain=1.4),
    "timm.mobilenetv2_100": Case("mobilenet_v2", (90, 224), GOOGLE, TF_PADDING),
    "timm.inception_v3": Case(
        "inception_v3",
        (75, 299),
        TIMM,
        "average pooling leaves out the padding, as TensorFlow's",
        gain=1.5,
    ),
    "timm.legacy_xception": Case(
        "xception", (71, 299), TIMM, "padding of the pooling as TensorFlow's, epsilon 0.001"
    ),
    "timm.tf_efficientnetv2_b0": Case("efficientnet_v2_b0", (90, 224), TIMM, gain=1.15),
    "timm.wide_resnet50_2": Case("wide_resnet50_2", (80, 224), TIMM),
    "torchvision.wide_resnet50_2": Case("wide_resnet50_2", (80, 224), TORCHVISION),
    "timm.convnext_tiny": Case(
        "convnext_tiny",
        (80, 224),
        TIMM,
        "built with `head_norm_first`: the last norm before the pooling, as in Keras' features",
    ),
    "timm.convnext_base": Case(
        "convnext_base",
        (80, 224),
        TIMM,
        "built with `head_norm_first`, as `timm.convnext_tiny`",
    ),
    # Places shrunk, shrunk and patches padded, as published, enlarged.
    "timm.vit_tiny_patch16_224": Case("vit_tiny", (80, 90, 224, 384), TIMM),
    # Places shrunk, shrunk and the radiograph enlarged, as published.
    "timm.vit_small_patch14_dinov2": Case("dinov2_small", (84, 90, 384, 518), TIMM, ENLARGED),
    "timm.vit_base_patch14_dinov2": Case("dinov2_base", (84, 90, 518), TIMM, ENLARGED),
    "timm.vit_small_patch16_dinov3": Case("dinov3_small", (80, 90, 384), TIMM, ENLARGED_16),
    "transformers.Dinov2Model": Case(
        "rad_dino",
        (84, 90, 518),
        "as microsoft/rad-dino states it for these weights",
        f"{ENLARGED}; places shrunk with smoothing, as timm does",
    ),
    # With odd sides of maps, and as published; at other sizes the package pads otherwise.
    "published.efficientnet_lite0": Case("efficientnet_lite0", (90, 224), LITE),
    "published.efficientnet_lite1": Case("efficientnet_lite1", (90, 240), LITE),
    "published.efficientnet_lite2": Case("efficientnet_lite2", (90, 260), LITE),
}
"""By the original: its library and its name there. `published` has the weights of the package."""


def draw(name: str, shape: tuple[int, ...], gain: float) -> Array:
    """Draw a tensor from its name alone, so that both processes draw the same.

    Args:
        name: In the original.
        shape: There.
        gain: See `Case`.

    Returns:
        float32; factors and variances from 0.5 to 1.5, kernels by their number of inputs.
    """
    uniform = 2 * np.random.default_rng(crc32(name.encode())).random(shape) - 1
    kernel = name.endswith("weight") and len(shape) > 1
    if kernel:
        uniform *= gain * (3 / np.prod(shape[1:])) ** 0.5
    elif name.endswith(("weight", "running_var")):
        uniform = 1 + uniform / 2
    else:
        uniform *= 0.35
    return uniform.astype(np.float32)


def radiographs(size: int) -> Array:
    """Draw two radiographs of noise, dark above and bright below: (2, size, size, 1), 0 to 255."""
    noise = np.random.default_rng(size).random((2, size, size, 1))
    return np.floor(256 * noise * np.linspace(0.1, 1, size)[:, None, None]).astype(np.float32)
