"""Whatever is wrong with MLflow, `track` says in one line what to do, and ends with an error."""

import os
import re
import socket
import sqlite3
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from fracture.console import PipelineError
from stages.track import main
from tests.tracking.examples import runs

# MLflow uses what SQLAlchemy deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")


def refused(capsys: pytest.CaptureFixture[str]) -> str:
    """Run the stage; return the one line that says why it failed."""
    with pytest.raises(PipelineError) as error:
        main()
    assert capsys.readouterr().out == ""
    line = str(error.value)
    assert "\n" not in line
    assert line.startswith("MLflow at ")
    assert "lacks these results, which are whole in DVC; `dvc repro` adds them: " in line
    return line


@pytest.mark.usefixtures("pipeline")
def test_without_mlflow_there_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)
    monkeypatch.delitem(sys.modules, "fracture.tracking.store", raising=False)
    main()
    line = capsys.readouterr().err
    assert line.startswith("warning: MLflow at sqlite:")
    assert line.endswith("which are whole in DVC: it is not installed\n")


@pytest.mark.usefixtures("pipeline")
def test_an_experiment_is_not_lost_when_mlflow_is_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DVC_EXP_NAME", "sunny-axe")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "sqlite:///params.yaml")
    main()
    line = capsys.readouterr().err
    assert "`dvc exp apply sunny-axe`, then `dvc repro`, adds them: " in line
    assert "file is not a database" in line


def silent() -> tuple[socket.socket, str]:
    """Listen on a port, and never answer."""
    server = socket.create_server(("127.0.0.1", 0))
    return server, f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.usefixtures("pipeline")
@pytest.mark.parametrize("scheme", ["http", "postgresql+psycopg2"])
def test_an_unreachable_server_is_an_error_and_shows_no_password(
    scheme: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"{scheme}://me:secret@127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    start = time.monotonic()
    line = refused(capsys)
    assert time.monotonic() - start < 15
    assert f"MLflow at {scheme}://127.0.0.1:9 lacks" in line
    assert "secret" not in line


@pytest.mark.usefixtures("pipeline")
def test_a_server_that_does_not_answer_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server, host = silent()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://{host}")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    with server:
        assert "it does not answer; start that server anew" in refused(capsys)
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "1"


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("sqlite:///junk.db", "file is not a database, or it is damaged; move it away, or name "),
        ("sqlite:///params.yaml/mlflow.db", "a file lies where its folder would; move it away"),
        ("./mlruns", "it is a folder, in which MLflow no longer records; mend MLFLOW_TRACKING_URI"),
        ("sqlit:///mlflow.db", "no address that MLflow knows; mend .*: expected http://, https:"),
        ("http://no-host.invalid", "there is no such host; mend MLFLOW_TRACKING_URI"),
    ],
)
def test_a_store_that_cannot_be_opened_is_an_error(
    uri: str,
    reason: str,
    pipeline: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (pipeline / "junk.db").write_text("junk " * 1000)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    assert re.search(reason, refused(capsys))
    assert (pipeline / "junk.db").read_text() == "junk " * 1000


def test_another_process_that_records_is_waited_for(
    database: str,
    pipeline: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with closing(sqlite3.connect(pipeline / "mlflow.db.lock", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr("fracture.tracking.store.WAIT", 0.1)
        assert "the database is locked; end the program that holds it" in refused(capsys)
    main()
    assert len(runs(database)) == 3


def test_a_database_that_is_locked_is_waited_for(
    database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(
        sqlite3.connect("mlflow.db", isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("BEGIN EXCLUSIVE")
        with monkeypatch.context() as patch:
            for module in ("location", "database"):
                patch.setattr(f"fracture.tracking.{module}.LOCKED", 0.1)
            assert "the database is locked; end the program that holds it" in refused(capsys)
        release = threading.Timer(1, lambda: other.execute("COMMIT"))
        release.start()
        main()
        release.join()
    assert len(runs(database)) == 3


def test_an_experiment_that_was_deleted_comes_back(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    main()
    client = MlflowClient(database)
    client.delete_experiment(runs(database)["first"].info.experiment_id)
    capsys.readouterr()
    main()
    assert capsys.readouterr().out.startswith("0 of 3 runs are new")
    assert len(runs(database)) == 3
