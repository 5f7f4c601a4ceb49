"""DINOv3's smallest Vision Transformer, and timm's weights for it."""

import keras
import numpy as np

from fracture.backbones import vit
from fracture.backbones.vit import Shape, enlarge, transformer
from fracture.backbones.weights import Array, Tensors, Translated

SMALL = Shape(patch=16, width=384, heads=6, scale=1e-5, registers=4, epsilon=1e-5)


def dinov3_small(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build the ViT-S/16 of Simeoni et al., "DINOv3", 2025, arXiv:2508.10104.

    As `dinov2_small`, with patches of 16 pixels, four more tokens in which the published weights
    keep what belongs to no place (registers), and places that are told by attention.

    Args:
        scaled: (n, height, width, 3), scaled by ImageNet's mean and standard deviation.

    Returns:
        (n, height / 16, width / 16, 384), rounded up.
    """
    return transformer(enlarge(scaled, SMALL.patch), SMALL)


def fill(network: keras.Model, tensors: Tensors) -> None:
    """Fill the layers of `dinov3_small` with the weights of timm's network.

    Args:
        network: Its layers among others.
        tensors: Of timm's file.

    Raises:
        PipelineError: A tensor is missing, left over, or has another shape than in the network.
    """
    vit.fill(network, _AsViT(tensors), SMALL)


class _AsViT(Translated):
    """Tensors of timm's EVA, as which it has DINOv3, under the names of its ViT."""

    def pop(self, name: str, *shape: int) -> Array:
        if name.endswith("attn.qkv.bias"):  # it has none; ours starts without effect
            return np.zeros(shape, np.float32)
        for ours, theirs in (("ls1.gamma", "gamma_1"), ("ls2.gamma", "gamma_2")):
            name = name.replace(ours, theirs)
        return self.theirs.pop(name, *shape)
