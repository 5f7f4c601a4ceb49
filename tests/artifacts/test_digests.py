import hashlib
import os
from pathlib import Path

import pytest

from fracture.artifacts import digests
from fracture.artifacts.atomic import write_text


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.chdir(tmp_path)
    paths = [Path("a"), Path("b")]
    for path in paths:
        write_text(path, f"content {path}")
    return paths


def expected(files: list[Path]) -> dict[Path, str]:
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_only_what_changed_is_read_again(
    files: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert digests.sha256_of(files) == expected(files)
    with monkeypatch.context() as patch:
        patch.setattr(hashlib, "file_digest", None)
        assert digests.sha256_of(files) == expected(files)
    write_text(files[0], "another")
    assert digests.sha256_of(files) == expected(files)


def test_another_file_of_the_same_size_and_time_is_another(files: list[Path]) -> None:
    digests.sha256_of(files)
    facts = files[0].stat()
    write_text(files[0], "CONTENT a")
    os.utime(files[0], ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert digests.sha256_of(files) == expected(files)


@pytest.mark.parametrize("torn", ["", "{", '{"a": '])
def test_a_torn_cache_is_made_anew(files: list[Path], torn: str) -> None:
    write_text(digests.PATH, torn)
    assert digests.sha256_of(files) == expected(files)


def test_what_is_gone_is_forgotten(files: list[Path]) -> None:
    digests.sha256_of(files)
    digests.sha256_of(files[:1])
    assert '"b"' not in digests.PATH.read_text()
