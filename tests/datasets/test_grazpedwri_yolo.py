"""GRAZPEDWRI-DX as YOLO trees lay it out: images, labels, parts, and an index from pandas."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.findings import separate
from fracture.datasets.grazpedwri import read
from fracture.params.datasets import GrazPedWri

NAMES = [f"{number:04}_1297860395_01_WRI-L1_M014" for number in range(4)]
PARTS = ("train", "train", "valid", "test")
SHIPPED = ["train", "train", "validation", "test"]
WIDTH, HEIGHT = 40, 20


def lay_out(root: Path, layout: str, suffix: str = ".png") -> Path:
    """Write a radiograph of each name, odd ones fractured, and the index of a smaller copy."""
    for name, part in zip(NAMES, PARTS, strict=True):
        path = root / layout.format(part=part) / f"{name}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.zeros((HEIGHT, WIDTH), np.uint16)).save(path, "PNG")
    rows = [
        {"filestem": name, "patient_id": number, "study_number": 1, "fracture_visible": mark}
        for number, (name, mark) in enumerate(zip(NAMES, (None, 1, None, 1), strict=True))
    ]
    pd.DataFrame(rows).to_csv(root / "dataset.csv")  # as pandas saves it: an index, "1.0"
    return root


def annotate(root: Path, layout: str, lines: Mapping[int, str]) -> None:
    for number, text in lines.items():
        path = root / layout.format(part=PARTS[number]) / f"{NAMES[number]}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def radiographs(root: Path) -> list[Radiograph]:
    kept, none = separate(read(GrazPedWri(root=str(root)), root))
    assert none == []
    return kept


@pytest.mark.parametrize(
    "layout", ["data/images/{part}", "images/{part}", "{part}/images", "{part}", "yolo/{part}/x"]
)
def test_parts_are_those_shipped(tmp_path: Path, layout: str) -> None:
    found = radiographs(lay_out(tmp_path, layout))
    assert [one.id for one in found] == NAMES
    assert [one.shipped for one in found] == SHIPPED
    assert [one.fractured for one in found] == [False, True, False, True]
    assert [(one.patient, one.study) for one in found] == [(f"{n}", f"{n}/1") for n in range(4)]


def test_the_index_may_lie_beside_the_images(tmp_path: Path) -> None:
    root = lay_out(tmp_path, "data/images/{part}")
    (root / "dataset.csv").rename(root / "data/dataset.csv")
    assert len(radiographs(root)) == 4
    (root / "other").mkdir()
    (root / "other/dataset.csv").touch()
    with pytest.raises(
        PipelineError, match=r"data/dataset.csv and other/dataset.csv, expected one"
    ):
        radiographs(root)


def test_an_index_with_decimals_and_flags(tmp_path: Path) -> None:
    root = lay_out(tmp_path, "images/{part}")
    table = pd.read_csv(root / "dataset.csv", index_col=0)
    table["patient_id"] = [7.0, 7.0, 8.0, 8.0]
    table["cast"], table["metal"], table["projection"] = [1.0, 0.0, 0.0, 1.0], [None] * 4, 2.0
    table["laterality"], table["age"], table["gender"] = "R", [9.0, 9.5, None, 3.0], list("FMOF")
    table.to_csv(root / "dataset.csv")
    found = radiographs(root)
    assert [one.patient for one in found] == ["7", "7", "8", "8"]
    assert [one.flags for one in found] == [
        ("right", "cast"), ("right",), ("right",), ("right", "cast"),
    ]  # fmt: skip
    assert [(one.age, one.sex) for one in found] == [
        (9.0, "female"), (9.5, "male"), (None, ""), (3.0, "female"),
    ]  # fmt: skip
    assert {one.view for one in found} == {"lateral"}
    assert dict(found[1].labels) == {
        "gender": "M", "projection": "2", "laterality": "R", "cast": "0", "metal": "0",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("layout", "labels"),
    [
        ("data/images/{part}", "data/labels/{part}"),
        ("{part}/images", "{part}/labels"),
        ("images_part1", "labels"),
    ],
)
def test_boxes_of_the_fractured_in_pixels(tmp_path: Path, layout: str, labels: str) -> None:
    """A box by its middle and sides, an outline by its corners; other classes are none."""
    root = lay_out(tmp_path, layout)
    annotate(
        root,
        labels,
        {
            0: "3 0.5 0.5 0.1 0.1\n",  # the index alone tells the label: no fracture is visible
            1: "8 0.1 0.1 0.1 0.1\n3 0.5 0.5 0.25 0.5\n\n3 0.1 0.2 0.3 0.2 0.2 0.7\n",
            3: "4 0.5 0.5 0.1 0.1\n",
        },
    )
    found = radiographs(root)
    assert [len(one.boxes) for one in found] == [0, 2, 0, 0]
    assert found[1].boxes[0] == (15, 5, 25, 15)
    assert found[1].boxes[1] == pytest.approx((4, 4, 12, 14))


@pytest.mark.parametrize(
    "names", ["names: [fracture, text]", "names:\n  0: Fracture\n  1: text\n", "nc: 1\nnames: []"]
)
def test_the_classes_may_be_named(tmp_path: Path, names: str) -> None:
    root = lay_out(tmp_path, "{part}/images")
    (root / "data.yaml").write_text(names)
    annotate(root, "{part}/labels", {1: "0 0.5 0.5 0.25 0.5\n", 3: "3 0.5 0.5 0.25 0.5\n"})
    assert [len(one.boxes) for one in radiographs(root)] == (
        [0, 0, 0, 1] if "[]" in names else [0, 1, 0, 0]
    )


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("names: [text]", "data.yaml give the class fracture 0 numbers, expected one"),
        ("names: [fracture, fracture]", "give the class fracture 2 numbers, expected one"),
        ("names: [", "data.yaml is no YAML file: mend or remove it"),
    ],
)
def test_classes_that_cannot_be_told(tmp_path: Path, names: str, message: str) -> None:
    root = lay_out(tmp_path, "{part}/images")
    (root / "data.yaml").write_text(names)
    annotate(root, "{part}/labels", {1: "0 0.5 0.5 0.25 0.5\n"})
    with pytest.raises(PipelineError, match=message):
        radiographs(root)


@pytest.mark.parametrize("line", ["3 0.5 0.5\n", "3 0.5 0.5 0.1 x\n", "fracture 1 1 1 1\n"])
def test_what_is_no_annotation(tmp_path: Path, line: str) -> None:
    root = lay_out(tmp_path, "{part}/images")
    annotate(root, "{part}/labels", {1: line})
    with pytest.raises(PipelineError, match=rf"{NAMES[1]}.txt is no YOLO annotation"):
        radiographs(root)


def test_an_image_that_cannot_be_opened_has_no_boxes(tmp_path: Path) -> None:
    root = lay_out(tmp_path, "{part}/images")
    annotate(root, "{part}/labels", {1: "3 0.5 0.5 0.25 0.5\n"})
    (root / f"train/images/{NAMES[1]}.png").write_bytes(b"\x89PNG")
    assert [one.boxes for one in radiographs(root)] == [()] * 4
