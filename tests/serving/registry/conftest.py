"""A pipeline that has judged and sealed three systems, and an MLflow database for it."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from fracture.params.section import load
from fracture.tracking.location import QUIET
from tests.conftest import ROOT
from tests.serving.registry.examples import lay_out, leave, less_sure, opposite, plain
from tests.tracking.conftest import empty_database

__all__ = ["empty_database"]


@pytest.fixture(scope="session")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leave what the stages before leave of three systems on the same radiographs."""
    folder = tmp_path_factory.mktemp("judged")
    with chdir(ROOT):
        parameters = load()
    parameters["datasets"]["synthetic"]["root"] = "raw"
    with chdir(folder):
        YAML().dump(parameters, Path("params.yaml"))
        lay_out()
        leave("plain", plain(), 3)
        leave("less_sure", less_sure(), 2)
        leave("opposite", opposite(), 1)
    return folder


@pytest.fixture
def repository(
    judged: Path, empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Work in a copy of it with an empty MLflow database; yield its folder."""
    folder = tmp_path / "repository"
    shutil.copytree(judged, folder)
    shutil.copy(empty_database, folder / "mlflow.db")
    monkeypatch.chdir(folder)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    for name, value in (QUIET | {"MLFLOW_TRACKING_URI": "sqlite:///mlflow.db"}).items():
        monkeypatch.setenv(name, value)
    yield folder
    if "mlflow" in sys.modules:
        sys.modules["mlflow"].set_tracking_uri(None)
