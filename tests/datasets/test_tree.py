"""The files of a data set: images by suffix or content, and why the others are none."""

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.tree import (
    ARCHIVE,
    CONTROL_CHARACTER,
    LISTS_FILES,
    NOT_AN_IMAGE,
    NOT_UTF_8,
    OTHER_FORMAT,
    File,
    read_tree,
    with_the_rest,
)
from fracture.folder import BROKEN_LINK, NO_FILE, SIDE_FILE
from tests.datasets.dicom_trees import radiograph


def written(root: Path, name: str, content: bytes = b"") -> File:
    """Return what a tree says of its only file."""
    (root / name).write_bytes(content)
    (file,) = read_tree(root)
    return file


def encoded(form: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(buffer, form)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "suffix",
    ["jpg", "jpeg", "JPE", "jfif", "png", "bmp", "dib", "tif", "TIFF", "webp", "PnG", "dcm", "IMA"],
)
def test_a_suffix_tells_what_a_file_is_meant_to_be(tmp_path: Path, suffix: str) -> None:
    assert written(tmp_path, f"1.{suffix}") == File(f"1.{suffix}")


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "BMP", "WEBP"])
@pytest.mark.parametrize("name", ["1", "1.img", "1.0001", "1.txt"])
def test_without_such_a_suffix_the_content_tells(tmp_path: Path, form: str, name: str) -> None:
    assert written(tmp_path, name, encoded(form)) == File(name)


@pytest.mark.parametrize("name", ["IM0001", "1.2.840.10008", "1.png", "1.dcm"])
def test_dicom_is_known_by_its_content(tmp_path: Path, name: str) -> None:
    assert written(tmp_path, name, radiograph(1)) == File(name, dicom=True)


@pytest.mark.parametrize(
    ("name", "content", "fault", "may_be_one"),
    [
        ("labels.csv", b"file,label\n", NOT_AN_IMAGE, False),
        ("empty", b"", NOT_AN_IMAGE, False),
        ("bmi.csv", b"BMI,age\n21,40\n", NOT_AN_IMAGE, False),
        ("sound.wav", b"RIFF\x24\0\0\0WAVEfmt ", NOT_AN_IMAGE, False),
        ("1.gif", b"GIF89a\1\0\1\0", OTHER_FORMAT, True),
        ("1.jp2", b"\0\0\0\x0cjP  \r\n\x87\n", OTHER_FORMAT, True),
        ("1.heic", b"\0\0\0\x18ftypheic\0\0\0\0", OTHER_FORMAT, True),
        ("images.zip", b"PK\3\4", ARCHIVE, False),
        ("DICOMDIR", b"\0" * 128 + b"DICM", LISTS_FILES, False),
    ],
)
def test_what_is_no_image(
    tmp_path: Path, name: str, content: bytes, fault: str, may_be_one: bool
) -> None:
    found = written(tmp_path, name, content)
    assert (found.fault, found.radiograph) == (fault, may_be_one)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        (b"\xff2.jpg", NOT_UTF_8),
        (b"2\n.jpg", CONTROL_CHARACTER),
        (b"2\r\x1b.jpg", CONTROL_CHARACTER),
        ("2\u2028.jpg".encode(), CONTROL_CHARACTER),
        ("Schlüsselbein, 鎖骨\u3000\"'.jpg".encode(), ""),
    ],
)
def test_names_that_cannot_be_written_down(tmp_path: Path, name: bytes, fault: str) -> None:
    path = os.fsdecode(name)
    (tmp_path / path).touch()
    (found,) = read_tree(tmp_path)
    assert (found.path, found.fault, found.radiograph) == (path, fault, True)
    assert found.writable == (not fault)


def test_links_that_lead_nowhere_are_radiographs_where_the_suffix_says_so(tmp_path: Path) -> None:
    for name in ("1.png", "labels.csv"):
        (tmp_path / name).symlink_to("absent")
    os.mkfifo(tmp_path / "2.png")
    assert read_tree(tmp_path) == [
        File("1.png", BROKEN_LINK),
        File("2.png", NO_FILE),
        File("labels.csv", BROKEN_LINK, radiograph=False),
    ]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "IM1").touch()

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert read_tree(tmp_path) == [File("IM1", "not readable: Permission denied")]


def test_no_root(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"absent cannot be read \(No such file"):
        read_tree(tmp_path / "absent")


def test_every_file_that_no_finding_names_is_left_out_once(tmp_path: Path) -> None:
    for name in ("1.png", "1", "elsewhere.png", "table.csv", "notes.txt", "ann/1.xml", "ann/2.png",
                 "ann/Thumbs.db", "annual.txt", os.fsdecode(b"\xff.txt")):  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    kept = Radiograph("1", "1.png", True, "hand")
    found = with_the_rest([kept], read_tree(tmp_path), "astray", ["table.csv"], ("ann",))
    assert found == [
        kept,
        LeftOut("1 (file)", NOT_AN_IMAGE, "1", radiograph=False),
        LeftOut(r"\xff.txt", NOT_AN_IMAGE, radiograph=False),
        LeftOut("ann/2.png", "astray", "ann/2.png"),
        LeftOut("ann/Thumbs.db", SIDE_FILE, "ann/Thumbs.db", radiograph=False),
        LeftOut("annual.txt", NOT_AN_IMAGE, "annual.txt", radiograph=False),
        LeftOut("elsewhere.png", "astray", "elsewhere.png"),
        LeftOut("notes.txt", NOT_AN_IMAGE, "notes.txt", radiograph=False),
    ]
