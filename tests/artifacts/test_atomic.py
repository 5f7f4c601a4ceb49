"""What is written stands in its place whole or not at all, and one process alone writes it."""

import errno
import fcntl
import os
from pathlib import Path

import pytest

from fracture.artifacts.atomic import FULL, remove_left, replacing, reserve, write_text
from fracture.console import PipelineError


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "new folder/table.csv"
    write_text(target, "old")
    with replacing(target) as beside:
        beside.write_text("new")
        assert beside.name == "table.csv"
        assert target.read_text() == "old"
        assert names(target.parent) == [".new-table.csv", "table.csv"]
    assert target.read_text() == "new"
    assert names(target.parent) == ["table.csv"]


@pytest.mark.parametrize("before", ["nothing", "file", "folder", "link"])
def test_a_folder_replaces_whatever_was_there(tmp_path: Path, before: str) -> None:
    target, elsewhere = tmp_path / "model", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    if before == "file":
        target.touch()
    elif before == "folder":
        target.mkdir()
        (target / "old").touch()
    elif before == "link":
        target.symlink_to(elsewhere)
    with replacing(target) as beside:
        beside.mkdir()
        (beside / "new").touch()
    assert names(target) == ["new"]
    assert names(elsewhere) == ["kept"]
    assert names(tmp_path) == ["elsewhere", "model"]


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    write_text(tmp_path / "table.csv", "old")

    def fail() -> None:
        with replacing(tmp_path / "table.csv") as beside:
            beside.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert (tmp_path / "table.csv").read_text() == "old"
    assert names(tmp_path) == ["table.csv"]


def test_a_folder_stays_where_none_was_made_for_its_place(tmp_path: Path) -> None:
    (tmp_path / "network").mkdir()
    (tmp_path / "network/weights").write_text("old")
    with pytest.raises(FileNotFoundError), replacing(tmp_path / "network"):
        pass
    assert (tmp_path / "network/weights").read_text() == "old"
    assert names(tmp_path) == ["network"]


@pytest.mark.parametrize("left", [".new-model", ".new-model/tmp1/model/half"])
def test_what_a_killed_process_left_is_removed(tmp_path: Path, left: str) -> None:
    (tmp_path / left).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / left).write_text("half")
    with replacing(tmp_path / "model") as beside:
        assert not beside.exists()
        assert len(names(tmp_path / ".new-model")) == 2  # the lock, and where it is written
        beside.mkdir()
    assert names(tmp_path) == ["model"]


def test_two_processes_do_not_write_the_same(tmp_path: Path) -> None:
    target = tmp_path / "model"
    with replacing(target) as first:
        first.write_text("first")
        with (
            pytest.raises(PipelineError, match=rf"model is being written .* id: {os.getpid()}\)"),
            replacing(target),
        ):
            pass
        write_text(tmp_path / "other", "another target")
    assert target.read_text() == "first"
    assert names(tmp_path) == ["model", "other"]


def test_what_is_left_anywhere_can_be_removed(tmp_path: Path) -> None:
    left = tmp_path / "models/.new-resnet50/tmp1"
    (left / "resnet50/.new-a.json/tmp2").mkdir(parents=True)  # a file in a folder
    with replacing(tmp_path / "models/vgg16") as beside:
        beside.mkdir()
        assert remove_left(tmp_path) == [left.parent]
        assert beside.is_dir()
    assert names(tmp_path / "models") == ["vgg16"]


def test_without_locks_the_later_of_two_writers_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def flock(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(fcntl, "flock", flock)
    place = tmp_path / "table.csv"

    def write_twice() -> None:
        with replacing(place) as first:
            first.write_text("first")
            write_text(place, "second")

    with pytest.raises(FileNotFoundError):
        write_twice()
    assert place.read_text() == "second"
    assert names(tmp_path) == ["table.csv"]


@pytest.mark.parametrize("number", FULL)
def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path: Path, number: int) -> None:
    write_text(tmp_path / "table.csv", "old")

    def fail() -> None:
        with replacing(tmp_path / "table.csv") as beside:
            beside.write_text("half")
            raise OSError(number, os.strerror(number))

    with pytest.raises(PipelineError, match=r"table.csv: .* (disk|quota).*, and the same"):
        fail()
    assert (tmp_path / "table.csv").read_text() == "old"
    assert names(tmp_path) == ["table.csv"]


def test_of_a_file_in_a_folder_the_place_is_told_where_it_was_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def fail() -> None:
        with replacing(Path("data/models")) as models, replacing(models / "one.csv"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(PipelineError, match=r"^data/models/one.csv: no space left"):
        fail()


def test_other_errors_of_the_system_are_passed_on(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotFoundError, match="nowhere"),
        replacing(tmp_path / "table.csv"),
    ):
        (tmp_path / "nowhere").read_text()


def test_room_is_required_before_hdf5_writes(tmp_path: Path) -> None:
    reserve(1_000, tmp_path)
    with pytest.raises(OSError, match=r"No space|too large"):
        reserve(1 << 60, tmp_path)
    assert names(tmp_path) == []
