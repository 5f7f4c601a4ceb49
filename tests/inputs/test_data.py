"""Digests of folders: they change with every file that is added, removed, renamed or replaced."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from fracture.inputs.data import digest_file, digest_folder


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("images/a.jpg", "images/b.jpg", "labels.csv"):
        (tmp_path / "raw" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "raw" / name).write_text(name)
    return tmp_path / "raw"


def add(root: Path) -> None:
    (root / "images/c.jpg").write_text("c")


def add_in_a_linked_folder(root: Path) -> None:
    (root.parent / "away").mkdir()
    (root.parent / "away/c.jpg").write_text("c")
    (root / "further").symlink_to("../away")


def break_a_link(root: Path) -> None:
    (root / "images/c.jpg").symlink_to("gone")


def add_a_hidden_file(root: Path) -> None:
    (root / ".hidden").write_text("c")


def remove(root: Path) -> None:
    (root / "images/a.jpg").unlink()


def rename(root: Path) -> None:
    (root / "images/a.jpg").rename(root / "images/z.jpg")


def replace(root: Path) -> None:
    (root / "images/a.jpg").write_text("another")


def touch(root: Path) -> None:
    os.utime(root / "images/a.jpg", (1, 1))


def correct_a_label(root: Path) -> None:
    (root / "labels.csv").write_text("labels.CSV")


@pytest.mark.parametrize(
    "edit",
    [
        add, add_in_a_linked_folder, break_a_link, add_a_hidden_file, remove, rename, replace,
        touch, correct_a_label,
    ],
)  # fmt: skip
def test_every_edit_changes_the_digest(root: Path, edit: Callable[[Path], None]) -> None:
    before = digest_folder(root)
    assert before == digest_folder(root)
    edit(root)
    assert digest_folder(root) != before


@pytest.mark.parametrize("name", ["labels.csv", "a.xlsx", "a.parquet", "data.yaml", ".DS_Store"])
def test_a_table_or_side_file_that_is_only_touched_keeps_it(root: Path, name: str) -> None:
    (root / name).touch()
    before = digest_folder(root)
    os.utime(root / name, (1, 1))
    assert digest_folder(root) == before


def test_it_does_not_depend_on_where_the_folder_lies(root: Path) -> None:
    before = digest_folder(root)
    assert digest_folder(root.rename(root.with_name("moved"))) == before


def test_linked_folders_count_once(root: Path) -> None:
    (root / "linked").symlink_to("images")  # counts as itself
    assert digest_folder(root)[0].startswith("3 files ")
    away = root.parent / "away"
    away.mkdir()
    (away / "d.jpg").write_text("d")
    (root / "further").symlink_to(away, target_is_directory=True)
    assert digest_folder(root)[0].startswith("4 files ")


def test_what_is_absent_is_said_to_be(tmp_path: Path) -> None:
    assert digest_folder(tmp_path / "nowhere") == ["absent"]
    assert digest_file(tmp_path / "nowhere.csv") == "absent"
