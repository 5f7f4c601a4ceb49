import os
from pathlib import Path

import pytest
import sqlalchemy

from fracture.tracking.location import Location, advice, quieten, without_credentials
from fracture.tracking.view import address


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (None, "sqlite:///{root}/mlflow.db"),
        ("", "sqlite:///{root}/mlflow.db"),
        ("sqlite:///runs/here.db", "sqlite:///{root}/runs/here.db"),
        ("sqlite:////elsewhere/mlflow.db", "sqlite:////elsewhere/mlflow.db"),
        ("postgresql+psycopg://lab/mlflow", "postgresql+psycopg://lab/mlflow"),
    ],
)
def test_a_database_is_in_the_repository_not_in_its_temporary_copy(
    uri: str | None, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / ".dvc" / "tmp" / "exps" / "copy"
    copy.mkdir(parents=True)
    monkeypatch.chdir(copy)
    environment = {"DVC_ROOT": str(tmp_path)} | (
        {} if uri is None else {"MLFLOW_TRACKING_URI": uri}
    )
    location = Location.find(environment)
    assert location.uri == expected.format(root=tmp_path)
    assert location.database
    beside = location.file.parent if location.file else tmp_path
    assert location.artifacts == f"file://{beside}/mlartifacts"


def test_without_dvc_the_database_is_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Location.find({}) == Location(
        tmp_path, f"sqlite:///{tmp_path}/mlflow.db", tmp_path / "mlflow.db"
    )


@pytest.mark.parametrize("name", ["plain", "50% #1?", "ä & 'b'"])
def test_mlflow_opens_a_database_in_any_folder_and_waits_for_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / name
    root.mkdir()
    monkeypatch.chdir(root)
    location = Location.find({})
    assert str(location) == f"sqlite:///{root}/mlflow.db"
    engine = sqlalchemy.create_engine(location.to_open)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 60_000
        connection.exec_driver_sql("CREATE TABLE x (y)")
    engine.dispose()
    assert [file.name for file in root.iterdir()] == ["mlflow.db"]


def test_each_clone_has_a_name_of_its_own(tmp_path: Path) -> None:
    here, there = (Location.find({"DVC_ROOT": str(tmp_path / name)}) for name in "ab")
    assert here.clone != there.clone
    assert here.clone == Location.find({"DVC_ROOT": str(tmp_path / "a")}).clone


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("(sqlite3) attempt to write a readonly database", "read-only; make it and its folder wr"),
        ("no such revision: out-of-date database schema (found 1)", "; run `mlflow db upgrade`"),
        ("API request to endpoint x failed with error code 500", "error; look into its log, or"),
        ("API request to x failed with error code 401 != 200", "name and password; mend them in"),
        ("API request to x failed with error code 403: 'Permission denied'", "account may not do"),
        ("(caused by x: [Errno 111] Connection refused)", "nothing listens there; start that serv"),
        ("database is locked\n[SQL: INSERT]", "is locked; end the program that holds it"),
        ("No module named 'psycopg2'", "it needs psycopg2, which is not installed; install"),
    ],
)
def test_an_error_is_told_in_our_words_with_what_to_do(message: str, expected: str) -> None:
    line = advice(RuntimeError(message))
    assert expected in line
    assert "Error" not in line
    assert "\n" not in line


def test_an_error_of_another_kind_speaks_for_itself() -> None:
    assert advice(ValueError("no such option")) == "ValueError: no such option"


@pytest.mark.parametrize("uri", ["http://127.0.0.1:5000", "https://lab.example", "databricks"])
def test_a_server_keeps_the_artifacts(uri: str) -> None:
    location = Location.find({"MLFLOW_TRACKING_URI": uri})
    assert location.uri == uri
    assert not location.database
    assert location.artifacts is None


def test_a_browser_opens_the_table_of_runs(tmp_path: Path) -> None:
    where = "/#/experiments/7/runs?workflowType=machine_learning&viewStateShareKey=scores"
    assert address(Location.find({}), "7", "5001") == f"http://127.0.0.1:5001{where}"
    served = Location(tmp_path, "https://me:secret@lab.example/mlflow/")
    assert address(served, "7", "5001") == f"https://lab.example/mlflow{where}"


def test_no_credentials_are_shown() -> None:
    assert str(Location(Path(), "postgresql://me:secret@lab/db")) == "postgresql://lab/db"
    assert without_credentials("GET http://me:se:cr@lab/x, a@b") == "GET http://lab/x, a@b"


def test_what_the_user_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    monkeypatch.setenv("MLFLOW_LOGGING_LEVEL", "DEBUG")
    quieten()
    assert os.environ["MLFLOW_LOGGING_LEVEL"] == "DEBUG"
