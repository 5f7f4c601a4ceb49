"""The reader on small folders of the official layout, then on the real one."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.findings import Finding, separate
from fracture.datasets.fracatlas import BOTH_FOLDERS, DISAGREEMENT, MISPLACED, NOT_IN_TABLE, read
from fracture.datasets.tree import NOT_AN_IMAGE
from fracture.folder import BROKEN_LINK, SIDE_FILE
from fracture.imaging.decode import read_grey
from fracture.params.datasets import FracAtlas

HEADER = (
    "image_id,hand,leg,hip,shoulder,mixed,hardware,multiscan,fractured,fracture_count,"
    "frontal,lateral,oblique"
)
ROWS = {
    "IMG1.jpg": "1,0,0,0,0,1,0,1,2,1,1,0",
    "IMG2.jpg": "0,1,0,0,0,0,1,0,0,0,0,1",
    "IMG3.jpg": "0,0,1,1,1,0,0,0,0,0,0,0",
}
FILES = ("Fractured/IMG1.jpg", "Non_fractured/IMG2.jpg", "Non_fractured/IMG3.jpg")
COCO = {
    "images": [{"id": 7, "file_name": "IMG1.jpg", "width": 60, "height": 50}],
    "annotations": [
        {"id": 0, "image_id": 7, "bbox": [10.5, 20.0, 5.0, 8.25]},
        {"id": 1, "image_id": 7, "bbox": [0.0, 1.0, 2.0, 3.0]},
    ],
}


def lay_out(root: Path, rows: dict[str, str] = ROWS, files: Sequence[str] = FILES) -> Path:
    """Write a folder as FracAtlas.zip unpacks: CRLF in the table, no image opened by the reader."""
    table = "".join(f"{line}\r\n" for line in [HEADER, *(f"{k},{v}" for k, v in rows.items())])
    for folder in ("Fractured", "Non_fractured"):
        (root / "images" / folder).mkdir(parents=True)
    for file in files:
        (root / "images" / file).touch()
    (root / "dataset.csv").write_bytes(table.encode())
    (root / "Annotations/COCO JSON").mkdir(parents=True)
    (root / "Annotations/COCO JSON/COCO_fracture_masks.json").write_text(json.dumps(COCO))
    return root


def findings(root: Path) -> list[Finding]:
    return read(FracAtlas(root=str(root)), root)


def test_all_that_the_data_set_says(tmp_path: Path) -> None:
    assert findings(lay_out(tmp_path)) == [
        Radiograph(
            id="IMG1",
            path="images/Fractured/IMG1.jpg",
            fractured=True,
            body_part="hand",
            view="frontal+lateral",
            flags=("hardware",),
            labels=(("hardware", "1"), ("multiscan", "0"), ("fracture_count", "2")),
            boxes=((10.5, 20.0, 15.5, 28.25), (0.0, 1.0, 2.0, 4.0)),
            dataset="fracatlas",
        ),
        Radiograph(
            id="IMG2",
            path="images/Non_fractured/IMG2.jpg",
            fractured=False,
            body_part="leg",
            view="oblique",
            flags=("multiscan",),
            labels=(("hardware", "0"), ("multiscan", "1"), ("fracture_count", "0")),
            dataset="fracatlas",
        ),
        Radiograph(
            id="IMG3",
            path="images/Non_fractured/IMG3.jpg",
            fractured=False,
            body_part="mixed",
            labels=(("hardware", "0"), ("multiscan", "0"), ("fracture_count", "0")),
            dataset="fracatlas",
        ),
    ]


@pytest.mark.parametrize(
    ("marks", "body_part"),
    [
        ("0,0,0,1,0", "shoulder"),
        ("1,0,1,0,0", "mixed"),
        ("0,1,0,0,1", "mixed"),
        ("0,0,0,0,0", "unknown"),
    ],
)
def test_body_part(tmp_path: Path, marks: str, body_part: str) -> None:
    rows = {"IMG2.jpg": f"{marks},0,0,0,0,1,0,0"}
    kept, _ = separate(findings(lay_out(tmp_path, rows, ["Non_fractured/IMG2.jpg"])))
    assert [radiograph.body_part for radiograph in kept] == [body_part]


@pytest.mark.parametrize(
    ("rows", "files", "reason"),
    [
        ({"IMG1.jpg": ROWS["IMG1.jpg"]}, ["Non_fractured/IMG1.jpg"], DISAGREEMENT),
        ({"IMG2.jpg": ROWS["IMG2.jpg"]}, ["Fractured/IMG2.jpg"], DISAGREEMENT),
        ({}, ["Fractured/IMG1.jpg"], NOT_IN_TABLE),
        ({"IMG1.jpg": ROWS["IMG1.jpg"]}, [], "missing"),
    ],
)
def test_contradictions_are_left_out_once_and_named(
    tmp_path: Path, rows: dict[str, str], files: list[str], reason: str
) -> None:
    (name,) = {Path(file).stem for file in [*rows, *files]}
    (found,) = findings(lay_out(tmp_path, rows, files))
    path = f"images/{files[0]}" if files else ""
    assert found == LeftOut(name, reason, path)


def test_a_name_in_both_folders_is_two_files(tmp_path: Path) -> None:
    both = ["Fractured/IMG1.jpg", "Non_fractured/IMG1.jpg"]
    other = f"images/{both[1]}"
    assert findings(lay_out(tmp_path, {"IMG1.jpg": ROWS["IMG1.jpg"]}, both)) == [
        LeftOut("IMG1", BOTH_FOLDERS, f"images/{both[0]}"),
        LeftOut(other, BOTH_FOLDERS, other),
    ]


def test_links_of_a_cache_are_followed_and_broken_ones_named(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "FracAtlas", files=FILES[:1])
    (tmp_path / "ab12").touch()
    (root / "images" / FILES[1]).symlink_to(tmp_path / "ab12")
    (root / "images" / FILES[2]).symlink_to(tmp_path / "gone")
    kept, none = separate(findings(root))
    assert [one.id for one in kept] == ["IMG1", "IMG2"]
    assert none == [LeftOut("IMG3", BROKEN_LINK, f"images/{FILES[2]}")]


def test_every_other_file_is_named_except_the_annotations(tmp_path: Path) -> None:
    root = lay_out(tmp_path)
    others = {
        "Annotations/PASCAL VOC/IMG1.xml": None,
        "Annotations/YOLO/IMG1.txt": None,
        "Annotations/YOLO/.DS_Store": SIDE_FILE,
        "Utilities/Fracture Split/test.csv": None,
        "Utilities/preview.png": MISPLACED,
        "images/Fractured/IMG1.png": NOT_IN_TABLE,
        "images/Fractured/Thumbs.db": SIDE_FILE,
        "readme.md": NOT_AN_IMAGE,
    }
    for name in others:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    kept, none = separate(findings(root))
    assert [one.id for one in kept] == ["IMG1", "IMG2", "IMG3"]
    assert {one.path: one.reason for one in none} == {k: v for k, v in others.items() if v}


def test_a_table_that_contradicts_itself(tmp_path: Path) -> None:
    root = lay_out(tmp_path, {"IMG1.jpg": ROWS["IMG1.jpg"]}, ["Fractured/IMG1.jpg"])
    with (root / "dataset.csv").open("a") as table:
        table.write(f"IMG1.jpg,{ROWS['IMG2.jpg']}\n")
    (found,) = findings(root)
    assert isinstance(found, LeftOut)
    assert (found.id, found.reason) == ("IMG1", DISAGREEMENT)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    root = lay_out(tmp_path)
    (root / "dataset.csv").write_bytes(b"\xef\xbb\xbf" + (root / "dataset.csv").read_bytes())
    assert [finding.id for finding in findings(root)] == ["IMG1", "IMG2", "IMG3"]


def test_no_folder(tmp_path: Path) -> None:
    expected = (
        f"no folder {re.escape(str(tmp_path / 'absent'))}, .*download fracatlas.*fracatlas.root"
    )
    with pytest.raises(PipelineError, match=expected):
        findings(tmp_path / "absent")


@pytest.mark.parametrize(
    "name", ["dataset.csv", "Annotations/COCO JSON/COCO_fracture_masks.json", "images/Fractured"]
)
def test_an_incomplete_folder(tmp_path: Path, name: str) -> None:
    gone = lay_out(tmp_path, files=[]) / name
    if gone.is_dir():
        gone.rmdir()
    else:
        gone.unlink()
    with pytest.raises(PipelineError, match=f"holds no {name}, .*download fracatlas"):
        findings(tmp_path)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    (lay_out(tmp_path) / "dataset.csv").write_text("image_id,hand,leg,fractured\n")
    with pytest.raises(PipelineError, match="lacks the columns hip, shoulder, mixed, frontal"):
        findings(tmp_path)


@pytest.mark.parametrize("mark", ["", "2", "yes"])
def test_a_mark_that_is_neither_0_nor_1(tmp_path: Path, mark: str) -> None:
    root = lay_out(tmp_path, ROWS | {"IMG2.jpg": f"0,{mark},0,0,0,0,1,0,0,0,0,1"})
    with pytest.raises(PipelineError, match=rf"leg of IMG2.jpg is '{mark}', expected 0 or 1"):
        findings(root)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("dataset.csv", b"", "is empty, expected a table"),
        ("dataset.csv", b"\xff\xfe\0", "not UTF-16 at byte 2"),
        ("Annotations/COCO JSON/COCO_fracture_masks.json", b"{}", "no COCO .*'images'"),
        ("Annotations/COCO JSON/COCO_fracture_masks.json", b"[]]", "no COCO .*JSONDecodeError"),
    ],
)
def test_other_content(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (lay_out(tmp_path) / name).write_bytes(content)
    with pytest.raises(PipelineError, match=message):
        findings(tmp_path)


@pytest.mark.shared
def test_the_real_folder(fracatlas: Path) -> None:
    kept, left_out = separate(findings(fracatlas))
    assert (len(kept), left_out) == (3011, [])
    assert sum(radiograph.fractured for radiograph in kept) == 501
    assert sum(len(radiograph.boxes) for radiograph in kept) == 654
    assert all(bool(radiograph.boxes) == radiograph.fractured for radiograph in kept)
    assert Counter(radiograph.body_part for radiograph in kept) == {
        "hand": 955, "leg": 1552, "hip": 139, "shoulder": 73, "mixed": 292,
    }  # fmt: skip
    counts = Counter(dict(radiograph.labels)["fracture_count"] for radiograph in kept)
    assert counts == {"0": 2510, "1": 374, "2": 108, "3": 13, "4": 5, "5": 1}


@pytest.mark.shared
def test_real_boxes_are_those_of_the_upright_radiograph(fracatlas: Path) -> None:
    """Both files bear an EXIF orientation other than 1; IMG0002628 is stored lying on its side.

    Bone is bright: in IMG0002588, stored upside down, the boxes are brighter once it is upright.
    """
    kept, _ = separate(findings(fracatlas))
    by_id = {radiograph.id: radiograph for radiograph in kept}
    upright = read_grey(fracatlas / by_id["IMG0002588"].path)
    turned = upright[::-1, ::-1]
    for left, top, right, bottom in by_id["IMG0002588"].boxes:
        inside = slice(int(top), int(bottom)), slice(int(left), int(right))
        assert upright[inside].mean() > 1.5 * turned[inside].mean()
    for radiograph in (by_id["IMG0002588"], by_id["IMG0002628"]):
        height, width = read_grey(fracatlas / radiograph.path).shape
        for left, top, right, bottom in radiograph.boxes:
            assert 0 <= left < right <= width
            assert 0 <= top < bottom <= height
