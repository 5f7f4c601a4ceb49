from pathlib import Path

import pytest

from fracture.artifacts.raw import data_root


@pytest.fixture(autouse=True)
def temporary_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """As in `dvc exp run --temp`: the working directory is a copy, DVC_ROOT the repository."""
    (tmp_path / "copy/data/raw").mkdir(parents=True)
    (tmp_path / "repository/data/raw/FracAtlas").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "copy")
    monkeypatch.setenv("DVC_ROOT", str(tmp_path / "repository"))
    return tmp_path


def test_git_ignored_data_are_found_in_the_repository(temporary_copy: Path) -> None:
    assert data_root("data/raw/FracAtlas") == temporary_copy / "repository/data/raw/FracAtlas"


def test_what_is_here_comes_first() -> None:
    Path("data/raw/FracAtlas").mkdir()
    assert data_root("data/raw/FracAtlas") == Path("data/raw/FracAtlas")


def test_what_is_nowhere_is_named_as_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_root("data/raw/absent") == Path("data/raw/absent")
    monkeypatch.delenv("DVC_ROOT")
    assert data_root("data/raw/FracAtlas") == Path("data/raw/FracAtlas")


def test_absolute_and_home(temporary_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_root(str(temporary_copy)) == temporary_copy
    monkeypatch.setenv("HOME", str(temporary_copy))
    assert data_root("~/radiographs") == temporary_copy / "radiographs"
