"""Each variable learns at its rate; averaged weights are what is validated and kept."""

import math
from itertools import pairwise
from typing import Any

import keras
import numpy as np
import pytest

from fracture.artifacts.arrays import PackedImages
from fracture.device import prepare
from fracture.params.train import Model
from fracture.training.fitting import optimizer
from fracture.training.network import build
from fracture.training.task import FRACTURE_TASK
from fracture.training.training import learning_rate_scales, train
from tests.training.conftest import SIZE, settings
from tests.training.test_training import validation_loss

SMALL = Model(backbone="deepconvnet", variant="plain", target="fractured")


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_a_scaled_variable_moves_at_its_own_rate(demo: dict[str, Any], name: str) -> None:
    chosen = settings(demo, optimizer=name, weight_decay=0.0, schedule="constant")
    whole, tenth = (keras.Variable(np.ones(3, np.float32), name=of) for of in ("whole", "tenth"))
    made = optimizer(chosen, 0.01, 5, {tenth.path: 0.1})
    gradient = keras.ops.convert_to_tensor(np.array([1, -2, 3], np.float32))
    made.apply([gradient, gradient], [whole, tenth])
    # Adam's first step is the learning rate, whatever the gradient's size.
    np.testing.assert_allclose(np.asarray(whole), 1 - 0.01 * np.array([1, -1, 1]), rtol=1e-5)
    np.testing.assert_allclose(np.asarray(tenth), 1 - 0.001 * np.array([1, -1, 1]), rtol=1e-5)


def test_decay_is_a_share_of_a_variables_own_rate(demo: dict[str, Any]) -> None:
    chosen = settings(demo, optimizer="adamw", weight_decay=0.5, schedule="constant")
    whole, tenth = (keras.Variable(np.ones(3, np.float32), name=of) for of in ("whole", "tenth"))
    made = optimizer(chosen, 0.01, 5, {tenth.path: 0.1})
    for _ in range(2):
        nothing = keras.ops.zeros(3)  # without a gradient, decay alone moves them
        made.apply([nothing, nothing], [whole, tenth])
    np.testing.assert_allclose(np.asarray(whole), (1 - 0.01 * 0.5) ** 2, rtol=1e-6)
    np.testing.assert_allclose(np.asarray(tenth), (1 - 0.001 * 0.5) ** 2, rtol=1e-6)


def test_decay_and_gradient_add_up_to_the_step_by_hand(demo: dict[str, Any]) -> None:
    chosen = settings(demo, optimizer="adamw", weight_decay=0.5, schedule="constant")
    tenth = keras.Variable(np.array([2.0, -4.0], np.float32), name="tenth")
    made = optimizer(chosen, 0.01, 5, {tenth.path: 0.1})
    made.apply([keras.ops.convert_to_tensor([3.0, 0.5])], [tenth])
    # 2 - 2 * 0.001 * 0.5 - 0.001 and -4 + 4 * 0.001 * 0.5 - 0.001
    np.testing.assert_allclose(np.asarray(tenth), [1.998, -3.999], rtol=1e-6)


def test_biases_and_normalisations_do_not_decay(demo: dict[str, Any]) -> None:
    chosen = settings(demo, optimizer="adamw", weight_decay=0.5, schedule="constant")
    model = keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.SeparableConv2D(4, 3),
         keras.layers.BatchNormalization(), keras.layers.LayerNormalization(),
         keras.layers.GroupNormalization(2), keras.layers.Flatten(), keras.layers.Dense(2)]
    )  # fmt: skip
    variables = model.trainable_variables
    for variable in variables:
        variable.assign(keras.ops.ones(variable.shape))
    made = optimizer(chosen, 0.01, 5, {})
    made.apply([keras.ops.zeros(variable.shape) for variable in variables], variables)
    decayed = {each.name for each in variables if np.allclose(each, 1 - 0.005, atol=1e-7)}
    unchanged = {each.name for each in variables if np.all(np.asarray(each) == 1)}
    assert decayed == {"depthwise_kernel", "pointwise_kernel", "kernel"}
    assert unchanged == {"bias", "gamma", "beta"}


@pytest.mark.parametrize(("warmup", "steps"), [(0.99, 10), (0.9, 1), (0.0, 1)])
def test_a_warm_up_leaves_a_step_to_fall(demo: dict[str, Any], warmup: float, steps: int) -> None:
    chosen = settings(demo, schedule="cosine", warmup=warmup)
    rate = optimizer(chosen, 0.01, steps, {})._learning_rate
    assert float(rate(steps - 1)) == pytest.approx(0.01)  # the last step begins at the peak
    assert float(rate(steps)) == pytest.approx(0, abs=1e-9)


def test_rates_grow_geometrically_from_the_lowest_layer(demo: dict[str, Any]) -> None:
    chosen = settings(demo, finetune={"lowest_rate": 0.01})
    network = build(SMALL, chosen, SIZE)
    scales = learning_rate_scales(network, chosen.finetune)
    by_layer = [scales[layer.variables[0].path] for layer in network.backbone if layer.variables]
    assert all(low < high for low, high in pairwise(by_layer))
    half = (len(network.backbone) - 1) / 2
    for position, layer in enumerate(network.backbone):
        for variable in layer.variables:
            expected = 10 ** (-2 + position / half)
            assert scales[variable.path] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("patience", [0, 2])
def test_the_averaged_weights_are_those_validated_and_kept(
    packed: PackedImages, demo: dict[str, Any], patience: int
) -> None:
    # A high rate without decay: the averages are far from the last weights.
    averaged = settings(
        demo,
        ema=0.9,
        schedule="constant",
        learning_rate=0.01,
        finetune={"epochs": 6, "patience": patience},
    )
    prepare("cpu", 0)
    network = build(SMALL, averaged, SIZE)
    history = train(network, packed, averaged, 0)
    losses = history["validation_loss"]
    kept = losses.min() if patience else losses.iloc[-1]
    assert validation_loss(network, packed) == pytest.approx(kept, rel=1e-3)
    prepare("cpu", 0)
    plain = build(SMALL, averaged, SIZE)
    unaveraged = averaged.model_copy(update={"ema": 0.0})
    other = train(plain, packed, unaveraged, 0)
    # The same steps, judged at other weights.
    np.testing.assert_allclose(other["loss"], history["loss"][: len(other)], rtol=1e-4)
    assert not np.allclose(other["validation_loss"][:3], losses[:3], rtol=1e-2)


def test_the_focal_loss_counts_what_is_called_rightly_less(demo: dict[str, Any]) -> None:
    labels, probabilities = np.array([[1.0], [0.0]]), np.array([[0.9], [0.6]])
    focal = float(FRACTURE_TASK.loss(settings(demo, focal=2.0))(labels, probabilities))
    plain = float(FRACTURE_TASK.loss(settings(demo))(labels, probabilities))
    by_hand = -(0.1**2 * math.log(0.9) + 0.6**2 * math.log(0.4)) / 2
    assert focal == pytest.approx(by_hand, rel=1e-4)
    assert plain == pytest.approx(-(math.log(0.9) + math.log(0.4)) / 2, rel=1e-4)
