"""Weights files are looked for in an empty folder, and there is no network to fetch them from."""

import urllib.error
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which Keras looks for weights; there is no network."""

    def no_network(*_: Any) -> None:
        raise urllib.error.URLError("no route to host")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr("keras.src.backend.config._KERAS_DIR", str(tmp_path))
    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", no_network)
    (tmp_path / "models").mkdir()
    return tmp_path / "models"
