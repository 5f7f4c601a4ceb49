"""What every backbone promises: a flat graph, known parameters, gradients, loading as saved."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from fracture.artifacts import network as networks
from fracture.backbones import BACKBONES
from fracture.params.backbones import NAMES
from tests.backbones.networks import network, radiographs

# Without the classifier, running statistics of batch normalisation included. Keras' documentation
# and `summary()` state those with it: these less channels * 1000 + 1000.
PARAMETERS = {
    "wide_resnet50_2": 66_834_240 + 68_224,  # torchvision's 68,883,240, and running statistics
    "resnet50": 23_587_712,
    "resnet152v2": 58_331_648,
    "densenet121": 7_037_504,
    "vgg16": 14_714_688,
    "mobilenet": 3_228_864,
    "inception_v3": 21_802_784,
    "xception": 20_861_480,
    "deepconvnet": 1_184_480,
    "mobilenet_v2": 2_257_984,
    "efficientnet_v2_b0": 5_919_312,
    "convnext_tiny": 27_820_128,
    "vit_tiny": 5_487_168,  # see test_vit.py
}


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    """Return the name of each backbone; all tests of one run before those of the next."""
    return str(request.param)


def test_the_names_that_need_no_keras_are_the_rows_of_the_table() -> None:
    assert tuple(BACKBONES) == NAMES


def test_the_graph_is_flat_and_of_public_layers(name: str) -> None:
    layers = json.loads(network(name).to_json())["config"]["layers"]
    assert {layer["module"] for layer in layers} == {"keras.layers"}
    rows, columns, channels = network(name).layers[-3].output.shape[1:]
    assert rows == columns >= 1
    assert channels >= 192


def test_the_number_of_parameters_is_the_published_one(name: str) -> None:
    head = network(name).layers[-1].count_params()
    assert network(name).count_params() - head == PARAMETERS[name]


def test_two_builds_give_the_same_architecture_byte_for_byte(name: str) -> None:
    assert network(name, copy=1).to_json() == network(name).to_json()


def test_a_saved_network_computes_the_same(name: str, tmp_path: Path) -> None:
    original = network(name)
    networks.write(original, tmp_path / name)
    batch = radiographs(2, BACKBONES[name].minimum_size)
    expected = np.asarray(original(batch))
    assert np.unique(expected).size == 2
    np.testing.assert_array_equal(np.asarray(networks.read(tmp_path / name)(batch)), expected)


def test_one_step_changes_every_kernel(name: str) -> None:
    trained = network(name, copy=1)
    kernels = [weight for weight in trained.trainable_weights if "kernel" in weight.path]
    before = [np.array(kernel) for kernel in kernels]
    # Eagerly: tracing a deep network takes longer than the step, but in JAX, which compiles each
    # operation of an eager step for itself.
    eagerly = keras.backend.backend() != "jax"
    trained.compile(keras.optimizers.SGD(1.0), "mse", run_eagerly=eagerly)
    batch = radiographs(4, BACKBONES[name].minimum_size)
    trained.train_on_batch(batch, np.array([[0.0], [1.0], [0.0], [1.0]]))
    unchanged = [
        kernel.path
        for kernel, old in zip(kernels, before, strict=True)
        if np.array_equal(np.array(kernel), old)
    ]
    assert unchanged == []
