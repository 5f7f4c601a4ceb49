"""What is told on a terminal and in a pipe."""

import io
import re
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from fracture.artifacts.arrays import PackedImages
from fracture.device import prepare
from fracture.params.train import Model
from fracture.training import progress
from fracture.training.network import build
from fracture.training.pace import Pace
from fracture.training.progress import Progress
from fracture.training.training import train
from tests.training.conftest import SIZE, settings


class Terminal(io.StringIO):
    """A standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress, "monotonic", clock)
    return clock


def attach(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Put one terminal in the place of both outputs."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def tell(clock: Clock, epochs: int, seconds: float, stops_early: bool = False) -> None:
    """Tell of epochs of ten batches of 16; each takes so long, and so does validation."""
    optimizer = SimpleNamespace(learning_rate=0.0005)
    told = Progress("finetune", epochs, stops_early, Pace(10, 16))
    told.set_model(SimpleNamespace(stop_training=False, optimizer=optimizer))
    told.on_train_begin()
    for epoch in range(epochs):
        told.on_epoch_begin(epoch)
        for batch in range(10):
            clock.now += seconds
            told.on_train_batch_end(batch, {"loss": 0.75})
        clock.now += seconds
        logs = {"loss": 0.7, "auc": 0.6, "val_loss": 0.72, "val_auc": 0.55}
        told.on_epoch_end(epoch, logs)
        assert logs["learning_rate"] == 0.0005
        assert logs["seconds"] == pytest.approx(11 * seconds)
        assert logs["images_per_second"] == pytest.approx(16 / seconds)
    told.close()


LINE = (
    "loss 0.7000, validation 0.7200; AUROC 0.600, validation 0.550; learning rate 0.0005; "
    "8.0 images/s, 22 s"
)


def test_a_terminal_shows_a_line_in_place_and_keeps_one_an_epoch(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = attach(monkeypatch)
    tell(clock, epochs=3, seconds=2)
    shown = terminal.getvalue()
    assert shown.startswith("\rfinetune 1/3   0%|")
    # Nothing is known of the first batch: its time is the compilation's.
    assert re.search(r"\| 1/10 batches, loss 0\.7500 *[\r\x1b]", shown)
    # 25 batches of 2 s are left, what validation takes is not known yet.
    assert "| 5/10 batches, 8.0 images/s, loss 0.7500, 00:50 left" in shown
    # Then 5 + 10 batches, and twice the validation of 2 s.
    assert "| 5/10 batches, 8.0 images/s, loss 0.7500, 00:34 left" in shown
    kept = [line.rpartition("\r")[2] for line in shown.split("\n")]
    assert kept == [
        f"finetune 1/3: {LINE}; 00:44 left",
        f"finetune 2/3: {LINE}; 00:22 left",
        f"finetune 3/3: {LINE}",
        "",
    ]


def test_what_may_stop_early_takes_at_most_so_long(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = attach(monkeypatch)
    tell(clock, epochs=2, seconds=2, stops_early=True)
    assert f"finetune 1/2: {LINE}; at most 00:22 left\n" in terminal.getvalue()


def test_a_pipe_gets_a_line_an_epoch(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    tell(clock, epochs=12, seconds=2)
    said = capsys.readouterr()
    assert said.err == ""
    assert "\r" not in said.out
    lines = said.out.splitlines()
    assert len(lines) == 12
    assert lines[0] == f"finetune  1/12: {LINE}; 04:02 left"
    assert lines[-1] == f"finetune 12/12: {LINE}"


def test_a_pipe_gets_fewer_lines_where_epochs_are_short(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    tell(clock, epochs=100, seconds=0.01)  # 11 s in all
    told = re.findall(r"finetune +(\d+)/100: ", capsys.readouterr().out)
    assert told == ["46", "92", "100"]


def test_a_training_tells_a_pipe_nothing_of_batches(
    packed: PackedImages, demo: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    prepare("cpu", 0)
    short = settings(demo, finetune={"epochs": 3})
    network = build(Model(backbone="deepconvnet", variant="plain"), short, SIZE)
    capsys.readouterr()
    history = train(network, packed, short, 0)
    said = capsys.readouterr()
    assert said.err == ""
    last = f"finetune 3/3: loss {history['loss'].iloc[-1]:.4f}, validation "
    assert said.out.splitlines()[-1].startswith(last)
    assert len(said.out.splitlines()) <= 3
    assert "\r" not in said.out
    assert (history[["seconds", "images_per_second"]] > 0).all(axis=None)


def test_the_line_in_place_is_gone_when_a_training_is_stopped(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = attach(monkeypatch)
    told = Progress("frozen", 2, False, Pace(10, 16))
    told.on_train_begin()
    told.on_epoch_begin(0)
    clock.now += 1
    told.on_train_batch_end(0, {"loss": 0.75})
    told.close()
    assert terminal.getvalue().endswith("\r")
    assert not terminal.getvalue().rpartition("\r")[0].rpartition("\r")[2].strip()
