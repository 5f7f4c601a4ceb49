"""Mixed precision: 16 bits compute, 32 bits are learnt, and small gradients are not lost."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from fracture.artifacts.arrays import PackedImages
from fracture.device import prepare
from fracture.params.train import Model, Train
from fracture.training import fitting, training
from fracture.training import network as building
from fracture.training.fitting import Support, optimizer
from fracture.training.network import Network, build
from fracture.training.resume import State, Store
from fracture.training.training import train
from tests.training.conftest import SIZE, settings
from tests.training.test_stage import small_backbone

PRECISIONS = ["mixed_bfloat16", "mixed_float16"]


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the Keras models that are fine-tuned, as they come; on a backbone of two layers."""
    monkeypatch.setattr(building, "build_backbone", small_backbone)
    fitted: list[Any] = []

    def fit(model: keras.Model, *arguments: Any) -> Any:
        fitted.append(model)
        return fitting.fit(model, *arguments)

    monkeypatch.setattr(training, "fit", fit)
    return fitted


@pytest.fixture(autouse=True)
def full_precision_afterwards() -> Any:
    yield
    keras.config.set_dtype_policy("float32")


def built(chosen: Train) -> Network:
    prepare("cpu", 0, chosen.precision)
    return build(Model(backbone="deepconvnet", variant="plain", target="fractured"), chosen, SIZE)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_it_learns(
    precision: str, packed: PackedImages, demo: dict[str, Any], models: list[Any]
) -> None:
    chosen = settings(demo, precision=precision, finetune={"epochs": 12}, learning_rate=1e-2)
    network = built(chosen)
    history = train(network, packed, chosen, 0)
    assert history["loss"].iloc[-1] < 0.8 * history["loss"].iloc[0]
    convolution = next(x for x in network.backbone if isinstance(x, keras.layers.Conv2D))
    assert convolution.compute_dtype == precision.removeprefix("mixed_")
    assert {weight.dtype for weight in network.whole.weights} == {"float32"}
    assert network.whole.predict_on_batch(packed.images[:4]).dtype == np.float32
    (model,) = models
    scaled = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (precision == "mixed_float16")


def test_an_interrupted_training_keeps_the_scale_of_the_loss(
    packed: PackedImages,
    demo: dict[str, Any],
    models: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen = settings(demo, precision="mixed_float16", finetune={"epochs": 3, "patience": 2})
    expected = built(chosen)
    train(expected, packed, chosen, 0)
    store, save = Store(tmp_path / "state"), Store.save

    def saved(store: Store, phase: str, state: State) -> None:
        save(store, phase, state)
        raise KeyboardInterrupt

    monkeypatch.setattr(Store, "save", saved)
    with pytest.raises(KeyboardInterrupt):
        train(built(chosen), packed, chosen, 0, Support(store))
    monkeypatch.setattr(Store, "save", save)
    found = built(chosen)
    train(found, packed, chosen, 0, Support(store))
    for one, other in zip(found.whole.get_weights(), expected.whole.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    first, _, resumed = models
    for one, other in zip(first.optimizer.variables, resumed.optimizer.variables, strict=True):
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_a_step_that_is_skipped_is_no_divergence(
    packed: PackedImages,
    demo: dict[str, Any],
    models: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    overflowing = 2.0**40

    def scaled(*arguments: Any) -> Any:
        return keras.optimizers.LossScaleOptimizer(optimizer(*arguments), initial_scale=overflowing)

    monkeypatch.setattr(fitting, "optimizer", scaled)
    chosen = settings(demo, precision="mixed_float16", finetune={"epochs": 2})
    network = built(chosen)
    before = network.whole.get_weights()
    history = train(network, packed, chosen, 0)
    assert np.isfinite(history["loss"]).all()
    used = models[0].optimizer
    skipped = np.log2(overflowing / float(np.asarray(used.dynamic_scale)))
    assert skipped > 0
    assert int(np.asarray(used.iterations)) == 2 * 3 - skipped
    assert any((a != b).any() for a, b in zip(before, network.whole.get_weights(), strict=True))


def test_folded_convolutions_compute_in_the_precision_of_the_policy(demo: dict[str, Any]) -> None:
    prepare("cpu", 0, "mixed_float16")
    chosen = settings(demo)
    network = build(Model(backbone="mobilenet", variant="plain", target="fractured"), chosen, SIZE)
    features = network.features(np.zeros((2, SIZE, SIZE, 1), np.uint8))
    assert "float16" in str(features.dtype)
    prepare("cpu", 0)
