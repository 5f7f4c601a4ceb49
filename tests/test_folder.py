"""Every entry below a folder, once: links, loops, hidden folders and what cannot be read."""

import os
import socket
from pathlib import Path

import pytest

from fracture.folder import (
    BROKEN_LINK,
    HIDDEN,
    LINK_AROUND,
    LINK_LOOP,
    NO_FILE,
    READ_ELSEWHERE,
    SIDE_FILE,
    Entry,
    entries,
)


def lay_out(root: Path, *files: str) -> Path:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


def faults(root: Path) -> dict[str, str]:
    found = entries(root)
    by_path = {entry.path: entry.fault for entry in found}
    assert len(by_path) == len(found)
    return by_path


def test_files_come_sorted_whatever_the_order_on_the_disk(tmp_path: Path) -> None:
    root = lay_out(tmp_path, "b/2", "a/1.png", "c", "a-1")
    assert entries(root) == [Entry("a-1"), Entry("a/1.png"), Entry("b/2"), Entry("c")]


@pytest.mark.parametrize(
    "name",
    ["a/.DS_Store", "a/._1.png", "Thumbs.db", "Desktop.ini", "~$labels.xlsx", "labels.csv~",
     ".~lock.labels.csv#", "__MACOSX/a/1.png", "a/.ipynb_checkpoints/1-checkpoint.png", "Icon\r"],
)  # fmt: skip
def test_side_files(tmp_path: Path, name: str) -> None:
    assert faults(lay_out(tmp_path, "1.png", name)) == {"1.png": "", name: SIDE_FILE}


@pytest.mark.parametrize(
    "name",
    [".1.png", ".git/objects/1", ".Trash-1000/files/1.png", "$RECYCLE.BIN/$R1.png", "@eaDir/1.png",
     "a/#recycle/1.png", "lost+found/1.png", "System Volume Information/x", ".hidden/a/b/1.png"],
)  # fmt: skip
def test_hidden_and_trash_folders_are_named_file_by_file(tmp_path: Path, name: str) -> None:
    assert faults(lay_out(tmp_path, "1.png", name)) == {"1.png": "", name: HIDDEN}


def test_a_root_within_a_hidden_folder_is_read(tmp_path: Path) -> None:
    assert faults(lay_out(tmp_path / ".cache/data", "1.png")) == {"1.png": ""}


def test_links_are_followed_out_of_the_root(tmp_path: Path) -> None:
    """As DVC's cache and a Hugging Face snapshot are laid out, files and folders."""
    lay_out(tmp_path / "cache", "ab/cdef", "whole/1.png", "whole/deeper/2.png")
    root = lay_out(tmp_path / "root", "1.png")
    (root / "2.png").symlink_to(tmp_path / "cache/ab/cdef")
    (root / "3.png").symlink_to("../cache/ab/cdef")
    (root / "linked").symlink_to("../cache/whole")
    assert faults(root) == dict.fromkeys(
        ["1.png", "2.png", "3.png", "linked/1.png", "linked/deeper/2.png"], ""
    )


def test_broken_links_and_loops(tmp_path: Path) -> None:
    for link, target in {"broken": "absent", "itself": "itself", "a": "b", "b": "a"}.items():
        (tmp_path / link).symlink_to(target)
    assert faults(tmp_path) == {
        "a": LINK_LOOP, "b": LINK_LOOP, "broken": BROKEN_LINK, "itself": LINK_LOOP,
    }  # fmt: skip


def test_a_folder_reached_twice_is_read_by_the_path_that_holds_it(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "root", "real/1.png")
    (root / "a").symlink_to("real")
    assert faults(root) == {"a": READ_ELSEWHERE, "real/1.png": ""}


def test_two_links_to_one_folder_outside(tmp_path: Path) -> None:
    lay_out(tmp_path, "outside/within/1.png", "outside/2.png")
    root = lay_out(tmp_path / "root", "0.png")
    (root / "a").symlink_to("../outside/within")
    (root / "b").symlink_to("../outside")
    (root / "c").symlink_to("b")
    assert faults(root) == {
        "0.png": "", "a/1.png": "", "b/2.png": "", "b/within": READ_ELSEWHERE, "c": READ_ELSEWHERE,
    }  # fmt: skip


@pytest.mark.parametrize("target", [".", "..", "../..", "/", "../../root"])
def test_a_link_to_a_folder_around_it(tmp_path: Path, target: str) -> None:
    root = lay_out(tmp_path / "root", "a/1.png")
    (root / "a/round").symlink_to(target)
    assert faults(root) == {"a/1.png": "", "a/round": LINK_AROUND}


def test_a_cycle_outside_the_root_ends(tmp_path: Path) -> None:
    lay_out(tmp_path, "one/1.png", "two/2.png")
    (tmp_path / "one/two").symlink_to("../two")
    (tmp_path / "two/one").symlink_to("../one")
    root = lay_out(tmp_path / "root")
    root.mkdir()
    (root / "in").symlink_to("../one")
    assert faults(root) == {
        "in/1.png": "", "in/two/2.png": "", "in/two/one": READ_ELSEWHERE,
    }  # fmt: skip


def test_links_in_a_hidden_folder_are_named_and_not_followed(tmp_path: Path) -> None:
    lay_out(tmp_path, "outside/1.png")
    root = lay_out(tmp_path / "root", ".hidden/2.png")
    (root / ".hidden/linked").symlink_to("../../outside")
    (root / "shown").symlink_to(".hidden")
    assert faults(root) == {
        ".hidden/2.png": HIDDEN, ".hidden/linked": HIDDEN,
        "shown/2.png": "", "shown/linked/1.png": "",
    }  # fmt: skip


def test_pipes_and_sockets(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(str(tmp_path / "socket"))
        assert faults(tmp_path) == {"pipe.png": NO_FILE, "socket": NO_FILE}


@pytest.mark.usefixtures("locked")
def test_a_folder_that_cannot_be_listed(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "root", "1.png", "locked/2.png", ".trash/locked/3.png")
    assert faults(root) == {
        ".trash/locked": HIDDEN, "1.png": "", "locked": "not readable: Permission denied",
    }  # fmt: skip
    with pytest.raises(PermissionError):
        entries(root / "locked")


def test_names_that_are_not_utf_8(tmp_path: Path) -> None:
    assert faults(lay_out(tmp_path, os.fsdecode(b"\xff/1\n.png"))) == {"\udcff/1\n.png": ""}
