"""Training: both phases learn, the cache changes nothing, two runs give the same bytes."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from unittest.mock import patch

import keras
import numpy as np
import pytest

from fracture.artifacts import arrays
from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.console import PipelineError
from fracture.device import prepare
from fracture.params.train import FineTune, Model
from fracture.training.network import Network, build
from fracture.training.task import FRACTURE_TASK
from fracture.training.training import train, unfreeze
from tests.training.conftest import SIZE, settings

SMALL = Model(backbone="deepconvnet", variant="plain", target="fractured")


def test_fine_tuning_learns_from_scratch(packed: PackedImages, demo: dict[str, Any]) -> None:
    prepare("cpu", 0)
    tuned = settings(demo, finetune={"epochs": 6, "patience": 0})
    network = build(SMALL, tuned, SIZE)
    step = keras.Model.train_step
    with patch.object(keras.Model, "train_step", autospec=True, side_effect=step) as traced:
        history = train(network, packed, tuned, 0)
    assert traced.call_count == 1  # as each takes longer than all steps here
    assert history["phase"].tolist() == ["finetune"] * 6
    assert history["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    assert history["loss"].iloc[-1] < 0.6 * history["loss"].iloc[0]
    assert history["learning_rate"].is_monotonic_decreasing
    assert history["learning_rate"].iloc[-1] < 0.01 * demo["learning_rate"]


def test_the_frozen_phase_trains_the_head_alone(packed: PackedImages, demo: dict[str, Any]) -> None:
    prepare("cpu", 0)
    frozen = settings(
        demo,
        frozen={"epochs": 20, "views": 2, "patience": 0},
        finetune={"epochs": 0},
        head={"normalize": True},
        schedule="constant",
    )
    network = build(SMALL, frozen, SIZE)
    before = network.features.get_weights()
    history = train(network, packed, frozen, 0)
    for old, new in zip(before, network.features.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert history["phase"].tolist() == ["frozen"] * 20
    assert history["validation_auc"].iloc[-1] == 1
    whole = network.whole.predict_on_batch(packed.images[:8])
    features = network.features.predict_on_batch(packed.images[:8])
    np.testing.assert_allclose(network.head.predict_on_batch(features), whole, atol=1e-6)


def validation_loss(network: Network, packed: PackedImages) -> float:
    rows = packed.rows("validation")
    loss = keras.losses.BinaryCrossentropy()
    labels = packed.table["fractured"].to_numpy(np.float32)[rows, None]
    return float(loss(labels, network.whole.predict(packed.images[rows])))


def test_early_stopping_keeps_the_best_epoch(packed: PackedImages, demo: dict[str, Any]) -> None:
    prepare("cpu", 0)
    patient = settings(demo, schedule="constant", finetune={"epochs": 40, "patience": 2})
    network = build(SMALL, patient, SIZE)
    history = train(network, packed, patient, 0)
    assert len(history) < 40
    least = history["validation_loss"].min()
    assert history["validation_loss"].iloc[-1] > least
    assert validation_loss(network, packed) == pytest.approx(least, rel=1e-3)


def test_fine_tuning_that_does_worse_on_validation_is_undone(
    packed: PackedImages, demo: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    prepare("cpu", 0)
    harmful = settings(
        demo,
        frozen={"epochs": 20, "views": 1},
        finetune={"epochs": 1, "patience": 1, "learning_rate_scale": 1000.0},
        head={"normalize": True},
    )
    network = build(SMALL, harmful, SIZE)
    history = train(network, packed, harmful, 0)
    head = history["validation_loss"].iloc[:20].min()
    assert history["validation_loss"].iloc[-1] > head
    assert "undone" in capsys.readouterr().out
    last = history["validation_loss"].iloc[19]
    assert validation_loss(network, packed) == pytest.approx(last, rel=1e-3)


def test_test_radiographs_are_not_touched(packed: PackedImages, demo: dict[str, Any]) -> None:
    images = packed.images.copy()
    images[packed.rows("test")] = 255
    labels = packed.table.assign(
        fractured=packed.table["fractured"].where(packed.table["part"] != "test", 0)
    )
    weights = []
    for data in (packed, PackedImages(images, labels)):
        prepare("cpu", 0)
        network = build(SMALL, settings(demo), SIZE)
        train(network, data, settings(demo), 0)
        weights.append(network.whole.get_weights())
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)


TRAIN_AND_SAVE = """
import sys
from pathlib import Path
from fracture.artifacts import arrays, network as networks
from fracture.device import prepare
from fracture.params.train import Model, Train
settings = Train.model_validate_json(sys.argv[3])
prepare("cpu", 0)
from fracture.training.network import build
from fracture.training.training import train
model = Model(backbone="deepconvnet", variant="plain", target="fractured")
network = build(model, settings, 32)
train(network, arrays.read(Path(sys.argv[1])), settings, 0)
networks.write(network.whole, Path(sys.argv[2]))
"""


def test_two_processes_write_the_same_bytes(
    packed: PackedImages, demo: dict[str, Any], tmp_path: Path
) -> None:
    arrays.write(tmp_path / "plain.h5", packed.table, SIZE, packed.images)
    both = settings(demo, frozen={"epochs": 2, "views": 2}, finetune={"epochs": 1})
    arguments = [str(tmp_path / "plain.h5"), str(tmp_path / "one"), both.model_dump_json()]
    subprocess.run([sys.executable, "-c", TRAIN_AND_SAVE, *arguments], check=True, env=os.environ)
    keras.utils.clear_session()  # layers are counted, as in a fresh process
    prepare("cpu", 0)
    network = build(SMALL, both, SIZE)
    train(network, arrays.read(tmp_path / "plain.h5"), both, 0)
    networks.write(network.whole, tmp_path / "two")
    for file in ("network.json", "network.weights.h5"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


def test_a_saved_network_predicts_the_same(
    packed: PackedImages, demo: dict[str, Any], tmp_path: Path
) -> None:
    prepare("cpu", 0)
    normalized = settings(
        demo, head={"normalize": True, "units": [8]}, frozen={"epochs": 1}, finetune={"epochs": 0}
    )
    network = build(SMALL, normalized, SIZE)
    train(network, packed, normalized, 0)
    networks.write(network.whole, tmp_path / "network")
    read = networks.read(tmp_path / "network")
    np.testing.assert_array_equal(
        read.predict_on_batch(packed.images[:8]), network.whole.predict_on_batch(packed.images[:8])
    )


def test_three_channels_are_seen_as_one_that_is_repeated(demo: dict[str, Any]) -> None:
    chosen = settings(demo, scaling="backbone")
    prepare("cpu", 0)
    one, three = (build(SMALL, chosen, SIZE, channels=channels).whole for channels in (1, 3))
    assert (one.input_shape, three.input_shape) == ((None, SIZE, SIZE, 1), (None, SIZE, SIZE, 3))
    three.set_weights(one.get_weights())
    images = np.random.default_rng(0).integers(0, 256, (4, SIZE, SIZE, 1), np.uint8)
    np.testing.assert_array_equal(
        three.predict_on_batch(np.repeat(images, 3, axis=-1)), one.predict_on_batch(images)
    )


@pytest.mark.parametrize("phase", ["frozen", "finetune"])
def test_what_only_a_further_channel_shows_is_learnt(
    packed: PackedImages, demo: dict[str, Any], tmp_path: Path, phase: str
) -> None:
    prepare("cpu", 0)
    flat = np.full_like(packed.images, 128)
    arrays.write(
        tmp_path / "three.h5",
        packed.table,
        SIZE,
        np.concatenate([flat, flat, packed.images], axis=-1),
        channels=3,
    )
    epochs = {"frozen": {"epochs": 0}, "finetune": {"epochs": 0}} | {phase: {"epochs": 20}}
    chosen = settings(demo, head={"normalize": phase == "frozen"}, **epochs)
    network = build(SMALL, chosen, SIZE, channels=3)
    history = train(network, arrays.read(tmp_path / "three.h5"), chosen, 0)
    assert history["validation_auc"].iloc[-1] == 1


def test_unfreezing_opens_the_upper_layers_but_no_batch_normalisation(demo: dict[str, Any]) -> None:
    prepare("cpu", 0)
    network = build(SMALL, settings(demo), SIZE)
    tuned = settings(demo).finetune
    half = tuned.model_copy(update={"unfreeze": 0.5, "batch_norm": "frozen"})
    unfreeze(network, half)
    states = [layer.trainable for layer in network.backbone]
    middle = len(states) - round(0.5 * len(states))
    assert not any(states[:middle])
    normalizations = [
        isinstance(layer, keras.layers.BatchNormalization) for layer in network.backbone
    ]
    assert states[middle:] == [not normalizes for normalizes in normalizations[middle:]]
    name = network.backbone[5].name
    unfreeze(network, FineTune(**dict(half) | {"unfreeze": name, "batch_norm": "train"}))
    assert [layer.trainable for layer in network.backbone] == [i >= 5 for i in range(len(states))]


def test_frozen_depthwise_filters_stay_as_published(demo: dict[str, Any]) -> None:
    prepare("cpu", 0)
    model = SMALL.model_copy(update={"backbone": "mobilenet_v2"})
    chosen = settings(demo, weights=None, finetune={"unfreeze": 1.0, "depthwise": "frozen"})
    network = build(model, chosen, 32)
    unfreeze(network, chosen.finetune)
    kept = [layer for layer in network.backbone if layer.weights and not layer.trainable]
    assert len(kept) == 17
    assert all(layer.name.endswith("depthwise") for layer in kept)
    unfreeze(network, chosen.finetune.model_copy(update={"depthwise": "train"}))
    assert all(layer.trainable for layer in network.backbone)


def test_an_unknown_layer_is_refused_before_anything_is_learnt(
    packed: PackedImages, demo: dict[str, Any]
) -> None:
    prepare("cpu", 0)
    chosen = settings(demo, frozen={"epochs": 1}, finetune={"unfreeze": "block_99"})
    network = build(SMALL, chosen, SIZE)
    before = network.head.get_weights()
    with pytest.raises(PipelineError, match=r"finetune.unfreeze: no layer 'block_99'; layers from"):
        train(network, packed, chosen, 0)
    assert all(map(np.array_equal, before, network.head.get_weights()))


def test_balanced_weights_give_both_classes_the_same_sum(demo: dict[str, Any]) -> None:
    labels = np.array([1, 0, 0, 0], np.float32)
    weights = FRACTURE_TASK.class_weights(labels[:, None], settings(demo, class_weights="balanced"))
    np.testing.assert_allclose(weights, [2, 2 / 3, 2 / 3, 2 / 3], rtol=1e-6)
    none = FRACTURE_TASK.class_weights(labels[:, None], settings(demo, class_weights="none"))
    np.testing.assert_array_equal(none, 1)


def test_batch_norm_momentum_is_set(demo: dict[str, Any]) -> None:
    prepare("cpu", 0)
    network = build(SMALL, settings(demo, batch_norm_momentum=0.77), SIZE)
    momenta = {
        layer.momentum
        for layer in network.backbone
        if isinstance(layer, keras.layers.BatchNormalization)
    }
    assert momenta == {0.77}


def test_a_gpu_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fracture.device._gpus", lambda _: [])
    with pytest.raises(PipelineError, match=r"device is gpu, but \w+ finds no GPU .* auto or cpu"):
        prepare("gpu", 0)


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, r"weights: no file .*nosuch.weights.h5"), (b"not HDF5", r"does not fit this backbone")],
)
def test_weights_that_cannot_be_loaded_are_refused(
    demo: dict[str, Any], tmp_path: Path, content: bytes | None, message: str
) -> None:
    prepare("cpu", 0)
    file = tmp_path / "nosuch.weights.h5"
    if content:
        file.write_bytes(content)
    with pytest.raises(PipelineError, match=message):
        build(SMALL, settings(demo, weights=str(file)), SIZE)


def test_local_weights_are_found_beside_a_copy_of_the_repository(
    demo: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare("cpu", 0)
    trained = build(SMALL, settings(demo, head={"units": [], "dropout": 0.0}), SIZE)
    backbone = keras.Model(trained.whole.input, trained.pooled)
    backbone.save_weights(tmp_path / "mine.weights.h5")
    (tmp_path / "copy").mkdir()
    monkeypatch.chdir(tmp_path / "copy")
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    prepare("cpu", 1)
    loaded = build(SMALL, settings(demo, weights="mine.weights.h5"), SIZE)
    weights = [network.features.get_weights() for network in (loaded, trained)]
    for one, other in zip(*weights, strict=True):
        np.testing.assert_array_equal(one, other)
