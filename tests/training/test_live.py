"""Live curves: the process that shows them may do what it likes, the training goes on."""

import json
import sys
import time
from pathlib import Path

import pytest

from fracture.training import live
from fracture.training.live import Live, live_curves

LOGS = {"loss": 0.5, "val_loss": 0.25, "seconds": 2.0}
EPOCH = {"loss": 0.5, "validation_loss": 0.25, "seconds": 2.0, "finetune": 0.0}


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Ask for live curves from a process that keeps its arguments and input; return the file."""
    monkeypatch.setenv(live.VARIABLE, "1")
    kept = tmp_path / "kept"
    replace(
        monkeypatch,
        f"open({str(kept)!r}, 'w').write(' '.join(sys.argv[1:]) + '\\n' + sys.stdin.read())",
    )
    return kept


def replace(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr(live, "COMMAND", [sys.executable, "-c", f"import sys, time; {code}"])


def messages(kept: Path) -> list[dict[str, object]]:
    arguments, *lines = kept.read_text().splitlines()
    assert arguments == "tiny 3 tiny-seed3-abc"
    return [json.loads(line) for line in lines]


def train(epochs: int = 1, failure: BaseException | None = None) -> None:
    with live_curves("tiny", 3, "tiny-seed3-abc") as curves:
        assert isinstance(curves, Live)
        for epoch in range(epochs):
            curves.show(epoch + 1, "frozen", LOGS)
        if failure:
            raise failure


@pytest.mark.parametrize("value", [None, "", "0"])
def test_no_process_runs_unless_it_is_asked_for(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(live.VARIABLE, raising=False)
    if value is not None:
        monkeypatch.setenv(live.VARIABLE, value)
    monkeypatch.setattr(live, "COMMAND", ["/nonexistent"])
    with live_curves("tiny", 3, "tiny-seed3-abc") as curves:
        assert curves is None


def test_each_epoch_and_the_end_are_told(process: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train(epochs=2)
    assert messages(process) == [
        {"epoch": 1, "numbers": EPOCH},
        {"epoch": 2, "numbers": EPOCH},
        {"status": "FINISHED"},
    ]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("failure", "status"), [(KeyboardInterrupt(), "KILLED"), (ValueError("x"), "FAILED")]
)
def test_how_a_training_ended_is_told(process: Path, failure: BaseException, status: str) -> None:
    with pytest.raises(type(failure)):
        train(failure=failure)
    assert messages(process)[-1] == {"status": status}


def warning(capsys: pytest.CaptureFixture[str]) -> str:
    (line,) = capsys.readouterr().err.splitlines()
    before, _, reason = line.partition("the training goes on: ")
    assert before == "warning: no live curves, "
    return reason


@pytest.mark.usefixtures("process")
@pytest.mark.parametrize("epochs", [0, 5])
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("sys.exit('a\\nMLflow at x: closed')", "MLflow at x: closed"),
        ("sys.exit(3)", "its process ended"),
    ],
)
def test_what_the_process_says_last_is_told_once(
    code: str,
    reason: str,
    epochs: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    replace(monkeypatch, code)
    with live_curves("tiny", 3, "tiny-seed3-abc") as curves:
        assert curves is not None
        if epochs:
            curves.process.wait()
        for epoch in range(epochs):
            curves.show(epoch + 1, "frozen", LOGS)
    assert warning(capsys) == reason


@pytest.mark.usefixtures("process")
def test_a_process_that_hangs_never_blocks_a_training(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replace(monkeypatch, "time.sleep(60)")
    start = time.monotonic()
    train(epochs=2000)
    assert time.monotonic() - start < 10
    assert warning(capsys) == "MLflow is too slow"

    monkeypatch.setattr(live, "WAIT", 0.2)
    train(epochs=2)
    assert warning(capsys) == "MLflow has not answered for 0.2 s"


@pytest.mark.usefixtures("process")
def test_a_process_that_cannot_start_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(live, "COMMAND", ["/nonexistent"])
    with live_curves("tiny", 3, "tiny-seed3-abc") as curves:
        assert curves is None
    assert "/nonexistent" in warning(capsys)
