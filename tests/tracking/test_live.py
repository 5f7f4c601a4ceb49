"""A training as it runs, in MLflow."""

import json
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fracture.tracking import live
from fracture.tracking.view import VIEW
from fracture.training.live import VARIABLE, live_curves
from stages.track import main as track
from tests.conftest import ROOT
from tests.tracking.examples import STATE, runs

# MLflow uses what SQLAlchemy deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")

NAME = "first-seed0-0123456789ab"
FINISHED = {"status": "FINISHED"}
Show = Callable[..., None]


def epoch(number: int, phase: str, loss: float) -> dict[str, Any]:
    numbers = {"loss": loss, "validation_auc": 0.75, "finetune": float(phase == "finetune")}
    return {"epoch": number, "numbers": numbers}


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Show:
    """Return a function that runs the command on messages that are all there when it begins."""

    def run(*messages: dict[str, Any], name: str = NAME) -> None:
        source, sink = os.pipe()
        os.write(sink, b"".join(json.dumps(message).encode() + b"\n" for message in messages))
        os.close(sink)
        with os.fdopen(source) as stdin, monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", stdin)
            live.main("first", "0", name)

    return run


def curve(uri: str, run: Any, name: str) -> list[tuple[int, float]]:
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    points = MlflowClient(uri).get_metric_history(run.info.run_id, name)
    return [(point.step, point.value) for point in points]


def all_runs(uri: str) -> list[Any]:
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("bone-fracture-classification").experiment_id
    found: list[Any] = client.search_runs([experiment], order_by=["attributes.start_time"])
    return found


def test_each_epoch_is_a_point_of_the_curves(database: str, show: Show) -> None:
    show(
        epoch(1, "frozen", 0.75),
        epoch(2, "frozen", 0.5),
        epoch(3, "finetune", math.nan),
        epoch(4, "finetune", 0.25),
        FINISHED,
    )
    (run,) = all_runs(database)
    assert run.info.run_name == "first (live)"
    assert run.info.status == "FINISHED"
    assert curve(database, run, "training/loss") == [(1, 0.75), (2, 0.5), (4, 0.25)]
    assert curve(database, run, "training/finetune") == [(1, 0), (2, 0), (3, 1), (4, 1)]
    assert curve(database, run, "training/validation_auc") == [
        (step, 0.75) for step in (1, 2, 3, 4)
    ]
    tags = {"kind": "live", "model": "first", "seed": "0", "backbone": "mobilenet"}
    assert tags.items() <= run.data.tags.items()


def test_a_training_that_goes_on_does_so_in_its_run(database: str, show: Show) -> None:
    show(epoch(1, "frozen", 0.75), epoch(2, "frozen", 0.5), epoch(3, "finetune", 0.4))
    (run,) = all_runs(database)
    assert run.info.status == "KILLED"
    show(epoch(4, "finetune", 0.3), {"status": "FAILED"})
    (run,) = all_runs(database)
    assert run.info.status == "FAILED"
    show(epoch(5, "finetune", 0.2), FINISHED)
    (run,) = all_runs(database)
    assert run.info.status == "FINISHED"
    assert [step for step, _ in curve(database, run, "training/loss")] == [1, 2, 3, 4, 5]
    # What is trained anew, or otherwise, has a run of its own.
    show(epoch(1, "frozen", 0.75), FINISHED)
    show(epoch(1, "frozen", 0.75), name="first-seed0-other")
    assert [run.info.status for run in all_runs(database)] == ["FINISHED", "FINISHED", "KILLED"]


def test_a_record_and_its_live_run_stand_side_by_side(
    database: str, show: Show, capsys: pytest.CaptureFixture[str]
) -> None:
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    show(epoch(1, "frozen", 0.75), FINISHED)
    track()
    track()
    assert "0 of 3 runs are new" in capsys.readouterr().out
    assert list(runs(database)) == ["first (live)", "first", "second", STATE]
    # Whoever comes first makes the same experiment.
    tags = MlflowClient(database).get_experiment_by_name("bone-fracture-classification").tags
    assert "tags.target = 'fractured'" in tags[VIEW]
    assert "mlflow.note.content" in tags


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("sqlite:///junk.db", "file is not a database"),
        ("sqlite:///params.yaml/mlflow.db", "exists"),
        ("http://me:secret@127.0.0.1:9", "Connection"),
    ],
)
def test_a_store_that_refuses_is_told_in_one_line(
    uri: str, reason: str, pipeline: Path, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    (pipeline / "junk.db").write_text("junk " * 1000)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(SystemExit) as error:
        show(epoch(1, "frozen", 0.75), FINISHED)
    message = str(error.value)
    assert message.startswith(f"MLflow at {uri.partition(':')[0]}:")
    assert reason in message
    assert "secret" not in message
    assert "\n" not in message


@pytest.mark.usefixtures("pipeline")
def test_without_mlflow_that_is_told(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.delitem(sys.modules, "fracture.tracking.store", raising=False)
    with pytest.raises(SystemExit, match="ModuleNotFoundError: import of mlflow halted"):
        show(FINISHED)


def test_the_train_stage_starts_it(
    database: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr("fracture.training.live.WAIT", 300)

    def interrupted() -> None:
        with live_curves("first", 0, NAME) as curves:
            assert curves is not None
            curves.show(1, "frozen", {"loss": 0.75, "val_loss": 0.5})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    (run,) = all_runs(database)
    assert run.info.status == "KILLED"
    assert curve(database, run, "training/validation_loss") == [(1, 0.5)]
    assert "".join(capfd.readouterr()) == ""
