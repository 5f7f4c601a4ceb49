"""The download from a server on loopback, unpacking, and the command as a whole."""

import errno
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zipfile import ZipFile

import pytest
from requests import Response
from ruamel.yaml import YAML

from fracture.console import PipelineError
from tests.conftest import ROOT
from tests.tools.conftest import Answer, Server
from tests.tools.examples import CONTENT, ENTRIES, archive_of, files, names
from tools import download as command
from tools.archives import ARCHIVES, BY_HAND

pytestmark = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
DAMAGED = CONTENT[:-1] + b"x"


@pytest.fixture
def raw(
    parameters: dict[str, Any], tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """Return data/raw of a working directory with params.yaml, with FracAtlas on loopback."""
    monkeypatch.chdir(tmp_path)
    YAML().dump(parameters, Path("params.yaml"))
    monkeypatch.setitem(ARCHIVES, "fracatlas", archive_of(CONTENT, server.url))
    raw = tmp_path / "data/raw"
    raw.mkdir(parents=True)
    return raw


def test_once_and_again(raw: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    command.main("fracatlas", None)
    root = raw / "FracAtlas"
    found = files(root)
    assert found.pop("SOURCE.txt").decode() == archive_of(CONTENT).receipt
    assert found == {name.removeprefix("FracAtlas/"): body for name, body in ENTRIES.items()}
    assert (raw / "FracAtlas.zip").read_bytes() == CONTENT
    assert names(raw) == {"FracAtlas", "FracAtlas.zip"}
    expected = [f"FracAtlas v0: {root}", f"{root}.zip is no longer needed"]
    assert capsys.readouterr().out.splitlines() == expected
    command.main("fracatlas", None)
    assert capsys.readouterr().out == f"FracAtlas v0 is in place, nothing to do: {root}\n"
    assert len(server.paths) == 1


def test_another_folder_without_params_yaml(raw: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("params.yaml").unlink()
    command.main("fracatlas", str(raw / "elsewhere/X"))
    assert names(raw / "elsewhere") == {"X", "FracAtlas.zip"}
    assert "set datasets.fracatlas.root in params.yaml to it" in capsys.readouterr().out


def test_an_empty_folder_behind_a_link_is_filled(raw: Path) -> None:
    (raw / "disk/here").mkdir(parents=True)
    (raw / "link").symlink_to(raw / "disk/here")
    command.main("fracatlas", str(raw / "link"))
    assert (raw / "link").is_symlink()
    assert (raw / "disk/here/dataset.csv").is_file()


def test_an_archive_that_was_put_there(
    raw: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_hand = replace(archive_of(CONTENT), title="v6", file_name="FracAtlas-v6.zip")
    monkeypatch.setitem(ARCHIVES, "fracatlas_v6", by_hand)
    expected = r"no permanent address .* from https://doi.org/\S+, put it at \S+FracAtlas-v6.zip"
    with pytest.raises(PipelineError, match=expected):
        command.main("fracatlas_v6", None)
    (raw / "FracAtlas-v6.zip").write_bytes(CONTENT)
    command.main("fracatlas_v6", None)
    assert (raw / "FracAtlas/dataset.csv").is_file()
    with pytest.raises(PipelineError, match="FracAtlas is taken"):  # by the other version
        command.main("fracatlas", None)
    assert server.paths == []


def test_another_file_in_the_place_of_the_archive_is_left(raw: Path, server: Server) -> None:
    (raw / "FracAtlas.zip").write_bytes(DAMAGED)
    with pytest.raises(PipelineError, match=r"is not FracAtlas v0 \(another SHA-256; .*move it"):
        command.main("fracatlas", None)
    assert files(raw) == {"FracAtlas.zip": DAMAGED}
    assert server.paths == []


@pytest.mark.parametrize("name", ["FracAtlas", "FracAtlas/mine.txt"])
def test_a_taken_place_is_left_and_costs_no_download(raw: Path, server: Server, name: str) -> None:
    (raw / name).parent.mkdir(exist_ok=True)
    (raw / name).write_text("mine")
    with pytest.raises(PipelineError, match=r"FracAtlas is taken, .*: nothing was changed"):
        command.main("fracatlas", None)
    assert files(raw) == {name: b"mine"}
    assert server.paths == []


def test_too_little_room_costs_no_download(
    raw: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = len(CONTENT) + 10_000
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=needed - 1))
    with pytest.raises(PipelineError, match="has 0 MB free, 0 MB are needed: make room"):
        command.main("fracatlas", None)
    assert (names(raw), server.paths) == (set(), [])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=needed))
    command.main("fracatlas", None)


@pytest.mark.parametrize(
    ("first", "requests"),
    [
        (Answer(CONTENT[:100], size=len(CONTENT)), 2),  # broken off
        (Answer(DAMAGED), 2),
        (Answer(status=503), 2),
        (Answer(status=302, location="/signed"), 2),
    ],
)
def test_a_server_that_recovers(raw: Path, server: Server, first: Answer, requests: int) -> None:
    server.answers.insert(0, first)
    command.main("fracatlas", None)
    assert (raw / "FracAtlas.zip").read_bytes() == CONTENT
    assert len(server.paths) == requests


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer(CONTENT[:100], size=len(CONTENT)), "IncompleteRead"),
        (Answer(DAMAGED), f"SHA256 hash .* expected {sha256(CONTENT).hexdigest()} but got"),
        (Answer(CONTENT + b"x"), "SHA256 hash"),
        (Answer(status=202), "SHA256 hash"),  # a test for browsers
        (Answer(status=404), "404 Client Error"),
        (Answer(status=503), "503 Server Error"),
    ],
)
def test_a_server_that_does_not(raw: Path, server: Server, answer: Answer, reason: str) -> None:
    server.answers = [answer]
    expected = rf"^FracAtlas v0 could not be downloaded \(.*{reason}.*browser from https://doi"
    with pytest.raises(PipelineError, match=expected) as caught:
        command.main("fracatlas", None)
    assert "\n" not in str(caught.value)
    assert names(raw) == set()


@pytest.mark.parametrize(("scheme", "reason"), [("http", "refused"), ("https", "SSL")])
def test_no_connection(
    raw: Path, server: Server, monkeypatch: pytest.MonkeyPatch, scheme: str, reason: str
) -> None:
    url = "http://127.0.0.1:1/" if scheme == "http" else server.url.replace("http:", "https:")
    monkeypatch.setitem(ARCHIVES, "fracatlas", archive_of(CONTENT, url))
    with pytest.raises(PipelineError, match=f"{reason}.*: nothing was kept; check the network"):
        command.main("fracatlas", None)
    assert names(raw) == set()


@pytest.mark.parametrize("step", ["download", "unpack"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_a_full_disk_or_an_interrupt_leaves_nothing(
    raw: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    def receive(*_: Any, **__: Any) -> Iterator[bytes]:
        yield CONTENT[:100]
        raise error

    def write(*given: Any) -> None:
        given[-1].mkdir()
        (given[-1] / "incomplete").touch()
        raise error

    if step == "download":
        monkeypatch.setattr(Response, "iter_content", receive)
    else:
        monkeypatch.setattr(ZipFile, "extract", write)
    expected = KeyboardInterrupt if isinstance(error, KeyboardInterrupt) else PipelineError
    with pytest.raises(expected, match=r"^$|raw cannot be written \(No space left\): make room"):
        command.main("fracatlas", None)
    assert names(raw) == (set() if step == "download" else {"FracAtlas.zip"})


def test_what_a_killed_run_left_is_removed(raw: Path) -> None:
    (raw / ".new-FracAtlas").mkdir()
    (raw / ".new-FracAtlas/tmp123").touch()
    command.main("fracatlas", None)
    assert names(raw) == {"FracAtlas", "FracAtlas.zip"}


def test_a_name_that_stands_for_nothing() -> None:
    expected = (
        r"no data set 'fracatlass' to download \(did you mean fracatlas\?\); expected one of: "
        "fracatlas, fracatlas_v6, mura"
    )
    with pytest.raises(PipelineError, match=expected):
        command.main("fracatlass", None)


@pytest.mark.parametrize("name", BY_HAND)
def test_how_to_get_what_cannot_be_downloaded(name: str) -> None:
    expected = rf"^{name} cannot be downloaded by this command: .*datasets\.{name}\.root"
    with pytest.raises(PipelineError, match=expected) as caught:
        command.main(name, None)
    assert "\n" not in str(caught.value)


def test_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["download", "--help"])
    with pytest.raises(SystemExit):
        command.arguments()
    text = capsys.readouterr().out
    for part in ("FracAtlas v7, CC BY 4.0, 338 MB", "--to FOLDER", *ARCHIVES, *BY_HAND):
        assert part in text


def test_the_command_ends_in_one_line_of_error() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tools.download", "mura"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("error: mura cannot be downloaded by this command")
    assert len(run.stderr.splitlines()) == 1
