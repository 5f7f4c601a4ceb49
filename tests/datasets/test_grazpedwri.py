"""The reader on small folders of the official layout, then the real index."""

import json
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS
from fracture.console import PipelineError
from fracture.datasets.findings import Finding, separate
from fracture.datasets.grazpedwri import ANNOTATIONS, NOT_IN_TABLE, SECOND, index, read
from fracture.datasets.tree import ARCHIVE, NOT_AN_IMAGE
from fracture.folder import BROKEN_LINK, HIDDEN, SIDE_FILE
from fracture.params.datasets import GrazPedWri
from fracture.splitting.draw import split_by_group
from tests.conftest import SHARED

HEADER = (
    "filestem,patient_id,study_number,timehash,gender,age,laterality,projection,initial_exam,"
    "ao_classification,cast,diagnosis_uncertain,osteopenia,fracture_visible,metal,pixel_spacing,"
    "device_manufacturer"
)
ROWS = {
    "0001_A_01_WRI-L1_M014": "1,1,129,M,14.1,L,1,1,23r-M/2.1,,,,,,0.144,Siemens",
    "0001_B_01_WRI-L2_M014": "1,1,129,M,14.1,L,2,1,23r-M/2.1,,,,1,,0.144,Siemens",
    "0001_C_02_WRI-R3_M014": "1,2,130,M,14.2,R,3,,,1,1,1,1,1,0.144,Agfa",
}
FIRST, OTHER, THIRD = ROWS
MARKED = ("cast", "diagnosis_uncertain", "osteopenia", "metal")  # of the third
FILES = (f"images_part1/{FIRST}.png", f"images_part1/{OTHER}.png", f"images_part4/{THIRD}.png")


def lay_out(root: Path, rows: Mapping[str, str] = ROWS, files: Sequence[str] = FILES) -> Path:
    """Write a folder as the archives unpack, a byte order mark before its index."""
    table = "".join(f"{line}\n" for line in [HEADER, *(f"{k},{v}" for k, v in rows.items())])
    root.mkdir(exist_ok=True)
    (root / "dataset.csv").write_text(table, encoding="utf-8-sig")
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


def annotate(root: Path, name: str, objects: Any, folder: str = ANNOTATIONS[0]) -> Path:
    """Write a Supervisely file of a radiograph."""
    (root / folder).mkdir(parents=True, exist_ok=True)
    content = {"description": "", "size": {"height": 600, "width": 400}, "objects": objects}
    (root / folder / f"{name}.json").write_text(json.dumps(content))
    return root


def rectangle(title: str, *corners: tuple[float, float]) -> dict[str, Any]:
    return {
        "classTitle": title,
        "geometryType": "rectangle",
        "points": {"exterior": corners, "interior": []},
    }


def labels(projection: str, side: str, classification: str, **marks: str) -> Any:
    """Return the further labels of a boy's radiograph."""
    flags = ("cast", "metal", "osteopenia", "diagnosis_uncertain", "initial_exam")
    pairs = {"gender": "M", "projection": projection, "laterality": side}
    if classification:
        pairs["ao_classification"] = classification
    return tuple((pairs | {flag: marks.get(flag, "0") for flag in flags}).items())


def findings(root: Path) -> list[Finding]:
    return read(GrazPedWri(root=str(root)), root)


def test_all_that_the_index_says(tmp_path: Path) -> None:
    assert findings(lay_out(tmp_path)) == [
        Radiograph(
            id=FIRST,
            path=f"images_part1/{FIRST}.png",
            fractured=False,
            body_part="wrist",
            view="frontal",
            patient="1",
            study="1/1",
            flags=("left", "initial_exam"),
            labels=labels("1", "L", "23r-M/2.1", initial_exam="1"),
            age=14.1,
            sex="male",
            dataset="grazpedwri",
        ),
        Radiograph(
            id=OTHER,
            path=f"images_part1/{OTHER}.png",
            fractured=True,
            body_part="wrist",
            view="lateral",
            patient="1",
            study="1/1",
            flags=("left", "initial_exam"),
            labels=labels("2", "L", "23r-M/2.1", initial_exam="1"),
            age=14.1,
            sex="male",
            dataset="grazpedwri",
        ),
        Radiograph(
            id=THIRD,
            path=f"images_part4/{THIRD}.png",
            fractured=True,
            body_part="wrist",
            view="oblique",
            patient="1",
            study="1/2",
            flags=("right", "cast", "hardware", "osteopenia", "diagnosis_uncertain"),
            labels=labels("3", "R", "", **dict.fromkeys(MARKED, "1")),
            age=14.2,
            sex="male",
            dataset="grazpedwri",
        ),
    ]


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ([f"{FIRST}.png"], f"{FIRST}.png"),
        ([f"images/{FIRST}.PNG"], f"images/{FIRST}.PNG"),
        ([f"data/a/b/{FIRST}.png"], f"data/a/b/{FIRST}.png"),
        ([f"{FIRST}_png.rf.0a1b2c.jpg"], f"{FIRST}_png.rf.0a1b2c.jpg"),
    ],
)
def test_where_an_image_may_lie(tmp_path: Path, files: list[str], path: str) -> None:
    (radiograph,) = findings(lay_out(tmp_path, {FIRST: ROWS[FIRST]}, files))
    assert isinstance(radiograph, Radiograph)
    assert radiograph.path == path


def test_every_further_file_is_named(tmp_path: Path) -> None:
    others = {
        f"images_part1/{FIRST}.png": SECOND,
        f"images/._{FIRST}.png": SIDE_FILE,
        f".Trash-0/{FIRST}.png": HIDDEN,
        "folder_structure/yolov5/meta.yaml": None,
        "folder_structure/pascalvoc/1.xml": None,
        "folder_structure/1.png": NOT_IN_TABLE,
        "notebook.ipynb": NOT_AN_IMAGE,
        "images_part2.zip": ARCHIVE,
    }
    root = lay_out(tmp_path, {FIRST: ROWS[FIRST]}, [*others, f"images/{FIRST}.png"])
    (kept,), none = separate(findings(root))
    assert kept.path == f"images/{FIRST}.png"
    assert {one.path: one.reason for one in none} == {k: v for k, v in others.items() if v}
    assert len({one.id for one in none}) == len(none)


def test_links_of_a_cache_are_followed_and_broken_ones_named(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "root", files=FILES[:1])
    (tmp_path / "ab12").touch()
    (root / f"{OTHER}.png").symlink_to("../ab12")
    (root / f"{THIRD}.png").symlink_to("../gone")
    kept, none = separate(findings(root))
    assert [one.path for one in kept] == [FILES[0], f"{OTHER}.png"]
    assert none == [LeftOut(THIRD, BROKEN_LINK, f"{THIRD}.png", "fractured")]


def test_missing_and_unlisted_images_are_named(tmp_path: Path) -> None:
    root = lay_out(tmp_path, files=[FILES[0], "images/9999_X.png"])
    kept, left_out = separate(findings(root))
    assert [radiograph.id for radiograph in kept] == [FIRST]
    assert left_out == [
        LeftOut(OTHER, "missing", label="fractured"),
        LeftOut(THIRD, "missing", label="fractured"),
        LeftOut("9999_X", NOT_IN_TABLE, "images/9999_X.png"),
    ]


@pytest.mark.parametrize("folder", ANNOTATIONS)
def test_boxes_of_fractures_in_pixels(tmp_path: Path, folder: str) -> None:
    """Supervisely gives two opposite corners of a rectangle, x before y."""
    objects = [
        rectangle("text", (0, 0), (50, 20)),
        rectangle("fracture", (10, 20), (110, 95.5)),
        rectangle("fracture", (300, 400), (250, 380)),
    ]
    root = annotate(lay_out(tmp_path), OTHER, objects, folder)
    annotate(root, FIRST, [rectangle("fracture", (1, 2), (3, 4))], folder)
    kept, _ = separate(findings(root))
    assert [radiograph.boxes for radiograph in kept] == [
        (),  # the index alone tells the label, and it says that no fracture is visible
        ((10, 20, 110, 95.5), (250, 380, 300, 400)),
        (),
    ]


@pytest.mark.parametrize("objects", [{"a": 1}, [{"classTitle": "fracture"}], None, [1]])
def test_an_annotation_of_another_kind(tmp_path: Path, objects: object) -> None:
    annotate(lay_out(tmp_path), OTHER, objects)
    with pytest.raises(PipelineError, match=rf"{OTHER}.json is no Supervisely annotation"):
        findings(tmp_path)


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(
        PipelineError, match=r"no file dataset.csv in .* below, .*figshare.14825193"
    ):
        findings(tmp_path)
    with pytest.raises(PipelineError, match=r"no folder .*/absent, where GRAZ.*figshare.14825193"):
        findings(tmp_path / "absent")


def test_no_images(tmp_path: Path) -> None:
    expected = r"dataset.csv: of 1 files none is read \(1 not an image\): .*images_part1.zip"
    with pytest.raises(PipelineError, match=expected):
        findings(lay_out(tmp_path, files=["images/readme.txt"]))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("1,1,1,M,14,L,4,,,,,,,,0.1,S", f"projection of {FIRST} is '4', expected 1 or 2 or 3"),
        ("1,1,1,M,14,B,1,,,,,,,,0.1,S", "laterality of .* is 'B', expected L or R"),
        (
            "1,1,1,M,14,L,1,,,,,,yes,,0.1,S",
            "fracture_visible .* 'yes', expected 1 or 0 or nothing",
        ),
        (",1,1,M,14,L,1,,,,,,,,0.1,S", f"{FIRST} has no patient_id, expected a number"),
        ("1,,1,M,14,L,1,,,,,,,,0.1,S", f"{FIRST} has no study_number"),
        ("1,1", "line 2 has 3 fields, the first 17"),
    ],
)
def test_a_row_that_cannot_be(tmp_path: Path, row: str, message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        index(lay_out(tmp_path, {FIRST: row}) / "dataset.csv")


def test_a_radiograph_named_twice(tmp_path: Path) -> None:
    source = lay_out(tmp_path) / "dataset.csv"
    source.write_text(source.read_text() + f"{FIRST},{ROWS[FIRST]}\n")
    with pytest.raises(PipelineError, match=f"names {FIRST} 2 times, expected once"):
        index(tmp_path / "dataset.csv")


def test_missing_columns(tmp_path: Path) -> None:
    (tmp_path / "dataset.csv").write_text("filestem,patient_id,laterality\n")
    expected = "lacks the columns study_number, fracture_visible; it has "
    with pytest.raises(PipelineError, match=expected):
        index(tmp_path / "dataset.csv")


@pytest.fixture(scope="module")
def real() -> list[Radiograph]:
    """Return the real index, each patient a group; skip where it is absent."""
    folder = SHARED / "grazpedwri"
    if not folder.is_dir():
        pytest.skip(f"needs GRAZPEDWRI-DX's dataset.csv in {folder}")
    start = time.process_time()
    radiographs = index(folder / "dataset.csv")
    assert time.process_time() - start < 2
    return [replace(radiograph, group=radiograph.patient) for radiograph in radiographs]


@pytest.mark.shared
def test_the_real_index(real: list[Radiograph]) -> None:
    """The numbers of the paper, and of the file's columns."""
    assert len(real) == len({radiograph.id for radiograph in real}) == 20_327
    assert len({radiograph.patient for radiograph in real}) == 6_091
    assert len({radiograph.study for radiograph in real}) == 10_699
    assert sum(radiograph.fractured for radiograph in real) == 13_550
    assert Counter(radiograph.view for radiograph in real) == {
        "frontal": 10_086, "lateral": 10_148, "oblique": 93,
    }  # fmt: skip
    assert Counter(flag for radiograph in real for flag in radiograph.flags) == {
        "left": 11_135, "right": 9_192, "cast": 5_776, "hardware": 708, "osteopenia": 2_473,
        "diagnosis_uncertain": 537, "initial_exam": 10_861,
    }  # fmt: skip
    labels = pd.DataFrame([dict(radiograph.labels) for radiograph in real])
    assert labels["osteopenia"].value_counts().to_dict() == {"0": 17_854, "1": 2_473}
    assert labels["gender"].value_counts().to_dict() == {"F": 8_285, "M": 12_040, "O": 2}
    assert labels["ao_classification"].notna().sum() == 14_158


@pytest.mark.shared
def test_a_split_by_patient_at_real_scale(real: list[Radiograph]) -> None:
    start = time.process_time()
    parts = split_by_group(real, 0.1, 0.2, 0)
    assert time.process_time() - start < 10
    rate = sum(radiograph.fractured for radiograph in real) / len(real)
    for part, share in zip(PARTS, (0.7, 0.1, 0.2), strict=True):
        members = [radiograph for radiograph in real if parts[radiograph.id] == part]
        assert len(members) / len(real) == pytest.approx(share, abs=0.01)
        fractured = sum(member.fractured for member in members)
        assert fractured / len(members) == pytest.approx(rate, abs=0.02)
    sides = {(radiograph.patient, parts[radiograph.id]) for radiograph in real}
    assert len(sides) == 6_091
