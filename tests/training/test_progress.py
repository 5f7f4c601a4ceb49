"""What is printed on a terminal and in a pipe, and that it changes no byte."""

import io
import re
import sys
from types import SimpleNamespace
from typing import Any

import keras
import pandas as pd
import pytest

from fracture.artifacts import history
from fracture.artifacts.arrays import PackedImages
from fracture.device import prepare
from fracture.inputs.code import MESSAGES
from fracture.params.train import Model
from fracture.training import fitting, progress
from fracture.training import network as building
from fracture.training.fitting import Support
from fracture.training.network import build
from fracture.training.progress import Progress, Speeds, duration, speed, summary
from fracture.training.training import train
from tests.training.conftest import SIZE, settings
from tests.training.test_stage import small_backbone


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


LOGS = {"loss": 0.7, "auc": 0.6, "val_loss": 0.72, "val_auc": 0.55, "learning_rate": 0.0005}


def follow(
    clock: Clock, epochs: int, seconds: float, stops_early: bool = False, compiles: float = 0
) -> None:
    """Follow epochs of ten batches of 16.

    Each batch takes so many seconds, and so does validation; the first one takes `compiles` more.
    """
    progress = Progress("finetune", epochs, stops_early, 10, 16)
    progress.set_model(SimpleNamespace(stop_training=False))
    progress.on_train_begin()
    clock.now += compiles
    for epoch in range(epochs):
        progress.on_epoch_begin(epoch)
        for batch in range(10):
            clock.now += seconds
            progress.on_train_batch_end(batch, {"loss": 0.75})
        clock.now += seconds
        logs = dict(LOGS)
        progress.on_epoch_end(epoch, logs)
        assert logs["seconds"] == pytest.approx(11 * seconds + (compiles if epoch == 0 else 0))
        assert logs["images_per_second"] == pytest.approx(16 / seconds)
    progress.on_train_end()
    progress.close()


LINE = (
    "loss 0.7000, validation 0.7200; AUROC 0.600, validation 0.550; learning rate 0.0005; "
    "8.0 images/s, 22 s"
)


def test_a_terminal_shows_a_line_in_place_and_keeps_one_an_epoch(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = attach(monkeypatch)
    follow(clock, epochs=3, seconds=2)
    written = terminal.getvalue()
    assert written.startswith("\rfinetune 1/3   0%|")
    # Nothing is measured in the first batch: its time is the compilation's.
    assert re.search(r"\| 1/10 batches, loss 0\.7500 *[\r\x1b]", written)
    # 25 batches of 2 s are left, validation has not been measured yet.
    assert "| 5/10 batches, 8.0 images/s, loss 0.7500, 00:50 left" in written
    # Then 5 + 10 batches, and twice the validation of 2 s.
    assert "| 5/10 batches, 8.0 images/s, loss 0.7500, 00:34 left" in written
    kept = [line.rpartition("\r")[2] for line in written.split("\n")]
    assert kept == [
        f"finetune 1/3: {LINE}; 00:44 left",
        f"finetune 2/3: {LINE}; 00:22 left",
        f"finetune 3/3: {LINE}",
        "finetune: 3 epochs in 66 s at 8.0 images/s",
        "",
    ]


def test_what_may_stop_early_takes_at_most_so_long(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = attach(monkeypatch)
    follow(clock, epochs=2, seconds=2, stops_early=True)
    assert f"finetune 1/2: {LINE}; at most 00:22 left\n" in terminal.getvalue()


def test_a_pipe_gets_a_line_an_epoch(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    follow(clock, epochs=12, seconds=2)
    said = capsys.readouterr()
    assert said.err == ""
    assert "\r" not in said.out
    lines = said.out.splitlines()
    assert len(lines) == 13
    assert lines[0] == f"finetune  1/12: {LINE}; 04:02 left"
    assert lines[-2] == f"finetune 12/12: {LINE}"
    assert lines[-1] == "finetune: 12 epochs in 04:24 at 8.0 images/s"


def test_the_compilation_is_not_taken_for_an_epochs_time(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    follow(clock, epochs=3, seconds=2, compiles=30)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"finetune 1/3: {LINE.replace('22 s', '52 s')}; 00:44 left"
    assert lines[-1] == "finetune: 3 epochs in 96 s at 8.0 images/s"


def test_an_epoch_that_is_read_once_is_measured_from_its_begin(clock: Clock) -> None:
    progress = Progress("frozen", 3, False, 4, 16)
    progress.set_model(SimpleNamespace(stop_training=False))
    progress.on_train_begin()
    progress.on_epoch_begin(0)
    clock.now = 2
    progress.on_train_batch_end(3, {"loss": 0.75})
    clock.now = 2.5
    logs = dict(LOGS)
    progress.on_epoch_end(0, logs)
    progress.close()
    assert logs["images_per_second"] == 32
    assert progress.usual == logs["seconds"] == 2.5


def test_a_pipe_gets_fewer_lines_where_epochs_are_short(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    follow(clock, epochs=100, seconds=0.01)  # 11 s in all
    numbers = re.findall(r"finetune +(\d+)/100: ", capsys.readouterr().out)
    assert numbers == ["46", "92", "100"]


def test_a_training_writes_nothing_of_batches_into_a_pipe(
    packed: PackedImages, demo: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    prepare("cpu", 0)
    short = settings(demo, finetune={"epochs": 3})
    network = build(Model(backbone="deepconvnet", variant="plain", target="fractured"), short, SIZE)
    capsys.readouterr()
    table = train(network, packed, short, 0)
    said = capsys.readouterr()
    assert said.err == ""
    *_, last, time = said.out.splitlines()
    assert last.startswith(f"finetune 3/3: loss {table['loss'].iloc[-1]:.4f}, validation ")
    assert re.fullmatch(r"finetune: 3 epochs in \S+ s at [\d,]+ images/s", time)
    assert len(said.out.splitlines()) <= 4
    assert "\r" not in said.out


def test_the_line_in_place_is_gone_when_a_training_is_stopped(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = attach(monkeypatch)
    progress = Progress("frozen", 2, False, 10, 16)
    progress.on_train_begin()
    progress.on_epoch_begin(0)
    clock.now += 1
    progress.on_train_batch_end(0, {"loss": 0.75})
    progress.close()
    assert terminal.getvalue().endswith("\r")
    assert not terminal.getvalue().rpartition("\r")[0].rpartition("\r")[2].strip()


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        (0.44, "0.4 images/s"),
        (9.94, "9.9 images/s"),
        (56.7, "57 images/s"),
        (1234, "1,234 images/s"),
    ],
)
def test_speeds_have_a_unit(images: float, expected: str) -> None:
    assert speed(images) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.0213, "0.02 s"), (9.87, "9.87 s"), (45.6, "46 s"), (125, "02:05"), (7384, "2:03:04")],
)
def test_durations_have_a_unit(seconds: float, expected: str) -> None:
    assert duration(seconds) == expected


def test_a_training_is_summed_up() -> None:
    history = pd.DataFrame(
        {
            "epoch": [1, 2, 3, 4, 5],
            "validation_loss": [0.7, 0.6, 0.65, 0.55, 0.58],
            "validation_auc": [0.5, 0.7, 0.71, 0.8, 0.79],
        }
    )
    assert re.fullmatch(
        r"5 epochs, least validation loss 0\.550 in epoch 4, validation AUROC 0\.800 there; "
        r"this process took 02:51 and at most [\d,]+ MB",
        summary(history, 171.2),
    )


def test_the_usual_speed_is_that_of_fine_tuning() -> None:
    speeds = Speeds()
    assert (speeds.epochs, speeds.finetune) == (0, None)
    speeds.add("frozen", [900.0, 1000.0])
    assert (speeds.epochs, speeds.finetune) == (2, None)
    speeds.add("finetune", [10.0, 50.0])
    speeds.add("finetune", [40.0])
    assert (speeds.epochs, speeds.finetune) == (5, 40.0)


class Silent(keras.callbacks.Callback):
    """Stands in for `Progress` and prints nothing."""

    def __init__(self, *_: Any) -> None:
        super().__init__()

    def close(self) -> None:
        """Do nothing."""


class Curves:
    """Stands in for `Live`."""

    def __init__(self) -> None:
        self.epochs: list[tuple[int, str]] = []

    def show(self, epoch: int, phase: str, logs: dict[str, float]) -> None:
        assert {"val_loss", "learning_rate", "seconds"} <= logs.keys()
        self.epochs.append((epoch, phase))
        logs.clear()


def test_what_is_shown_changes_no_byte(
    packed: PackedImages, demo: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {"fracture/training/progress.py", "fracture/training/live.py"} <= {*MESSAGES}
    monkeypatch.setattr(building, "build_backbone", small_backbone)
    both = settings(
        demo,
        ema=0.9,
        frozen={"epochs": 2, "views": 2},
        finetune={"epochs": 3, "patience": 1},
        head={"normalize": True, "dropout": 0.3, "units": [4]},
    )

    def trained(live: Any) -> tuple[list[bytes], str]:
        prepare("cpu", 0)
        network = build(
            Model(backbone="deepconvnet", variant="plain", target="fractured"), both, SIZE
        )
        table = train(network, packed, both, 0, Support(live=live))
        table = table.assign(seed=0, trained_on="")
        weights = [array.tobytes() for array in network.whole.get_weights()]
        return weights, table[history.COLUMNS].to_csv(float_format="%.17g")

    curves = Curves()
    shown = trained(curves)
    assert curves.epochs[:4] == [(1, "frozen"), (2, "frozen"), (3, "finetune"), (4, "finetune")]
    monkeypatch.setattr(fitting, "Progress", Silent)
    assert trained(None) == shown
