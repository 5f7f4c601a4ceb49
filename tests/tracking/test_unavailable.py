"""Whatever is wrong with MLflow, `track` warns in one line and the pipeline goes on."""

import os
import socket
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from stages.track import main
from tests.tracking.examples import runs

# MLflow uses what SQLAlchemy deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")


def warning(capsys: pytest.CaptureFixture[str]) -> str:
    output = capsys.readouterr()
    assert output.out == ""
    (line,) = output.err.splitlines()
    assert line.startswith("warning: MLflow at ")
    assert "`python -m stages.track` tries again: " in line
    return line


@pytest.mark.usefixtures("pipeline")
def test_without_mlflow_there_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.delitem(sys.modules, "fracture.tracking.store", raising=False)
    main()
    assert "mlflow" in warning(capsys).partition("ModuleNotFoundError: ")[2]


def silent() -> tuple[socket.socket, str]:
    """Listen on a port, and never answer."""
    server = socket.create_server(("127.0.0.1", 0))
    return server, f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.usefixtures("pipeline")
@pytest.mark.parametrize("scheme", ["http", "postgresql+psycopg2"])
def test_an_unreachable_server_is_a_warning_and_shows_no_password(
    scheme: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"{scheme}://me:secret@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    start = time.monotonic()
    main()
    assert time.monotonic() - start < 15
    line = warning(capsys)
    assert f"MLflow at {scheme}://127.0.0.1:9 lacks" in line
    assert "secret" not in line


@pytest.mark.usefixtures("pipeline")
def test_a_server_that_does_not_answer_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server, host = silent()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://{host}")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    with server:
        main()
    assert "Read timed out" in warning(capsys)
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "1"


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("sqlite:///junk.db", "file is not a database"),
        ("sqlite:///params.yaml/mlflow.db", "exists"),
        ("./mlruns", "maintenance mode"),
    ],
)
def test_a_store_that_cannot_be_opened_is_a_warning(
    uri: str,
    reason: str,
    pipeline: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (pipeline / "junk.db").write_text("junk " * 1000)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    main()
    assert reason in warning(capsys)


def test_another_process_that_records_is_waited_for(
    database: str,
    pipeline: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with closing(sqlite3.connect(pipeline / "mlflow.db.lock", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr("fracture.tracking.store.WAIT", 0.1)
        main()
        assert "database is locked" in warning(capsys)
    main()
    assert len(runs(database)) == 3


def test_an_experiment_that_was_deleted_is_a_warning(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    client = MlflowClient(database)
    client.delete_experiment(client.create_experiment("bone-fracture-classification"))
    main()
    assert "must be in the 'active' state" in capsys.readouterr().err
