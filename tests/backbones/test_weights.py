"""Published weights, and what is said where a backbone cannot be built."""

import urllib.error
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from fracture.backbones import BACKBONES, build_backbone, scale
from fracture.console import PipelineError
from fracture.params.backbones import PRETRAINED
from tests.backbones.networks import radiographs


@pytest.fixture
def empty_keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let Keras look for weights in an empty folder."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    return tmp_path


def test_an_unknown_backbone_is_refused() -> None:
    with pytest.raises(PipelineError, match=r"no backbone 'resnet18'; expected one of: wide_res"):
        build_backbone("resnet18", keras.Input((80, 80, 3)), None)


@pytest.mark.parametrize(
    ("name", "size"), [(name, row.minimum_size - 1) for name, row in BACKBONES.items()]
)
def test_too_small_radiographs_are_refused(name: str, size: int) -> None:
    message = (
        rf"{name} needs .* at least {size + 1} pixels a side, found {size + 9} x {size}: raise"
    )
    with pytest.raises(PipelineError, match=message):
        build_backbone(name, keras.Input((size, size + 9, 3)), None)


def test_weights_that_nobody_publishes_are_refused() -> None:
    message = r"no ImageNet weights are published for deepconvnet: set .*published are .*resnet50"
    with pytest.raises(PipelineError, match=message):
        build_backbone("deepconvnet", keras.Input((80, 80, 3)), "imagenet")


def test_stages_that_need_no_keras_know_whose_weights_are_published() -> None:
    assert tuple(name for name, row in BACKBONES.items() if row.imagenet) == PRETRAINED


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("mobilenet", "mobilenet_1_0_224_tf_no_top.h5"),
        ("convnext_tiny", "convnext_tiny_notop.h5"),
    ],
)
def test_without_a_network_the_message_names_the_file_and_its_place(
    name: str, file: str, empty_keras_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_network(*_: Any) -> None:
        raise urllib.error.URLError("no route to host")

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", no_network)
    message = (
        rf"^https://\S+/{file} could not be had \(no route to host\): .*"
        rf"put it in place yourself as {empty_keras_home}/models/{file}, or set `weights: null`"
        r"[^\n]*$"
    )
    with pytest.raises(PipelineError, match=message):
        build_backbone(name, keras.Input((80, 80, 3)), "imagenet")


def test_a_file_that_holds_no_weights_is_named_as_the_mistake(empty_keras_home: Path) -> None:
    weights = empty_keras_home / "models" / "mobilenet_1_0_224_tf_no_top.h5"
    weights.parent.mkdir()
    weights.write_text("<html>log in to this network first</html>")
    with pytest.raises(PipelineError, match=r"the file of ImageNet weights could not be had \(.*"):
        build_backbone("mobilenet", keras.Input((80, 80, 3)), "imagenet")


def test_other_mistakes_are_not_taken_for_a_failed_download() -> None:
    with pytest.raises(ValueError, match="weights"):
        build_backbone("mobilenet", keras.Input((80, 80, 3)), "no-such-weights")


@pytest.mark.shared
def test_imagenet_weights_give_the_features_that_keras_computes(
    keras_home: Path, empty_keras_home: Path
) -> None:
    # Linked: Keras passes over a folder that it cannot write to.
    (empty_keras_home / "models").symlink_to(keras_home.resolve() / "models")
    radiograph = keras.Input((80, 80, 1))
    scaled = scale(keras.layers.Concatenate()([radiograph] * 3), BACKBONES["mobilenet_v2"].scaling)
    ours = keras.Model(radiograph, build_backbone("mobilenet_v2", scaled, "imagenet"))
    with pytest.warns(UserWarning, match="`input_shape` is undefined"):
        theirs = keras.applications.MobileNetV2(include_top=False, input_shape=(80, 80, 3))
    batch = radiographs(2, 80)
    preprocess = keras.applications.mobilenet_v2.preprocess_input
    expected = np.asarray(theirs(preprocess(batch.repeat(3, -1))))
    assert expected.std() > 0.1
    np.testing.assert_allclose(np.asarray(ours(batch)), expected, rtol=1e-4, atol=1e-4)
