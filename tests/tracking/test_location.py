import os
from pathlib import Path

import pytest

from fracture.tracking.location import Location, quieten, without_credentials
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
    assert location.artifacts == f"file://{tmp_path}/mlartifacts"


def test_without_dvc_the_database_is_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Location.find({}) == Location(tmp_path, f"sqlite:///{tmp_path}/mlflow.db")


@pytest.mark.parametrize("uri", ["http://127.0.0.1:5000", "https://lab.example", "databricks"])
def test_a_server_keeps_the_artifacts(uri: str) -> None:
    location = Location.find({"MLFLOW_TRACKING_URI": uri})
    assert location.uri == uri
    assert not location.database
    assert location.artifacts is None


def test_a_browser_opens_the_table_of_runs(tmp_path: Path) -> None:
    where = "/#/experiments/7/runs?workflowType=machine_learning&viewStateShareKey=scores"
    assert address(Location.find({}), "7") == f"http://127.0.0.1:5000{where}"
    served = Location(tmp_path, "https://me:secret@lab.example/mlflow/")
    assert address(served, "7") == f"https://lab.example/mlflow{where}"


def test_no_credentials_are_shown() -> None:
    assert str(Location(Path(), "postgresql://me:secret@lab/db")) == "postgresql://lab/db"
    assert without_credentials("GET http://me:se:cr@lab/x, a@b") == "GET http://lab/x, a@b"


def test_what_the_user_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    monkeypatch.setenv("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    monkeypatch.setenv("MLFLOW_LOGGING_LEVEL", "DEBUG")
    quieten()
    assert os.environ["MLFLOW_LOGGING_LEVEL"] == "DEBUG"
