"""The doctor drops from DVC's cache what its name does not fit, and nothing else."""

import errno
import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from fracture.artifacts.atomic import replacing
from fracture.artifacts.cache import LOCK, is_damaged, md5_in
from fracture.console import PipelineError
from tools import doctor


def keep(cache: Path, content: bytes, ending: str = "") -> Path:
    """Put content into a cache as DVC does."""
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    path = cache / "files/md5" / md5[:2] / (md5[2:] + ending)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o444)
    return path


def damage(path: Path, content: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(content)
    path.chmod(0o444)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the cache of an empty repository, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / ".dvc/cache"
    folder.mkdir(parents=True)
    monkeypatch.setattr(doctor, "cache_folder", lambda: folder)
    return folder


@pytest.mark.parametrize("content", [b"", b"id,part\n1,tr", b"id,part\n1,tesd\n"])
def test_what_is_damaged_is_dropped_and_named(
    cache: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    split, model = keep(cache, b"id,part\n1,test\n"), keep(cache, b"weights")
    entries = [{"md5": md5_in(model), "relpath": "seed0/network.weights.h5"}]
    listing = keep(cache, json.dumps(entries).encode(), ".dir")
    outs = [
        {"path": "data/split.csv", "md5": md5_in(split)},
        {"path": "data/models/one", "md5": f"{md5_in(listing)}.dir"},
        {"path": "metrics/audit.json"},
    ]
    LOCK.write_text(json.dumps({"stages": {"split": {"outs": outs}}}))
    for path in (split, model):
        damage(path, content)
    doctor.main()
    told = sorted(capsys.readouterr().out.splitlines())
    summary = "3 files in DVC's cache, 2 of them damaged: run `dvc repro`, or `dvc pull` where you"
    assert told == [
        f"{summary} have a remote",
        f"data/models/one/seed0/network.weights.h5: damaged in DVC's cache: {model} dropped",
        f"data/split.csv: damaged in DVC's cache: {split} dropped",
    ]
    assert [path for path in cache.rglob("*") if path.is_file()] == [listing]


def test_what_is_whole_stays(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = keep(cache, b"whole")
    (kept.parent / ".half.tmp").write_bytes(b"DVC's own")
    doctor.main()
    assert capsys.readouterr().out == "1 files in DVC's cache, 0 of them damaged\n"
    assert sorted(kept.parent.iterdir()) == sorted([kept, kept.parent / ".half.tmp"])


def test_what_the_disk_cannot_read_is_damaged(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep(cache, b"whole")

    def unreadable(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(hashlib, "file_digest", unreadable)
    assert is_damaged(kept)


def test_without_a_repository_the_doctor_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    failed = subprocess.CompletedProcess([], 253, "", "ERROR: not inside of a DVC repository")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(PipelineError, match=r"not inside of a DVC .*expected a repository"):
        doctor.cache_folder()


def test_dvc_reads_a_hard_link_to_what_was_dropped_anew(cache: Path) -> None:
    kept = keep(cache, b"whole")
    os.utime(kept, (1, 1))
    os.link(kept, "output.csv")
    damage(kept, b"wholf")
    os.utime(kept, (1, 1))  # a disk that loses bits changes no time
    doctor.main()
    assert Path("output.csv").stat().st_mtime > 1


def test_dangling_links_and_what_killed_commands_left_are_removed(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = keep(cache, b"whole")
    Path("data/.new-model").mkdir(parents=True)
    Path("data/whole").symlink_to(kept)
    Path("data/gone").symlink_to(cache / "files/md5/12/34")
    Path("data/of the user").symlink_to("/nowhere")
    with replacing(Path("data/written")) as beside:
        doctor.main()
        beside.touch()
    assert {path.name for path in Path("data").iterdir()} == {"of the user", "whole", "written"}
    told = capsys.readouterr().out
    assert "data/gone: a link into DVC's cache that led nowhere: removed\n" in told
    assert "data/.new-model: left by a command that was killed: removed\n" in told


@pytest.mark.parametrize(
    ("content", "torn"), [('{"write": {}}', False), ('{"wri', True), ("", True)]
)
def test_a_lock_that_dvc_cannot_read_is_removed(cache: Path, content: str, *, torn: bool) -> None:
    lock = cache.parent / "tmp/rwlock"
    lock.parent.mkdir()
    lock.write_text(content)
    doctor.main()
    assert lock.exists() != torn
