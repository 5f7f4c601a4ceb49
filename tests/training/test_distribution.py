"""Several devices and several processes learn what one device learns; the first process writes."""

import shutil
import subprocess
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from benchmarks import devices
from benchmarks.devices import SCORES, lay_out, start
from fracture.artifacts import arrays, history
from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.console import PipelineError
from fracture.training.batches import Batches, InOrder
from fracture.training.distribution import (
    LAUNCHERS,
    Padded,
    Processes,
    Share,
    join,
    scatter,
    share,
    spread,
)
from tests.conftest import FROM_SCRATCH
from tests.training.conftest import SIZE

needs_jax = pytest.mark.skipif(not find_spec("jax"), reason="needs jax")

# The stage, whose first process copies its folder after four states: what a training that ends
# there leaves. TensorFlow is not found, as it takes seconds to load. The backbone has two layers,
# as others compile longer, and no bias below a normalisation: its gradient is rounding alone, which
# Adam makes as large as any.
TRAINING = """
import shutil
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = lambda name, *at: None if name == "tensorflow" else find(name, *at)
import keras
from fracture.training import network
from stages.train import main
from fracture.training.distribution import SharedStore
def small_backbone(_, scaled, __):
    maps = keras.layers.Conv2D(4, 5, strides=4, use_bias=False)(scaled)
    return keras.layers.BatchNormalization()(maps)
network.build_backbone = small_backbone
saves, save = [], SharedStore.save
def saved(store, phase, state):
    save(store, phase, state)
    saves.append(phase)
    if store.leads and len(saves) == 4:  # of the head, the head itself, two of the network
        shutil.copytree(".", "../cut")
SharedStore.save = saved
main("tiny")
"""
FAST = "--xla_cpu_use_fusion_emitters=false"  # XLA compiles in half the time
WAYS = {name: replace(way, flags=FAST) for name, way in devices.WAYS.items()}
RUNS: dict[str, tuple[Path, list[str]]] = {}


@pytest.fixture
def tiny(
    packed: PackedImages,
    parameters: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stand in a folder with arrays and a tiny model: head, then network, with all that draws."""
    monkeypatch.chdir(tmp_path)
    arrays.write(arrays.path("plain"), packed.table, SIZE, packed.images)
    parameters["models"] = {
        "tiny": {
            "backbone": "deepconvnet",
            "variant": "plain",
            "target": "fractured",
            "batch_size": 6,  # of 8 for validation: the last batch is not full
            "head": {"units": [4], "dropout": 0.5},
            "frozen": {"epochs": 2, "views": 2, "patience": 1},
            "finetune": {**FROM_SCRATCH["finetune"], "epochs": 3, "patience": 2},
            "weights": None,
            "batch_norm_momentum": 0.9,
        }
    }
    YAML().dump(parameters, Path("params.yaml"))


def trained(way: str, factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Return the folder of the first process and what each one printed; trained once for all."""
    if way not in RUNS:
        folders = lay_out(factory.mktemp(way.replace(" ", "_")), "tiny", WAYS[way])
        RUNS[way] = folders[0], start(WAYS[way], folders, ["-c", TRAINING])
    return RUNS[way]


def weights(folder: Path) -> list[Any]:
    return networks.read(folder / networks.path("tiny", 0)).get_weights()


@needs_jax
@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("way", ["two devices", "two processes"])
def test_the_same_is_learnt_as_on_one_device(
    way: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one, _ = trained("one device", tmp_path_factory)
    other, printed = trained(way, tmp_path_factory)
    assert "each batch is spread over 2 devices" in printed[0]
    expected, found = (history.read(folder / history.path("tiny")) for folder in (one, other))
    assert found["phase"].tolist() == expected["phase"].tolist()
    pd.testing.assert_frame_equal(found[SCORES], expected[SCORES], check_exact=False, rtol=1e-4)
    for mine, its in zip(weights(other), weights(one), strict=True):
        np.testing.assert_allclose(mine, its, atol=1e-4)


@needs_jax
@pytest.mark.usefixtures("tiny")
def test_the_first_process_alone_writes_and_speaks(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    first, printed = trained("two processes", tmp_path_factory)
    assert (first / networks.path("tiny", 0)).is_dir()
    other = first.with_name("process1")
    left = sorted(path.relative_to(other) for path in other.rglob("*") if path.is_file())
    assert left == [arrays.path("plain"), Path("params.yaml")]
    assert [line for line in printed[1].splitlines() if "[Gloo]" not in line] == []


@needs_jax
@pytest.mark.usefixtures("tiny")
def test_an_interrupted_training_of_two_processes_ends_with_the_same_bytes(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole, _ = trained("two processes", tmp_path_factory)
    way = WAYS["two processes"]
    folders = lay_out(tmp_path / "resumed", "tiny", way)
    shutil.copytree(whole.with_name("cut"), folders[0], dirs_exist_ok=True)
    assert not (folders[0] / networks.folder("tiny")).exists()
    printed = start(way, folders, ["-c", TRAINING])
    assert "finetune phase goes on after epoch 2" in printed[0]
    for file in networks.FILES:
        place = networks.path("tiny", 0) / file
        assert (folders[0] / place).read_bytes() == (whole / place).read_bytes()


@needs_jax
@pytest.mark.usefixtures("tiny")
def test_processes_that_differ_are_refused(tmp_path: Path) -> None:
    way = WAYS["two processes"]
    folders = lay_out(tmp_path / "differing", "tiny", way)
    with (folders[1] / "params.yaml").open("a") as file:
        file.write("\n")
    table = arrays.read(folders[1] / arrays.path("plain"))
    arrays.write(folders[1] / arrays.path("plain"), table.table, SIZE, 255 - table.images)
    with pytest.raises(subprocess.CalledProcessError) as error:
        start(way, folders, ["-c", TRAINING])
    assert "process 1 of 2 has other parameters, data, code or libraries" in error.value.output


def test_another_backend_than_jax_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(PipelineError, match=r"JAX alone, not with torch: set KERAS_BACKEND=jax"):
        spread(8)


class Devices:
    """Stands in for Keras' distribution of a process: four devices in two processes."""

    num_model_replicas, num_processes, data_shard_id = 4, 2, 1


@pytest.fixture
def four_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keras.distribution, "distribution", Devices)


def batches(n: int, batch_size: int) -> Batches:
    labels = (np.arange(n) % 2).astype(np.float32)[:, None]
    return Batches([np.arange(n)[:, None]], labels, np.ones(n, np.float32), batch_size, 0)


def test_on_one_device_batches_are_as_they_are() -> None:
    whole = batches(12, 4)
    assert share(whole) is whole
    inputs = np.zeros((4, 2))
    assert scatter(inputs) is inputs


@pytest.mark.usefixtures("four_devices")
def test_a_process_brings_its_share() -> None:
    whole = batches(16, 8)
    inputs, labels, sample_weights = share(whole)[1]
    assert inputs.tolist() == whole[1][0][4:].tolist()
    assert labels.shape == (4, 1)
    assert sample_weights.shape == (4,)


@pytest.mark.usefixtures("four_devices")
def test_unequal_shares_are_refused() -> None:
    with pytest.raises(
        PipelineError, match=r"batch_size is 6, for 4 devices: expected a multiple of 4, such as 8"
    ):
        share(batches(16, 6))


def test_the_shares_of_all_processes_are_the_batch() -> None:
    whole = batches(12, 6)
    shares = [Share(whole, process, 3) for process in range(3)]
    assert [len(one) for one in shares] == [2, 2, 2]
    for epoch in range(2):
        assert whole.epoch == epoch
        for position in range(2):
            for part, expected in enumerate(whole[position]):
                found = np.concatenate([one[position][part] for one in shares])
                np.testing.assert_array_equal(found, expected)
        shares[0].on_epoch_end()


def test_padding_has_no_weight() -> None:
    values = np.arange(11, dtype=np.float32)
    padded = Padded(InOrder(values, values[:, None], 4))
    assert len(padded) == 3
    assert [len(padded[i][0]) for i in range(3)] == [4, 4, 4]
    inputs, labels, weight = (np.concatenate(parts) for parts in zip(*padded, strict=True))
    assert inputs.tolist() == [*range(11), 8]
    np.testing.assert_array_equal(labels[:, 0], inputs)
    np.testing.assert_allclose(weight, [12 / 11] * 11 + [0], rtol=1e-6)
    # Keras' mean over all rows of what is weighed is the mean of the examples.
    assert np.mean(weight * inputs) == pytest.approx(values.mean())


@pytest.fixture
def no_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in LAUNCHERS:
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.usefixtures("no_launcher")
@pytest.mark.parametrize("device", ["auto", "all"])
@pytest.mark.parametrize("tasks", [None, "1"])
def test_without_a_launcher_there_is_one_process(
    device: str, tasks: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if tasks:
        monkeypatch.setenv("SLURM_STEP_NUM_TASKS", tasks)
    assert join(device, "0123456789ab") == Processes(number=0, count=1)


@pytest.mark.usefixtures("no_launcher")
@pytest.mark.parametrize("variable", LAUNCHERS)
def test_several_processes_for_one_device_are_refused(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "4")
    with pytest.raises(
        PipelineError, match=rf"{variable} tells of 4 processes, but device is auto: set device to"
    ):
        join("auto", "0123456789ab")
