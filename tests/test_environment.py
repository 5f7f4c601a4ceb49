"""A command that another Python was asked to run goes on with the environment, or says so."""

import ast
import sys
from pathlib import Path

import pytest

from fracture import environment
from tests.conftest import ROOT


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Let the libraries be absent; return what the process goes on with."""
    commands: list[list[str]] = []
    monkeypatch.setattr(environment, "NEEDED", "a_library_that_is_absent")
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "stages.train", "one"])
    monkeypatch.setattr("os.execv", lambda _, command: commands.append(command))
    return commands


def test_another_python_goes_on_with_that_of_the_environment(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.touch()
    monkeypatch.setattr(environment, "PYTHON", python)
    with pytest.raises(SystemExit):
        environment.use_environment()  # the real one replaces the process
    assert started == [[str(python), "-m", "stages.train", "one"]]


def test_an_environment_that_lacks_the_libraries_is_told_once(
    started: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for python in (tmp_path / "absent", Path(sys.prefix).resolve() / "bin/python"):
        monkeypatch.setattr(environment, "PYTHON", python)
        with pytest.raises(SystemExit, match=r"has no a_library.*: run `make env` once, then `so"):
            environment.use_environment()
    assert started == []


def test_with_its_libraries_a_python_is_kept(started: list[list[str]]) -> None:
    environment.NEEDED = "json"
    environment.use_environment()
    assert started == []


def test_python_3_8_can_read_it() -> None:
    ast.parse((ROOT / "fracture/environment.py").read_text(), feature_version=(3, 8))
    for package in ("stages", "tools"):
        assert "use_environment()" in (ROOT / package / "__init__.py").read_text()
