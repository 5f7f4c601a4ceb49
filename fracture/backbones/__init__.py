"""The backbones: one row each, its input scaling beside its builder."""

from dataclasses import dataclass

import keras

from fracture.backbones.applications import Build, application, own
from fracture.backbones.convnext import convnext_tiny
from fracture.backbones.deepconvnet import deepconvnet
from fracture.backbones.scaling import CENTRED, STANDARD, SYMMETRIC, UNIT, Scaling, scale
from fracture.backbones.vit import vit_tiny
from fracture.backbones.weights.published import VIT_TINY, WIDE_RESNET50_2
from fracture.backbones.wide_resnet import wide_resnet50_2
from fracture.console import PipelineError
from fracture.params.backbones import PRETRAINED

__all__ = ["BACKBONES", "UNIT", "Backbone", "Scaling", "build_backbone", "scale"]


@dataclass(frozen=True)
class Backbone:
    """One backbone.

    Attributes:
        build: From scaled input and weights to a feature map, in one flat functional graph.
        scaling: How its weights expect pixels.
        imagenet: Whether ImageNet weights are published for it: by Keras, or, for our own, in
            fracture/backbones/weights/published.py.
        minimum_size: Of the radiographs, pixels, height and width.
    """

    build: Build
    scaling: Scaling
    imagenet: bool
    minimum_size: int


_keras = keras.applications

# The names, and whose weights are published, also stand in fracture/params/backbones.py, for stages
# that import no Keras.
BACKBONES: dict[str, Backbone] = {
    #                                                                       ImageNet, pixels
    "wide_resnet50_2": Backbone(own(wide_resnet50_2, WIDE_RESNET50_2), STANDARD, True, 32),
    "resnet50": Backbone(application(_keras.ResNet50), CENTRED, True, 32),
    "resnet152v2": Backbone(application(_keras.ResNet152V2), SYMMETRIC, True, 32),
    "densenet121": Backbone(application(_keras.DenseNet121), STANDARD, True, 32),
    "vgg16": Backbone(application(_keras.VGG16), CENTRED, True, 32),
    "mobilenet": Backbone(application(_keras.MobileNet), SYMMETRIC, True, 32),
    "inception_v3": Backbone(application(_keras.InceptionV3), SYMMETRIC, True, 75),
    "xception": Backbone(application(_keras.Xception), SYMMETRIC, True, 71),
    "deepconvnet": Backbone(own(deepconvnet), STANDARD, False, 32),
    "mobilenet_v2": Backbone(application(_keras.MobileNetV2), SYMMETRIC, True, 32),
    "efficientnet_v2_b0": Backbone(
        application(_keras.EfficientNetV2B0, include_preprocessing=False), STANDARD, True, 32
    ),
    "convnext_tiny": Backbone(convnext_tiny, STANDARD, True, 32),
    "vit_tiny": Backbone(own(vit_tiny, VIT_TINY), SYMMETRIC, True, 32),
}


def build_backbone(name: str, scaled: keras.KerasTensor, weights: str | None) -> keras.KerasTensor:
    """Continue a graph with a backbone.

    Args:
        name: A key of `BACKBONES`.
        scaled: (n, height, width, 3), out of `scale` with the backbone's scaling.
        weights: `imagenet`, or None for random initialisation.

    Returns:
        The feature map, (n, rows, columns, channels).

    Raises:
        PipelineError: There is no such backbone; radiographs are too small for it; or its weights
            are not published, could not be downloaded, or do not fit.
    """
    if name not in BACKBONES:
        raise PipelineError(f"no backbone {name!r}; expected one of: {', '.join(BACKBONES)}")
    backbone = BACKBONES[name]
    height, width = scaled.shape[1:3]
    if min(height, width) < backbone.minimum_size:
        raise PipelineError(
            f"{name} needs radiographs of at least {backbone.minimum_size} pixels a side, found "
            f"{width} x {height}: raise preprocess.size of the recipe or choose another backbone"
        )
    if weights is not None and not backbone.imagenet:
        raise PipelineError(
            f"no ImageNet weights are published for {name}: set its `weights: null`, or to the "
            "path of a weights file, in params.yaml; published are those of "
            f"{', '.join(PRETRAINED)}"
        )
    return backbone.build(scaled, weights)
