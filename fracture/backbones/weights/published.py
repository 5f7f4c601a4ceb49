"""The weights files that our own backbones are filled from, one row each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras

from fracture.backbones.weights import download
from fracture.backbones.weights.tensors import Tensors, read
from fracture.backbones.weights.vit import fill_vit
from fracture.backbones.weights.wide_resnet import fill_wide_resnet


@dataclass(frozen=True)
class Published:
    """A weights file that timm (Wightman, doi:10.5281/zenodo.4414861) publishes.

    Attributes:
        model: Its name on the Hugging Face hub; kept as `<model>.safetensors`.
        sha256: Of the file.
        fill: Carries its tensors over into our network.
    """

    model: str
    sha256: str
    fill: Callable[[keras.Model, Tensors], None]

    @property
    def url(self) -> str:
        """Where the file is published."""
        return f"https://huggingface.co/timm/{self.model}/resolve/main/model.safetensors"

    def fetch(self) -> Path:
        """Return the path of the file, downloaded if need be.

        Raises:
            PipelineError: It could not be downloaded, or is not the published file.
        """
        return download.fetch(self.url, f"{self.model}.safetensors", self.sha256)

    def load(self, network: keras.Model, path: Path) -> None:
        """Fill a network from a file.

        Raises:
            PipelineError: A tensor is missing, left over, or has another shape than in the network.
        """
        tensors = read(path)
        self.fill(network, tensors)
        tensors.finish()


# Each sum stands, the same, in several public projects that pin the file.

# torchvision's first weights, trained on ImageNet-1k; BSD-3-Clause.
WIDE_RESNET50_2 = Published(
    "wide_resnet50_2.tv_in1k",
    "df6fb6c4824769769de18e14088475fd6ee94236849aa4e5d8022ba9d9a9a16c",
    fill_wide_resnet,
)

# Steiner et al., "How to train your ViT?", 2022, arXiv:2106.10270: trained on ImageNet-21k,
# fine-tuned on ImageNet-1k; Apache-2.0.
VIT_TINY = Published(
    "vit_tiny_patch16_224.augreg_in21k_ft_in1k",
    "fecf81b492bd13ee7a5297cb74d1d417aac8bf7e1b7d96aed89c4691984587ed",
    fill_vit,
)
