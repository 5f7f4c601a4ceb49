"""The artifacts of one run in a temporary folder."""

from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from fracture.params.section import load
from fracture.presenting.report.findings import Findings, gather
from tests.conftest import ROOT
from tests.presenting.report.examples import save_run


@pytest.fixture
def run_folder(parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder, which is the working directory too."""
    monkeypatch.chdir(tmp_path)
    save_run(parameters)
    return tmp_path


@pytest.fixture(scope="session")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """Return what was read from such a folder."""
    with chdir(ROOT):
        parameters = load()
    with chdir(tmp_path_factory.mktemp("run")):
        save_run(parameters)
        return gather(load())
