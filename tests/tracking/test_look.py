"""Where nothing is new `track` does without MLflow; where anything is amiss MLflow decides."""

import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fracture.console import PipelineError
from fracture.params.section import load
from fracture.tracking.gather import records_of
from fracture.tracking.location import Location
from fracture.tracking.look import experiment_with_all
from fracture.tracking.look import main as show_address
from fracture.tracking.record import by_key
from fracture.tracking.view import VIEW, experiment_tags
from stages.track import main
from tests.conftest import ROOT
from tests.tracking.examples import STATE, change_parameters, runs

# MLflow uses what SQLAlchemy deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")


def folder(run: Any) -> Path:
    return Path(run.info.artifact_uri.removeprefix("file://"))


def delete_run(uri: str) -> None:
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    MlflowClient(uri).delete_run(runs(uri)["first"].info.run_id)


def delete_folder(uri: str) -> None:
    shutil.rmtree(folder(runs(uri)["first"]))


def delete_file(uri: str) -> None:
    (folder(runs(uri)["first"]) / "plots/roc.png").unlink()


def empty_file(uri: str) -> None:
    (folder(runs(uri)["first"]) / "plots/roc.png").write_bytes(b"")


def execute(uri: str, statement: str) -> None:
    with closing(sqlite3.connect(uri.removeprefix("sqlite:///"))) as connection, connection:
        connection.execute(statement)


def look(**environment: str) -> str | None:
    """Return what is seen of the records of the working directory."""
    parameters = load()
    return experiment_with_all(
        by_key(records_of(parameters)),
        Location.find(environment),
        parameters["track"]["experiment"],
        experiment_tags("fractured")[VIEW],
    )


def test_a_second_call_imports_no_mlflow_and_adds_nothing(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    first, before = capsys.readouterr().out, runs(database).keys()
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.delitem(sys.modules, "fracture.tracking.store", raising=False)
    main()
    output = capsys.readouterr()
    assert output.out == first.replace("3 of 3", "0 of 3")
    assert output.err == ""
    monkeypatch.undo()
    assert runs(database).keys() == before


@pytest.mark.parametrize("lose", [delete_run, delete_folder, delete_file, empty_file])
def test_what_was_lost_is_written_again(
    lose: Callable[[str], None], database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    lose(database)
    assert look() is None
    capsys.readouterr()
    main()
    assert capsys.readouterr().out.startswith("1 of 3 runs are new")
    there = runs(database)
    assert sorted(there) == [STATE, "first", "second"]
    assert (folder(there["first"]) / "plots/roc.png").stat().st_size > 0
    assert look() == there["first"].info.experiment_id


def test_a_database_that_was_lost_is_made_again(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    main()
    Path("mlflow.db").unlink()
    # In a process of its own: in this one, MLflow still holds the database open.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    again = subprocess.run(
        [sys.executable, "-m", "stages.track"], capture_output=True, text=True, check=True
    )
    assert again.stdout.startswith(f"3 of 3 runs are new in {database}")
    assert look() is not None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE runs SET status = 'RUNNING' WHERE name = 'first'",
        "UPDATE runs SET lifecycle_stage = 'deleted' WHERE name = 'first'",
        "DELETE FROM tags WHERE key = 'mlflow.parentRunId'",
        "UPDATE runs SET lifecycle_stage = 'deleted' WHERE name LIKE 'demo on %'",
        "DELETE FROM tags WHERE key = 'headline'",
        "UPDATE experiment_tags SET value = '{}' WHERE key = 'mlflow.sharedViewState.scores'",
        "UPDATE experiments SET lifecycle_stage = 'deleted'",
        "UPDATE experiments SET name = name || ' of others'",
        "UPDATE experiments SET artifact_location = 'file:///elsewhere/mlartifacts'",
        "ALTER TABLE runs RENAME COLUMN artifact_uri TO artifacts",
        "DROP TABLE experiment_tags",
    ],
)
def test_whatever_is_not_as_expected_is_left_to_mlflow(database: str, change: str) -> None:
    main()
    assert look() is not None
    execute(database, change)
    assert look() is None


def test_networks_that_need_not_be_copied_are_not_missed(database: str) -> None:
    change_parameters(track__networks="none")
    main()
    assert look() == runs(database)["first"].info.experiment_id
    change_parameters(track__networks="all")
    assert look() is None
    main()
    assert look() is not None
    execute(database, "UPDATE tags SET value = 'not copied' WHERE key = 'network'")
    assert look() is None


@pytest.mark.usefixtures("pipeline")
@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:9", "sqlite:///absent.db", "sqlite:///params.yaml", "sqlite://"]
)
def test_another_store_is_left_to_mlflow(uri: str) -> None:
    assert look(MLFLOW_TRACKING_URI=uri) is None
    assert not Path("absent.db").exists()


def test_files_in_an_object_store_are_believed_to_be_there(database: str) -> None:
    main()
    execute(database, "UPDATE runs SET artifact_uri = 's3://bucket/' || run_uuid")
    assert look() is not None


@pytest.mark.usefixtures("pipeline")
def test_a_port_that_another_program_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        monkeypatch.setenv("MLFLOW_PORT", port)
        with pytest.raises(PipelineError, match=rf"^port {port} cannot be used .*PORT=5001`$"):
            show_address()
    for port in ("five", "70000"):
        monkeypatch.setenv("MLFLOW_PORT", port)
        with pytest.raises(PipelineError, match=f"MLFLOW_PORT is {port}: expected a number"):
            show_address()


def test_make_mlflow_opens_the_experiment_by_its_id(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_PORT", "5801")
    show_address()
    assert ":5801/#/experiments/1/runs?" in capsys.readouterr().out
    main()
    execute(database, "UPDATE experiments SET experiment_id = 7 WHERE experiment_id = 1")
    capsys.readouterr()
    show_address()
    assert "/#/experiments/7/runs?" in capsys.readouterr().out
