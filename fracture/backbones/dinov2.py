"""DINOv2's Vision Transformers, and weights for them of timm and of transformers' layout."""

import re

import keras
import numpy as np

from fracture.backbones import vit
from fracture.backbones.vit import Shape, enlarge, transformer
from fracture.backbones.weights import Array, Tensors, Translated

SMALL = Shape(patch=14, width=384, heads=6, side=37, scale=1e-5)
BASE = Shape(patch=14, width=768, heads=12, side=37, scale=1e-5)

TRANSFORMERS = (
    (r"cls_token", "embeddings.cls_token"),
    (r"pos_embed", "embeddings.position_embeddings"),
    (r"patch_embed\.proj\.(\w+)", r"embeddings.patch_embeddings.projection.\1"),
    (r"norm\.(\w+)", r"layernorm.\1"),
    (r"blocks\.(\d+)\.attn\.proj\.(\w+)", r"encoder.layer.\1.attention.output.dense.\2"),
    (r"blocks\.(\d+)\.ls(\d)\.gamma", r"encoder.layer.\1.layer_scale\2.lambda1"),
    (r"blocks\.(\d+)\.(norm\d|mlp\.fc\d)\.(\w+)", r"encoder.layer.\1.\2.\3"),
)
"""Patterns of timm's names, and what transformers calls these tensors."""


def dinov2_small(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build the ViT-S/14 of Oquab et al., "DINOv2", 2023, arXiv:2304.07193.

    The layers of `vit_tiny`, wider, with patches of 14 pixels and a factor for each channel after
    attention and after the dense layers. Sides that are no multiple of 14 are enlarged to the next
    one, as 384 to 392, bilinearly: the feature map covers the radiograph, no more and no less.

    The published weights learnt without labels, at 518 pixels. Their features separate classes
    without fine-tuning, those of the patches among them, whose average the head learns from.

    Args:
        scaled: (n, height, width, 3), scaled by ImageNet's mean and standard deviation.

    Returns:
        (n, height / 14, width / 14, 384), rounded up.
    """
    return transformer(enlarge(scaled, SMALL.patch), SMALL)


def dinov2_base(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build the ViT-B/14, also of RAD-DINO; see `dinov2_small`.

    Args:
        scaled: (n, height, width, 3), scaled as the weights expect.

    Returns:
        (n, height / 14, width / 14, 768), rounded up.
    """
    return transformer(enlarge(scaled, BASE.patch), BASE)


def fill(network: keras.Model, tensors: Tensors) -> None:
    """Fill the layers of `dinov2_small` or `dinov2_base` with the weights of timm's network.

    Args:
        network: Its layers among others.
        tensors: Of timm's file.

    Raises:
        PipelineError: A tensor is missing, left over, or has another shape than in the network.
    """
    width = network.get_layer("feature_map").output.shape[-1]
    vit.fill(network, tensors, SMALL if width == SMALL.width else BASE)


def fill_transformers(network: keras.Model, tensors: Tensors) -> None:
    """Fill the layers of `dinov2_base` with the weights of transformers' network.

    Args:
        network: Its layers among others.
        tensors: Of a file that transformers wrote before version 5.

    Raises:
        PipelineError: A tensor is missing, left over, or has another shape than in the network.
    """
    # In place of patches that are hidden in training.
    tensors.pop("embeddings.mask_token", 1, BASE.width)
    fill(network, _AsTimm(tensors))


class _AsTimm(Translated):
    """Tensors of transformers under timm's names."""

    def pop(self, name: str, *shape: int) -> Array:
        if match := re.fullmatch(r"blocks\.(\d+)\.attn\.qkv\.(\w+)", name):
            # One projection each there.
            prefix = f"encoder.layer.{match[1]}.attention.attention"
            third = (shape[0] // 3, *shape[1:])
            return np.concatenate(
                [
                    self.theirs.pop(f"{prefix}.{part}.{match[2]}", *third)
                    for part in ("query", "key", "value")
                ]
            )
        for pattern, theirs in TRANSFORMERS:
            if match := re.fullmatch(pattern, name):
                return self.theirs.pop(match.expand(theirs), *shape)
        raise KeyError(name)
