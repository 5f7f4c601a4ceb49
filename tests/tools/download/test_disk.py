"""Room is asked for before it is needed; a disk that refuses is told in one line."""

import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from fracture.console import PipelineError
from tools.download.disk import megabytes, require_room, writing


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 MB"), (338_436_460, "338 MB"), (1_600_000_000, "1,600 MB")]
)
def test_megabytes(count: int, text: str) -> None:
    assert megabytes(count) == text


def test_room_of_the_disk_that_will_hold_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def usage(folder: Path) -> SimpleNamespace:
        asked.append(folder)
        return SimpleNamespace(free=500_000_000)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    require_room(tmp_path / "not/yet", 500_000_000)
    expected = f"the disk of {tmp_path} has 500 MB free, 938 MB are needed: make room, or name"
    with pytest.raises(PipelineError, match=expected):
        require_room(tmp_path / "not/yet", 938_436_460)
    assert asked == [tmp_path, tmp_path]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk(tmp_path: Path, number: int) -> None:
    with pytest.raises(PipelineError, match="became full: make room"), writing(tmp_path):
        raise OSError(number, os.strerror(number))


def test_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    message = r"file/below cannot be used \(Not a directory\): mend that"
    with pytest.raises(PipelineError, match=message), writing(tmp_path):
        (tmp_path / "file/below").mkdir()


def test_other_errors_pass(tmp_path: Path) -> None:
    with pytest.raises(KeyError), writing(tmp_path):
        raise KeyError("bug")
