"""Interrupted trainings go on, and end with the bytes of one that was never interrupted."""

import errno
import os
import pickle
import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from fracture.artifacts.arrays import PackedImages
from fracture.console import PipelineError
from fracture.device import prepare
from fracture.params.train import Model, Train
from fracture.training.fitting import Support
from fracture.training.network import build
from fracture.training.resume import State, Store, fingerprint
from fracture.training.training import train
from tests.training.conftest import SIZE, settings

SMALL = Model(backbone="deepconvnet", variant="plain", target="fractured")


@pytest.fixture(autouse=True)
def shallow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand a few layers in for the backbone: TensorFlow traces them anew in each training."""

    def backbone(_: str, scaled: Any, __: Any) -> Any:
        maps = scaled
        for strides in (8, 2, 2):  # the steps of a fracture map
            maps = keras.layers.Conv2D(4, 3, strides, padding="same", use_bias=False)(maps)
            maps = keras.layers.BatchNormalization()(maps)
        return maps

    monkeypatch.setattr("fracture.training.network.build_backbone", backbone)


def trained(
    packed: PackedImages, chosen: Train, store: Store | None
) -> tuple[list[bytes], pd.DataFrame]:
    """Train from the start as a process of its own would."""
    prepare("cpu", 0)
    network = build(SMALL, chosen, SIZE)
    history = train(network, packed, chosen, 0, Support(store))
    return [array.tobytes() for array in network.whole.get_weights()], history


def interrupted(
    packed: PackedImages, chosen: Train, store: Store, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Train until so many states are kept and one more is: as far as a test can end a process."""
    saves, save = iter(range(after)), Store.save

    def saved(store: Store, phase: str, state: State) -> None:
        save(store, phase, state)
        if next(saves, None) is None:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Store, "save", saved)
        with pytest.raises(KeyboardInterrupt):
            trained(packed, chosen, store)


def test_an_interrupted_training_ends_with_the_same_bytes(
    packed: PackedImages, demo: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Three epochs of the head, then four of the network; dropout and augmentation draw.
    chosen = settings(
        demo,
        frozen={"epochs": 3, "views": 2, "patience": 2},
        finetune={"epochs": 4, "patience": 3},
        head={"normalize": True, "dropout": 0.3, "units": [4]},
    )
    expected, expected_history = trained(packed, chosen, None)
    store = Store(tmp_path / "state")
    # In the second epoch of the head, between head and network, in its first epoch, in its third.
    for after in (1, 0, 0, 1):
        interrupted(packed, chosen, store, after, monkeypatch)
    weights, history = trained(packed, chosen, store)
    assert weights == expected
    pd.testing.assert_frame_equal(history, expected_history, check_exact=True)


def test_averaged_weights_go_on_where_they_were(
    packed: PackedImages, demo: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings(demo, ema=0.9, finetune={"epochs": 4, "patience": 2, "lowest_rate": 0.1})
    expected, expected_history = trained(packed, chosen, None)
    store = Store(tmp_path / "state")
    interrupted(packed, chosen, store, 1, monkeypatch)
    weights, history = trained(packed, chosen, store)
    assert weights == expected
    pd.testing.assert_frame_equal(history, expected_history, check_exact=True)


def test_a_fracture_map_goes_on_where_it_was(
    packed: PackedImages, demo: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fractured = packed.table["fractured"] == 1
    boxes = np.where(fractured, "[[0, 14, 32, 18]]", "[]")
    packed = PackedImages(packed.images, packed.table.assign(boxes=boxes))
    chosen = settings(
        demo, localise={"stride": 8}, frozen={"epochs": 2}, finetune={"epochs": 3, "patience": 3}
    )
    expected, expected_history = trained(packed, chosen, None)
    store = Store(tmp_path / "state")
    for after in (0, 1):  # after the head, and after the first epoch of fine-tuning
        interrupted(packed, chosen, store, after, monkeypatch)
    weights, history = trained(packed, chosen, store)
    assert weights == expected
    pd.testing.assert_frame_equal(history, expected_history, check_exact=True)


def test_early_stopping_goes_on_where_it_was(
    packed: PackedImages, demo: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What it learns is wrong on validation: the loss is least early, and it stops.
    validation = packed.table["part"] == "validation"
    turned = packed.table["fractured"].where(~validation, 1 - packed.table["fractured"])
    packed = PackedImages(packed.images, packed.table.assign(fractured=turned))
    chosen = settings(demo, schedule="constant", finetune={"epochs": 12, "patience": 3})
    expected, expected_history = trained(packed, chosen, None)
    assert len(expected_history) < 12
    store = Store(tmp_path / "state")
    interrupted(packed, chosen, store, 1, monkeypatch)
    weights, history = trained(packed, chosen, store)
    assert weights == expected
    pd.testing.assert_frame_equal(history, expected_history, check_exact=True)


def test_a_loss_that_is_no_number_ends_the_training(
    packed: PackedImages, demo: dict[str, Any]
) -> None:
    images = packed.images.astype(np.float32)
    images[3] = np.nan
    broken = PackedImages(images, packed.table)  # type: ignore[arg-type]
    chosen = settings(demo, learning_rate=0.006, warmup=0.5, finetune={"epochs": 4})
    with pytest.raises(PipelineError, match=r"loss is nan in epoch 1, batch \d .* lower") as error:
        trained(broken, chosen, None)
    found = re.search(
        r"batch (\d) of the finetune phase, at learning rate (\S+):", str(error.value)
    )
    assert found
    # Over the first six of twelve batches the rate rises from 0 to 0.006.
    assert float(found[2]) == pytest.approx(0.001 * (int(found[1]) - 1))


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    store = Store(tmp_path / "state")
    assert store.load("finetune") is None
    arrays: list[npt.NDArray[Any]] = [
        np.array([[0.1, 0.2]], np.float32),
        np.array([3, 4], np.uint32),
        np.array([7]),
    ]
    store.save("finetune", {"rows": [{"loss": 0.1 + 0.2}], "model": arrays})
    state = store.load("finetune")
    assert state is not None
    assert state["rows"] == [{"loss": 0.1 + 0.2}]
    for read, array in zip(state["model"], arrays, strict=True):
        assert read.dtype == array.dtype
        np.testing.assert_array_equal(read, array)
    store.discard()
    assert store.load("finetune") is None


def test_a_full_disk_is_told_and_keeps_the_last_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "state")
    store.save("finetune", {"rows": [1]})

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(PipelineError, match="no space left on the disk; make room, and the same"):
        store.save("finetune", {"rows": [1, 2]})
    state = store.load("finetune")
    assert state is not None
    assert state == {"rows": [1]}
    assert [path.name for path in store.folder.iterdir()] == ["finetune.pickle"]


@pytest.mark.parametrize("damage", ["cut", "emptied", "a flipped byte", "a missing key"])
def test_a_damaged_state_is_told_and_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: str
) -> None:
    store = Store(tmp_path / "state")
    store.save("finetune", {"rows": [1], "shuffle": 2})
    file = store.folder / "finetune.pickle"
    content = bytearray(file.read_bytes())
    if damage == "cut":
        del content[len(content) // 2 :]
    elif damage == "emptied":
        content.clear()
    elif damage == "a flipped byte":
        content[10] ^= 1
    else:
        content[:] = pickle.dumps({"rows": [1]})
    file.write_bytes(content)
    assert store.load("finetune") is None
    told = capsys.readouterr().out
    assert told == f"{file} is damaged: this phase of the training starts anew\n"
    store.save("finetune", {"rows": [1]})
    assert store.load("finetune") == {"rows": [1]}


def test_other_parameters_data_or_code_never_meet_an_old_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "plain.h5"
    data.write_bytes(b"radiographs")
    first = fingerprint({"learning_rate": 1e-3}, [data], [])
    assert first == fingerprint({"learning_rate": 1e-3}, [data], [])
    assert first != fingerprint({"learning_rate": 2e-3}, [data], [])
    store = Store.open("resnet50-seed0", first)
    store.save("finetune", {})
    other_model = Store.open("resnet50_canny-seed0", first)
    other_model.save("finetune", {})
    data.write_bytes(b"other radiographs")
    second = fingerprint({"learning_rate": 1e-3}, [data], [])
    assert second != first
    assert Store.open("resnet50-seed0", second).load("finetune") is None
    assert not store.folder.exists()  # it would never be met again
    assert other_model.load("finetune") is not None
