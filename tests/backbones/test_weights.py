"""Weights files: found and checked without a network, refused where they are another file."""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from safetensors.numpy import save_file

from fracture.backbones.build import build_backbone
from fracture.backbones.table import BACKBONES, WeightsFile
from fracture.backbones.weights import Tensors, explaining_failed_downloads, fetch
from fracture.console import PipelineError
from tests.backbones import timm


def weights_file(name: str) -> WeightsFile:
    file = BACKBONES[name].weights
    assert isinstance(file, WeightsFile)
    return file


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("wide_resnet50_2", "wide_resnet50_2.tv_in1k"),
        ("vit_tiny", "vit_tiny_patch16_224.augreg_in21k_ft_in1k"),
    ],
)
def test_without_a_network_the_message_names_the_file_and_its_place(
    name: str, model: str, models: Path
) -> None:
    message = (
        rf"^https://huggingface\.co/timm/{model}/resolve/main/model\.safetensors could not be had "
        rf"\(no route to host\): fetch it where there is a network and put it in place as "
        rf"{models}/{model}\.safetensors, or run the same command with a network\. [^\n]*another"
    )
    with pytest.raises(PipelineError, match=message):
        build_backbone(name, keras.Input((32, 32, 3)), "imagenet")


def test_a_file_in_place_is_checked_and_loaded_without_a_network(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensors = timm.draw(timm.vit_shapes())
    path = models / "vit_tiny_patch16_224.augreg_in21k_ft_in1k.safetensors"
    save_file(tensors, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    drawn = replace(BACKBONES["vit_tiny"], weights=replace(weights_file("vit_tiny"), sha256=sha256))
    monkeypatch.setitem(BACKBONES, "vit_tiny", drawn)
    scaled = keras.Input((32, 32, 3))
    network = keras.Model(scaled, build_backbone("vit_tiny", scaled, "imagenet"))
    bias = np.asarray(network.get_layer("norm").beta)
    np.testing.assert_array_equal(bias, tensors["norm.bias"])
    random = keras.Model(scaled, build_backbone("vit_tiny", scaled, None))
    np.testing.assert_array_equal(np.asarray(random.get_layer("norm").beta), 0)


def test_another_file_of_that_name_is_refused(models: Path) -> None:
    (models / "vit_tiny_patch16_224.augreg_in21k_ft_in1k.safetensors").write_bytes(b"something")
    with pytest.raises(PipelineError, match=r"^https://\S+ could not be had \(no route to host\)"):
        fetch(weights_file("vit_tiny"))


def test_a_download_that_is_another_file_is_refused(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_url: str, target: str, _progress: Any) -> None:
        Path(target).write_text("<html>log in to this network first</html>")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", wrong)
    message = (
        rf"^wide_resnet50_2\.tv_in1k\.safetensors could not be had \(Incomplete.*{models}/wide"
    )
    with pytest.raises(PipelineError, match=message):
        fetch(weights_file("wide_resnet50_2"))


def test_a_folder_that_keras_may_not_write_to_is_named_as_the_cause(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    message = (
        rf"^a\.h5 could not be had \(gone\).*{models}/a\.h5 \(Keras passes over {models.parent}"
    )
    with pytest.raises(PipelineError, match=message), explaining_failed_downloads("a.h5"):
        raise OSError("gone")


def test_no_two_tensors_are_filled_from_one() -> None:
    tensors = Tensors({"norm.bias": np.zeros(3, np.float32)}, "model.safetensors")
    tensors.pop("norm.bias", 3)
    with pytest.raises(PipelineError, match=r"holds no tensor norm\.bias"):
        tensors.pop("norm.bias", 3)
