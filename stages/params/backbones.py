"""The names of the backbones, where a stage can read them without importing Keras."""

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
"""A row of the table in stages/train/backbones."""

NAMES: tuple[BackboneName, ...] = get_args(BackboneName)
