"""The loss is read a few times a second, and no batch is overlooked."""

import math
from typing import Any

import keras
import pytest

from fracture.training import callbacks as ours
from fracture.training.callbacks import RareReadings


class Loss:
    """A number on the device; counts how often one is read."""

    read = 0

    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        Loss.read += 1
        return self.value


class Recorder(keras.callbacks.Callback):
    """Keeps the batches of which it is notified."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[tuple[int, float]] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        self.batches.append((batch, logs["loss"]))


def follow(losses: list[float], interval: float, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Hand over an epoch of batches of 0.1 s, and begin its validation."""
    now = [0.0]
    monkeypatch.setattr(ours, "monotonic", lambda: now[0])
    monkeypatch.setattr(ours, "READING_INTERVAL", interval)
    Loss.read, recorder = 0, Recorder()
    callbacks = RareReadings([recorder], keras.Sequential(), 1, len(losses))
    for batch, loss in enumerate(losses):
        now[0] += 0.1
        callbacks.on_train_batch_end(batch, {"loss": Loss(loss), "auc": None})
    callbacks.on_test_begin()
    callbacks.on_test_begin()
    callbacks.on_test_end()
    callbacks.on_test_end()
    return recorder


def test_few_losses_are_read_and_the_last_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = follow([1 / batch for batch in range(1, 101)], 3.05, monkeypatch)
    assert recorder.batches == [(30, 1 / 31), (61, 1 / 62), (92, 1 / 93), (99, 1 / 100)]
    assert Loss.read == 4


@pytest.mark.parametrize("interval", [0.05, 0.35, 1000])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_the_first_batch_that_diverged_is_named(
    interval: float, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = follow([0.5] * 7 + [value] * 5, interval, monkeypatch)
    batch, loss = next(kept for kept in recorder.batches if not math.isfinite(kept[1]))
    assert batch == 7
    assert str(loss) == str(value)


def test_callbacks_learn_what_keras_tells_them(monkeypatch: pytest.MonkeyPatch) -> None:
    model, recorder = keras.Sequential(), Recorder()
    monkeypatch.setattr(ours, "READING_INTERVAL", 0)
    callbacks = RareReadings([recorder], model, 5, 12)
    assert recorder.model is model
    assert recorder.params == {"epochs": 5, "steps": 12}
    assert isinstance(callbacks.callbacks[-1], keras.callbacks.History)
