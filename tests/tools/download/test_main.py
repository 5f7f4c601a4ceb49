"""The command as a whole: once, again, into another folder, and what it refuses."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.console import PipelineError
from tests.conftest import ROOT
from tests.tools.download.examples import ENTRIES, Answer, Server, source_of, zipped
from tools.download import __main__ as command
from tools.download.command import arguments
from tools.download.sources import ARCHIVES, BY_HAND

CONTENT = zipped(ENTRIES)


@pytest.fixture
def project(
    parameters: dict[str, Any], tmp_path: Path, loopback: Server, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A working directory with params.yaml, and FracAtlas on loopback."""
    monkeypatch.chdir(tmp_path)
    YAML().dump(parameters, Path("params.yaml"))
    loopback.answers = [Answer(CONTENT)]
    monkeypatch.setitem(ARCHIVES, "fracatlas", source_of(CONTENT, loopback.url))
    return tmp_path


def test_once_and_again(
    project: Path, loopback: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    command.main("fracatlas", None)
    root = project / "data/raw/FracAtlas"
    assert (root / "dataset.csv").read_bytes() == b"image_id\n"
    assert capsys.readouterr().out.splitlines() == [
        f"FracAtlas v0, 3 files: {root}",
        f"{root}.zip is no longer needed",
    ]
    command.main("fracatlas", None)
    assert capsys.readouterr().out == f"FracAtlas v0 is in place, nothing to do: {root}\n"
    assert len(loopback.paths) == 1


def test_into_another_folder_without_params_yaml(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "params.yaml").unlink()
    command.main("fracatlas", str(project / "elsewhere/X"))
    assert (project / "elsewhere/X/dataset.csv").is_file()
    assert (project / "elsewhere/FracAtlas.zip").read_bytes() == CONTENT
    assert "set datasets.fracatlas.root in params.yaml to it" in capsys.readouterr().out


def test_through_a_link_to_another_disk(project: Path) -> None:
    (project / "disk/here").mkdir(parents=True)
    (project / "link").symlink_to(project / "disk/here")
    command.main("fracatlas", "link")
    assert (project / "link").is_symlink()
    assert (project / "disk/here/dataset.csv").is_file()


def test_an_archive_put_there_by_hand(
    project: Path, loopback: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand = replace(source_of(CONTENT), file_name="FracAtlas-v6.zip")
    monkeypatch.setitem(ARCHIVES, "fracatlas_v6", by_hand)
    with pytest.raises(PipelineError, match=r"put it at \S+/data/raw/FracAtlas-v6.zip, and"):
        command.main("fracatlas_v6", None)
    (project / "data/raw").mkdir(parents=True)
    (project / "data/raw/FracAtlas-v6.zip").write_bytes(CONTENT)
    command.main("fracatlas_v6", None)
    assert (project / "data/raw/FracAtlas/dataset.csv").is_file()
    assert loopback.paths == []


def test_a_taken_folder_costs_no_download(project: Path, loopback: Server) -> None:
    (project / "data/raw/FracAtlas").mkdir(parents=True)
    (project / "data/raw/FracAtlas/mine.txt").touch()
    with pytest.raises(PipelineError, match="is taken"):
        command.main("fracatlas", None)
    assert loopback.paths == []


@pytest.mark.usefixtures("project")
def test_too_little_room_costs_no_download(
    loopback: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = len(CONTENT) + 10_000
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=needed - 1))
    with pytest.raises(PipelineError, match="make room"):
        command.main("fracatlas", None)
    assert loopback.paths == []
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=needed))
    command.main("fracatlas", None)


def test_a_disk_that_becomes_full(project: Path) -> None:
    (project / "data/raw").mkdir(parents=True)
    (project / "data/raw/FracAtlas.zip.part").symlink_to("/dev/full")
    with pytest.raises(PipelineError, match="data/raw became full: make room and run the same"):
        command.main("fracatlas", None)


def test_a_name_that_stands_for_nothing() -> None:
    expected = "no data set 'fracatlass' to fetch; expected one of: fracatlas, fracatlas_v6, mura"
    with pytest.raises(PipelineError, match=expected):
        command.main("fracatlass", None)


@pytest.mark.parametrize("name", BY_HAND)
def test_advice(name: str) -> None:
    with pytest.raises(PipelineError, match=f"{name} is not fetched by this command: .*root"):
        command.main(name, None)


def test_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["download", "--help"])
    with pytest.raises(SystemExit):
        arguments("What it does.")
    text = capsys.readouterr().out
    for told in ("What it does.", "338 MB", "--to FOLDER", "datasets.fracatlas.root", *BY_HAND):
        assert told in text


def test_errors_are_one_line() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tools.download", "mura"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("error: mura is not fetched by this command")
    assert len(run.stderr.splitlines()) == 1
