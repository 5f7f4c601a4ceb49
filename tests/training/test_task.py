"""What networks learn of several classes and of several targets: labels, weights, loss, AUROC."""

from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from fracture.targets import FRACTURE, Target
from fracture.training.network import build
from fracture.training.task import FRACTURE_TASK, Task
from fracture.training.training import train
from tests.training.conftest import SIZE, settings
from tests.training.test_training import SMALL

PART = Target("part", "body_part", ("hand", "hip", "leg"))
IMPLANT = Target("implant", "hardware", ("no", "yes"))
TABLE = pd.DataFrame(
    {
        "fractured": [1, 0, 0, 1],
        "body_part": ["leg", "hand", "mixed", "hip"],
        "labels": ['[["hardware", "yes"]]', "[]", '[["hardware", "no"]]', '[["other", "yes"]]'],
    }
)
BOTH = Task((FRACTURE, PART), (1.0, 0.25))


def test_labels_stand_side_by_side() -> None:
    expected = [[1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0], [1, 0, 1, 0]]
    np.testing.assert_array_equal(BOTH.labels(TABLE), expected)
    np.testing.assert_array_equal(Task((IMPLANT,), (1.0,)).labels(TABLE)[:, 0], [1, -1, 0, -1])


def test_balanced_classes_weigh_the_same(demo: dict[str, Any]) -> None:
    labels = np.eye(3, dtype=np.float32)[[0, 0, 0, 1, 1, 2]]
    weights = Task((PART,), (1.0,)).class_weights(labels, settings(demo, class_weights="balanced"))
    np.testing.assert_allclose(weights @ labels, 2)
    np.testing.assert_allclose(weights.mean(), 1)


def test_the_loss_of_several_classes_is_keras_own(demo: dict[str, Any]) -> None:
    random = np.random.default_rng(0)
    given = random.dirichlet(np.ones(3), 8).astype(np.float32)
    labels = np.eye(3, dtype=np.float32)[random.integers(3, size=8)]
    for smoothing in (0.0, 0.1):
        chosen = settings(demo, label_smoothing=smoothing)
        found = float(Task((PART,), (1.0,)).loss(chosen)(labels, given))
        keras_own = keras.losses.CategoricalCrossentropy(label_smoothing=smoothing)
        assert found == pytest.approx(float(keras_own(labels, given)), rel=1e-5)
    focal = float(Task((PART,), (1.0,)).loss(settings(demo, focal=2.0))(labels, given))
    keras_focal = keras.losses.CategoricalFocalCrossentropy(alpha=1.0, gamma=2.0)
    assert focal == pytest.approx(float(keras_focal(labels, given)), rel=1e-5)


def test_two_losses_are_added_and_what_has_no_class_adds_none(demo: dict[str, Any]) -> None:
    given = np.array([[0.8, 0.2, 0.5, 0.3], [0.4, 0.6, 0.3, 0.1]], np.float32)
    labels = BOTH.labels(TABLE)[[0, 2]]  # a fracture of a leg; none of a mixed part
    loss = float(BOTH.loss(settings(demo))(labels, given))
    by_hand = [-np.log(0.8) - 0.25 * np.log(0.3), -np.log(0.6)]
    assert loss == pytest.approx(np.mean(by_hand), rel=1e-5)
    binary = Task((FRACTURE, IMPLANT), (1.0, 0.5))
    unknown = float(binary.loss(settings(demo))(np.array([[1, -1.0]]), np.array([[0.5, 0.9]])))
    assert unknown == pytest.approx(np.log(2), rel=1e-5)


def test_the_auroc_is_that_of_the_own_target() -> None:
    labels = np.array([[1, 0, 0, 1], [0, 1, 0, 0], [1, 0, 1, 0], [0, 0, 0, 1]], np.float32)
    given = np.array([[0.9, 1, 0, 0], [0.1, 0, 0, 1], [0.8, 0, 0, 1], [0.2, 1, 0, 0]], np.float32)
    metric = BOTH.auc()
    metric.update_state(labels, given, np.ones(4, np.float32))
    assert float(metric.result()) == pytest.approx(1)
    parts = Task((PART,), (1.0,)).auc()
    parts.update_state(labels[:3, 1:], labels[:3, 1:])
    assert float(parts.result()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("task", [Task((PART,), (1.0,)), BOTH])
def test_a_network_learns_its_task(demo: dict[str, Any], packed: Any, task: Task) -> None:
    table = packed.table
    parts = np.array(["hand", "leg", "hip", "mixed"], object)[np.arange(len(table)) % 4]
    seen = type(packed)(packed.images, table.assign(body_part=parts))
    chosen = settings(demo, frozen={"epochs": 1}, finetune={"epochs": 1})
    network = build(SMALL, chosen, SIZE, task)
    history = train(network, seen, chosen, 0)
    assert np.isfinite(history[["loss", "validation_loss"]].to_numpy()).all()
    given = np.asarray(network.whole(packed.images[:5]))
    assert given.shape == (5, task.outputs)
    place = task.slices[-1]
    np.testing.assert_allclose(given[:, place].sum(axis=1), 1, rtol=1e-5)


def test_one_target_of_two_classes_is_learnt_as_ever(demo: dict[str, Any]) -> None:
    assert isinstance(FRACTURE_TASK.loss(settings(demo)), keras.losses.BinaryCrossentropy)
    assert type(FRACTURE_TASK.auc()) is keras.metrics.AUC
