"""The reader on trees of class folders: as they are published, and as they should not be."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from fracture.artifacts import left_out as left_outs
from fracture.artifacts import splits
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.class_folders import IN_NO_CLASS
from fracture.datasets.findings import separate
from fracture.datasets.tree import CONTROL_CHARACTER, NOT_AN_IMAGE, NOT_UTF_8
from fracture.folder import HIDDEN, READ_ELSEWHERE, SIDE_FILE
from tests.datasets.class_trees import PAIR, SECTION, findings, lay_out, left_out, section


def test_all_that_a_tree_says(tmp_path: Path) -> None:
    root = lay_out(tmp_path, ["Train/Fractured/a b.JPG", "val/not fractured/1-rotated1.png"])
    assert findings(root, body_part="wrist") == [
        Radiograph(
            id="Train/Fractured/a b",
            path="Train/Fractured/a b.JPG",
            fractured=True,
            body_part="wrist",
            dataset="class_folders",
            shipped="train",
        ),
        Radiograph(
            id="val/not fractured/1-rotated1",
            path="val/not fractured/1-rotated1.png",
            fractured=False,
            body_part="wrist",
            dataset="class_folders",
            shipped="validation",
        ),
    ]


@pytest.mark.parametrize(
    ("fractured", "other"),
    [
        *((name, "normal") for name in SECTION["positive"]),
        *(("fractured", name) for name in SECTION["negative"]),
        ("Fractured", "Not_Fractured"),
        ("FRACTURED", "non-fractured"),
        ("Fracture", "NonFractured"),
        ("fractured", "Non  Fractured"),
    ],
)
def test_names_of_classes(tmp_path: Path, fractured: str, other: str) -> None:
    root = lay_out(tmp_path, [f"{fractured}/1.png", f"{other}/1.png"])
    kept, none = separate(findings(root))
    assert {one.path: (one.fractured, one.shipped) for one in kept} == {
        f"{fractured}/1.png": (True, ""),
        f"{other}/1.png": (False, ""),
    }
    assert none == []


@pytest.mark.parametrize(
    ("folders", "positive", "negative"),
    [
        (("Fractured Bone", "Healthy_Bone"), ["fractured-bone"], ["Healthy bone"]),
        (("1", "0"), [1], [0]),
        (("0", "1"), ["0"], ["1"]),
        (("01_fractured", "02_intakt"), ["01_fractured"], ["02 intakt", "03"]),
        (("Gebrochen", "HEIL"), ["gebrochen"], ["heil"]),
    ],
)
def test_names_that_params_yaml_gives(
    tmp_path: Path, folders: tuple[str, str], positive: list[Any], negative: list[Any]
) -> None:
    root = lay_out(tmp_path, [f"train/{folder}/1.png" for folder in folders])
    kept, none = separate(findings(root, positive=positive, negative=negative))
    assert {one.path.split("/")[1]: one.fractured for one in kept} == {
        folders[0]: True, folders[1]: False,
    }  # fmt: skip
    assert none == []


@pytest.mark.parametrize("around", ["", "archive/", "Bone Fractures/Bone Fractures/"])
@pytest.mark.parametrize("name", [*splits.NAMES, "TRAIN", "Test"])
@pytest.mark.parametrize("layout", ["{part}/{label}", "{label}/{part}"])
def test_parts_above_and_below_the_classes(
    tmp_path: Path, around: str, name: str, layout: str
) -> None:
    files = [
        f"{around}{layout.format(part=name, label=label)}/1.png"
        for label in ("positive", "negative")
    ]
    kept, none = separate(findings(lay_out(tmp_path, files)))
    assert {one.path: (one.fractured, one.shipped) for one in kept} == {
        files[0]: (True, splits.NAMES[name.lower()]),
        files[1]: (False, splits.NAMES[name.lower()]),
    }
    assert none == []


@pytest.mark.parametrize("suffix", ["jpg", "jpeg", "jfif", "png", "bmp", "tiff", "webp", "JPEG"])
def test_suffixes_of_images(tmp_path: Path, suffix: str) -> None:
    root = lay_out(tmp_path, [*PAIR, f"normal/2.{suffix}"])
    assert [finding.id for finding in findings(root)] == ["fractured/1", "normal/1", "normal/2"]


def test_an_image_without_a_suffix(tmp_path: Path) -> None:
    root = lay_out(tmp_path, [*PAIR, "normal/2"])
    (root / "normal/2").write_bytes(b"\xff\xd8\xff\xe0")
    assert [finding.id for finding in findings(root)] == ["fractured/1", "normal/1", "normal/2"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("normal/Thumbs.db", SIDE_FILE),
        ("normal/._1.jpg", SIDE_FILE),
        ("__MACOSX/normal/1.jpg", SIDE_FILE),
        ("normal/.hidden.jpg", HIDDEN),
        (".Trash-0/normal/1.jpg", HIDDEN),
        ("labels.csv", NOT_AN_IMAGE),
        ("normal/1", NOT_AN_IMAGE),
        ("other/readme.txt", NOT_AN_IMAGE),
    ],
)
def test_other_files_are_named_and_do_no_harm(tmp_path: Path, name: str, reason: str) -> None:
    root = lay_out(tmp_path, [PAIR[0], "normal/2.jpg", name])
    assert left_out(root) == [LeftOut(name, reason, name, radiograph=False)]
    assert [one.id for one in separate(findings(root))[0]] == ["fractured/1", "normal/2"]


@pytest.mark.parametrize(
    "path",
    ["masks/1.png", "fractured/masks/1.png", "masks/fractured/1.png", "1.png", "train/1.png"],
)
def test_an_image_in_no_class_is_told_and_does_no_harm(tmp_path: Path, path: str) -> None:
    root = lay_out(tmp_path, [*PAIR, path])
    assert left_out(root) == [LeftOut(path.removesuffix(".png"), IN_NO_CLASS, path)]
    assert len(findings(root)) == 3


def test_an_image_beside_the_folder_around_all(tmp_path: Path) -> None:
    root = lay_out(tmp_path, ["around/fractured/1.jpg", "around/normal/1.jpg", "example.jpg"])
    assert left_out(root) == [LeftOut("example", IN_NO_CLASS, "example.jpg")]


def test_ids_are_unique_though_names_differ_in_the_suffix_alone(tmp_path: Path) -> None:
    names = ["1.jpg", "1.png", "1.jpg.png", "2.jpg", "3.jpg", "3"]
    root = lay_out(tmp_path, [PAIR[0], *(f"normal/{name}" for name in names)])
    assert {finding.id for finding in findings(root)} == {
        "fractured/1", "normal/1.jpg", "normal/1.png", "normal/1.jpg.png", "normal/2",
        "normal/3.jpg", "normal/3",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "shown", "reason"),
    [
        (b"\xff2.jpg", r"normal/\xff2", NOT_UTF_8),
        (b"2\n.jpg", r"normal/2\n", CONTROL_CHARACTER),
    ],
)
def test_names_that_cannot_be_written_down(
    tmp_path: Path, name: bytes, shown: str, reason: str
) -> None:
    (lay_out(tmp_path) / "normal" / os.fsdecode(name)).touch()
    found = left_out(tmp_path)
    assert found == [LeftOut(shown, reason, label="not_fractured")]
    left_outs.write(found, tmp_path / "left_out.csv")
    assert left_outs.read(tmp_path / "left_out.csv") == found


def test_links(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "root")
    lay_out(tmp_path, ["elsewhere/3.jpg", "elsewhere/train/4.jpg"])
    for link, target in {
        "normal/inside.jpg": "1.jpg",
        "normal/broken.jpg": "absent.jpg",
        "normal/itself.jpg": "itself.jpg",
        "normal/outside.jpg": "../../elsewhere/3.jpg",
        "negative": "../elsewhere",
        "again": "../elsewhere",
        "normal/round": "..",
    }.items():
        (root / link).symlink_to(target)
    kept, none = separate(findings(root))
    assert [one.path for one in kept] == [
        "fractured/1.jpg", "normal/1.jpg", "normal/inside.jpg", "normal/outside.jpg",
    ]  # fmt: skip
    assert none == [
        LeftOut("again/3", IN_NO_CLASS, "again/3.jpg"),
        LeftOut("again/train/4", IN_NO_CLASS, "again/train/4.jpg"),
        LeftOut("negative", READ_ELSEWHERE, "negative", radiograph=False),
        LeftOut("normal/broken", "broken link", "normal/broken.jpg", "not_fractured"),
        LeftOut("normal/itself", "link loop", "normal/itself.jpg", "not_fractured"),
        LeftOut(
            "normal/round", "link to a folder that it lies in", "normal/round", radiograph=False
        ),
    ]


def test_class_folders_that_are_links(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "root", PAIR[:1])
    lay_out(tmp_path, ["elsewhere/2.jpg", "elsewhere/train/3.jpg"])
    (root / "normal").symlink_to("../elsewhere")
    (tmp_path / "link").symlink_to("root")
    kept, none = separate(findings(tmp_path / "link"))
    assert [one.path for one in kept] == ["fractured/1.jpg", "normal/2.jpg", "normal/train/3.jpg"]
    assert none == []


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            ["Fracture/1.png", "Abnormality/1.png", "a.txt"],
            (
                r": of 3 files none is read \(2 in no class folder, 1 not an image\); .* folders "
                r"Abnormality, Fracture; expected images in a folder named not .* negative: set in "
                r'params.yaml, if that is what they hold, datasets.class_folders.negative: \["Abnor'
            ),
        ),
        (
            ["train/normal/1.png", "train/broken/1.png"],
            (
                "folders broken, normal, train; .* named fractured or fracture or pos.*: "
                r'set .* datasets.class_folders.positive: \["broken"\]$'
            ),
        ),
        (
            ["x/No Fracture Seen/1.png", "x/01_Fractured Bone/1.png"],
            (
                "named fractured or .*, and in one named not fract.*: set in params.yaml.*"
                r'positive: \["01_Fractured Bone"\] and .*negative: \["No Fracture Seen"\]$'
            ),
        ),
        (["train/0/1.png", "train/1/1.png"], r'positive: \["1"\] and .*negative: \["0"\]$'),
        (
            ["fractured/p1/1.png", "normal/p2/1.png"],
            r"move the images of fractured/p1, normal/p2 into the class folder itself$",
        ),
        (["a/text.txt"], r"of 1 files none is read \(1 not an image\).*: set .*folders.root$"),
        ([], r"of 0 files none is read; it holds the folders none; expected"),
        ([f"{n}/1.png" for n in range(30)], "0, 1, 10, 11, .* and 18 more; expected"),
    ],
)
def test_a_class_without_a_folder(tmp_path: Path, files: Sequence[str], message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        findings(lay_out(tmp_path, files))


def test_one_class_and_nothing_else_is_read(tmp_path: Path) -> None:
    (only,) = findings(lay_out(tmp_path, ["train/normal/1.png"]))
    assert isinstance(only, Radiograph)
    assert not only.fractured


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(
        PipelineError, match=r"no folder .*/absent: set datasets.class_folders.root"
    ):
        findings(tmp_path / "absent")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"body_part": ""}, r"datasets.class_folders.body_part is .*pattern"),
        ({"body_part": "Left hand"}, r"datasets.class_folders.body_part is .*pattern"),
        ({"positive": []}, r"datasets.class_folders.positive is .*at least 1"),
        (
            {"positive": ["1", "Frac-tured"], "negative": ["frac tured"]},
            "datasets.class_folders: fractured stands in positive and negative",
        ),
    ],
)
def test_a_section_that_cannot_be(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        section(tmp_path, **changes)
