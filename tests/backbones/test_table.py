"""What every backbone promises: a flat graph, known parameters, gradients, loading as saved."""

import json
from pathlib import Path

import keras
import numpy as np
import pytest

from fracture.artifacts import network as networks
from fracture.backbones.table import BACKBONES, PackagedFile, WeightsFile
from fracture.inputs.code import code_of
from tests.backbones.networks import network, radiographs


@pytest.fixture(scope="module", params=BACKBONES)
def name(request: pytest.FixtureRequest) -> str:
    """Return the name of each backbone; all tests of one run before those of the next."""
    return str(request.param)


def test_training_depends_on_the_code_of_every_builder_and_no_later_stage_does() -> None:
    own = {
        f"{row.builder.partition(':')[0].replace('.', '/')}.py"
        for row in BACKBONES.values()
        if row.builder.startswith("fracture.")
    } | {"fracture/backbones/torch_file.py", "fracture/backbones/weights.py"}
    assert len(own) == 9
    assert own <= {line.split()[0] for line in code_of("stages.train")}
    predict = {line.split()[0] for line in code_of("stages.predict")}
    assert not own & predict
    assert "fracture/backbones/rotary.py" in predict  # which saved networks hold


def test_weights_files_are_pinned_by_their_sha256() -> None:
    kinds = (WeightsFile, PackagedFile)
    files = [row.weights for row in BACKBONES.values() if isinstance(row.weights, kinds)]
    assert len({file.sha256 for file in files}) == len(files) == 9
    assert {len(bytes.fromhex(file.sha256)) for file in files} == {32}
    assert all(file.licence for file in files)


def test_the_graph_is_flat_and_of_public_layers(name: str) -> None:
    layers = json.loads(network(name).to_json())["config"]["layers"]
    own = {"fracture.backbones.rotary"} if name == "dinov3_small" else set()
    assert {layer["module"] for layer in layers} == {"keras.layers"} | own
    rows, columns, channels = network(name).layers[-3].output.shape[1:]
    assert rows == columns >= 1
    assert channels >= 192


def test_the_number_of_parameters_is_the_published_one(name: str) -> None:
    head = network(name).layers[-1].count_params()
    assert network(name).count_params() - head == BACKBONES[name].parameters


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
