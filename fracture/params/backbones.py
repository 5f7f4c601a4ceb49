"""The names of the backbones, and whose weights are published, for stages that import no Keras."""

from typing import Literal, get_args

BackboneName = Literal[
    "wide_resnet50_2",
    "resnet50",
    "resnet152v2",
    "densenet121",
    "vgg16",
    "mobilenet",
    "inception_v3",
    "xception",
    "deepconvnet",
    "mobilenet_v2",
    "efficientnet_v2_b0",
    "convnext_tiny",
    "vit_tiny",
]
"""A row of the table in fracture/backbones."""

NAMES: tuple[BackboneName, ...] = get_args(BackboneName)

PRETRAINED: tuple[BackboneName, ...] = tuple(name for name in NAMES if name != "deepconvnet")
"""Those whose ImageNet weights are published, so that `weights: imagenet` has a meaning."""
