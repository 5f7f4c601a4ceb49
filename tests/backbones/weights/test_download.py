"""Weights files: found and checked without a network, refused where they are another file."""

import hashlib
import urllib.error
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from safetensors.numpy import save_file

from fracture.backbones import build_backbone
from fracture.backbones.applications import own
from fracture.backbones.vit import vit_tiny
from fracture.backbones.weights.download import advising
from fracture.backbones.weights.published import VIT_TINY, WIDE_RESNET50_2
from fracture.console import PipelineError
from tests.backbones.weights import timm


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which Keras looks for weights; there is no network."""

    def no_network(*_: Any) -> None:
        raise urllib.error.URLError("no route to host")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", no_network)
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


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
        rf"\(no route to host\): try again with a network, put it in place yourself as "
        rf"{models}/{model}\.safetensors, or set `weights: null` in params\.yaml[^\n]*$"
    )
    with pytest.raises(PipelineError, match=message):
        build_backbone(name, keras.Input((32, 32, 3)), "imagenet")


def test_a_file_in_place_is_checked_and_loaded_without_a_network(models: Path) -> None:
    tensors = timm.draw(timm.vit_shapes())
    path = models / "vit_tiny_patch16_224.augreg_in21k_ft_in1k.safetensors"
    save_file(tensors, path)
    drawn = replace(VIT_TINY, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    scaled = keras.Input((32, 32, 3))
    network = keras.Model(scaled, own(vit_tiny, drawn)(scaled, "imagenet"))
    bias = np.asarray(network.get_layer("norm").beta)
    np.testing.assert_array_equal(bias, tensors["norm.bias"])
    random = keras.Model(scaled, own(vit_tiny, drawn)(scaled, None))
    np.testing.assert_array_equal(np.asarray(random.get_layer("norm").beta), 0)


def test_another_file_of_that_name_is_refused(models: Path) -> None:
    (models / "vit_tiny_patch16_224.augreg_in21k_ft_in1k.safetensors").write_bytes(b"something")
    with pytest.raises(PipelineError, match=r"^https://\S+ could not be had \(no route to host\)"):
        VIT_TINY.fetch()


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
        WIDE_RESNET50_2.fetch()


def test_a_folder_that_keras_may_not_write_to_is_named_as_the_cause(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    message = (
        rf"^a\.h5 could not be had \(gone\).*{models}/a\.h5 \(Keras passes over {models.parent}"
    )
    with pytest.raises(PipelineError, match=message), advising("a.h5"):
        raise OSError("gone")


def test_sums_are_sha256() -> None:
    sums = {VIT_TINY.sha256, WIDE_RESNET50_2.sha256}
    assert {len(bytes.fromhex(digest)) for digest in sums} == {32}
