"""Costs belong to the networks that were measured, and to this machine."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time

import pytest

from fracture.artifacts import costs, history
from fracture.artifacts.costs import Costs, Prediction, Training

TRAINING = {"seconds": 12.5, "whole": True, "images_per_second": 40.0}


@pytest.fixture(autouse=True)
def trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder with the history of a model."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    leave_history("one training")


def leave_history(text: str) -> None:
    history.path("small").parent.mkdir(parents=True, exist_ok=True)
    history.path("small").write_text(text)


def test_what_is_written_is_read_with_when_and_where() -> None:
    costs.write("small", Training, "tensorflow on cpu (1 threads), float32", **TRAINING)
    costs.write("small", Prediction, "tensorflow on cpu", milliseconds=3.25)
    found = costs.read("small")
    assert found.training is not None
    assert found.prediction is not None
    assert found.training.model_dump(include=set(TRAINING)) == TRAINING
    assert found.training.device == "tensorflow on cpu (1 threads), float32"
    assert found.prediction.milliseconds == 3.25
    age = datetime.now(UTC) - datetime.fromisoformat(found.training.finished)
    assert timedelta() <= age < timedelta(minutes=5)
    assert 20 < found.training.megabytes < 100_000
    assert 0 < found.training.processor_seconds <= process_time()
    assert " cores)" in found.training.machine


def test_networks_of_another_training_were_not_measured() -> None:
    costs.write("small", Training, "cpu", **TRAINING)
    leave_history("another training")
    assert costs.read("small") == Costs(None, None)
    leave_history("one training")
    assert costs.read("small").training is not None


def test_what_was_never_trained_damaged_or_of_another_version_was_not_measured() -> None:
    assert costs.read("small") == costs.read("unknown") == Costs(None, None)
    costs.write("small", Training, "cpu", **TRAINING)
    (file,) = (costs.FOLDER / "small").iterdir()
    for text in ("", '{"seconds": 3}'):
        file.write_text(text)
        assert costs.read("small") == Costs(None, None)


def test_an_experiment_in_a_copy_leaves_its_costs_in_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "copy").mkdir()
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.chdir("copy")
    leave_history("one training")
    costs.write("small", Training, "cpu", **TRAINING)
    monkeypatch.chdir(tmp_path)
    assert costs.read("small").training is not None
