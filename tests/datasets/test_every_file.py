"""Every reader, on a tree with all that a folder may hold: each file is read or named, once."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from fracture.artifacts import left_out as left_outs
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.datasets.findings import Finding, separate
from tests.datasets import class_trees, test_fracatlas, test_grazpedwri, test_mura

READERS: dict[str, tuple[Callable[[Path], Path], Callable[[Path], list[Finding]], str]] = {
    "class_folders": (class_trees.lay_out, class_trees.findings, "normal"),
    "fracatlas": (test_fracatlas.lay_out, test_fracatlas.findings, "images/Fractured"),
    "mura": (test_mura.lay_out, test_mura.findings, test_mura.HAND),
    "grazpedwri": (test_grazpedwri.lay_out, test_grazpedwri.findings, "images_part1"),
}
"""What writes a small data set, what reads it, and a folder in it that holds images."""
TABLES = {"dataset.csv", "Annotations/COCO JSON/COCO_fracture_masks.json"}
PNG = b"\x89PNG\r\n\x1a\n"
FILES = {
    ".DS_Store": b"", "._1.png": PNG, "Thumbs.db": b"", "desktop.ini": b"", "~$labels.xlsx": b"",
    ".hidden.png": PNG, ".git/HEAD": b"", ".Trash-1000/1.png": PNG, "$RECYCLE.BIN/1.png": PNG,
    "@eaDir/1.png/SYNOPHOTO.jpg": PNG, "#recycle/1.png": PNG, "lost+found/1": b"",
    "__MACOSX/1.png": PNG, ".ipynb_checkpoints/1.png": PNG, "notes.txt": b"text", "empty": b"",
    "1.gif": b"GIF89a", "images.zip": b"PK", "without_suffix": PNG, "odd.suffix": PNG,
    "photo.webp": b"", "photo.jfif": b"", "image.png/within.png": PNG, "locked/1.png": PNG,
    os.fsdecode(b"\xff.png"): PNG, os.fsdecode(b"\xff/1.txt"): b"", "line\nbreak.png": PNG,
    "Name, with; all \"'s.png": PNG,
}  # fmt: skip
LINKS = {
    "broken.png": "gone.png", "broken": "gone", "itself.png": "itself.png", "round": ".",
    "around": "..", "outside.png": "{outside}/1.png", "linked": "{outside}/folder",
    "linked again": "{outside}/folder", "one": "two", "two": "one", "inside.png": "without_suffix",
}  # fmt: skip


def add_all(folder: Path, outside: Path) -> None:
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (outside / "folder").mkdir(parents=True)
    for name, content in {"1.png": PNG, "folder/2.png": PNG, "folder/3.txt": b""}.items():
        (outside / name).write_bytes(content)
    for name, target in LINKS.items():
        (folder / name).symlink_to(target.format(outside=outside))
    os.mkfifo(folder / "pipe.png")


def listed(root: Path) -> set[str]:
    """Return what must be accounted for, listed in another way: by os.walk, links not followed."""
    paths = set()
    for folder, subfolders, names in os.walk(root):
        links = {name for name in subfolders if Path(folder, name).is_symlink()}
        subfolders[:] = [name for name in subfolders if name not in links]
        for name in {*names, *links}:
            path = Path(folder, name)
            if name == "linked":  # the folder outside is read by the first path to it
                paths |= {path / "2.png", path / "3.txt"}
            else:
                paths.add(path)
    inside = {path.relative_to(root).as_posix() for path in paths}
    return {path for path in inside if "locked/" not in path} - TABLES


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize("where", ["root", "images"])
@pytest.mark.parametrize("reader", READERS)
def test_each_file_is_read_or_named_once(tmp_path: Path, reader: str, where: str) -> None:
    lay_out, read, images = READERS[reader]
    root = tmp_path / "root"
    root.mkdir()
    lay_out(root)
    add_all(root / images if where == "images" else root, tmp_path / "outside")
    found = read(root)
    expected = listed(root)
    odd = {path for path in expected if not path.isprintable()}
    locked_folder = {f"{images}/locked" if where == "images" else "locked"}
    paths = Counter(each.path for each in found)
    assert paths.pop("") == len(odd) == 3
    assert set(paths) == (expected - odd) | locked_folder
    assert set(paths.values()) == {1}
    assert len({each.id for each in found}) == len(found)
    assert found == sorted(found, key=lambda each: each.id)


@pytest.mark.usefixtures("locked")
@pytest.mark.parametrize("reader", READERS)
def test_the_reasons_are_those_of_all_readers(tmp_path: Path, reader: str) -> None:
    lay_out, read, _ = READERS[reader]
    (tmp_path / "root").mkdir()
    root = lay_out(tmp_path / "root")
    intact = {each.id for each in read(root) if isinstance(each, Radiograph)}
    add_all(root, tmp_path / "outside")
    kept, none = separate(read(root))
    assert intact <= {each.id for each in kept}
    others = Counter(each.reason for each in none if not each.radiograph)
    assert others == {
        "side file of an operating system or editor": 7,
        "hidden or in a trash folder": 7,
        "not an image": 4,
        "an archive that is not unpacked": 1,
        "broken link": 1,
        "link loop": 2,
        "link to a folder that it lies in": 2,
        "folder that another path leads to": 1,
    }
    images = {each.reason for each in none if each.radiograph}
    assert images >= {
        "broken link", "link loop", "neither file nor folder", "file name is not UTF-8",
        "control character or line break in the file name", "not readable: Permission denied",
        "image of a format that is not read",
    }  # fmt: skip


def test_what_is_named_can_be_written_down(tmp_path: Path) -> None:
    root = class_trees.lay_out(tmp_path / "root")
    add_all(root, tmp_path / "outside")
    found = class_trees.left_out(root)
    left_outs.write(found, tmp_path / "left_out.csv")
    assert left_outs.read(tmp_path / "left_out.csv") == found
    assert LeftOut(r"line\nbreak", "control character or line break in the file name") in found
