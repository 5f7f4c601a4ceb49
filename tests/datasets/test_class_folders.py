"""The reader on trees of class folders: as they are published, and as they should not be."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from fracture.artifacts import left_out as left_outs
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.class_folders import (
    CONTROL_CHARACTER,
    FOLDER,
    FRACTURED,
    IN_NO_CLASS,
    LEAVES,
    LINKED_FOLDER,
    NO_FILE,
    NOT_FRACTURED,
    NOT_UTF_8,
    SHIPPED,
    read,
)
from fracture.datasets.findings import Finding, separate
from fracture.params.datasets import ClassFolders

PAIR = ("fractured/1.jpg", "normal/1.jpg")


def lay_out(root: Path, files: Sequence[str] = PAIR) -> Path:
    """Write empty files: no image is opened."""
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return root


def findings(root: Path, body_part: str = "unknown") -> list[Finding]:
    return read(ClassFolders(root=str(root), body_part=body_part), root)


def left_out(root: Path) -> list[LeftOut]:
    return separate(findings(root))[1]


def test_all_that_a_tree_says(tmp_path: Path) -> None:
    root = lay_out(tmp_path, ["Train/Fractured/a b.JPG", "val/not fractured/1-rotated1.png"])
    assert findings(root, "wrist") == [
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
        *((name, "normal") for name in FRACTURED),
        *(("fractured", name) for name in NOT_FRACTURED),
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


@pytest.mark.parametrize("around", ["", "archive/", "Bone Fractures/Bone Fractures/"])
@pytest.mark.parametrize("name", [*SHIPPED, "TRAIN", "Test"])
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
        files[0]: (True, SHIPPED[name.lower()]),
        files[1]: (False, SHIPPED[name.lower()]),
    }
    assert none == []


@pytest.mark.parametrize(
    "suffix", ["jpg", "jpeg", "png", "bmp", "tif", "tiff", "dcm", "JPEG", "DcM"]
)
def test_suffixes_of_images(tmp_path: Path, suffix: str) -> None:
    root = lay_out(tmp_path, [*PAIR, f"normal/2.{suffix}"])
    assert [finding.id for finding in findings(root)] == ["fractured/1", "normal/1", "normal/2"]


@pytest.mark.parametrize(
    "name",
    [
        "normal/Thumbs.db",
        "normal/.hidden.jpg",
        "normal/._1.jpg",
        "__MACOSX/normal/1.jpg",
        "labels.csv",
    ],
)
def test_other_files_are_no_images(tmp_path: Path, name: str) -> None:
    assert len(findings(lay_out(tmp_path, [*PAIR, name]))) == 2


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
    names = ["1.jpg", "1.png", "1.jpg.png", "2.jpg"]
    root = lay_out(tmp_path, [PAIR[0], *(f"normal/{name}" for name in names)])
    assert {finding.id for finding in findings(root)} == {
        "fractured/1", "normal/1.jpg", "normal/1.png", "normal/1.jpg.png", "normal/2",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "shown", "reason"),
    [
        (b"\xff2.jpg", r"normal/\xff2", NOT_UTF_8),
        (b"2\n.jpg", r"normal/2\n", CONTROL_CHARACTER),
        (b"2\r\x1b.jpg", r"normal/2\r\x1b", CONTROL_CHARACTER),
        ("2\u2028.jpg".encode(), r"normal/2\u2028", CONTROL_CHARACTER),
    ],
)
def test_names_that_cannot_be_written_down(
    tmp_path: Path, name: bytes, shown: str, reason: str
) -> None:
    Path(os.fsdecode(os.fsencode(lay_out(tmp_path) / "normal") + b"/" + name)).touch()
    found = left_out(tmp_path)
    assert found == [LeftOut(shown, reason, label="not_fractured")]
    left_outs.write(found, tmp_path / "left_out.csv")
    assert left_outs.read(tmp_path / "left_out.csv") == found


def test_a_folder_whose_name_cannot_be_written_down(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(lay_out(tmp_path)) + b"/\xffextra"))
    lay_out(folder, ["1.jpg"])
    (folder / "linked").symlink_to(tmp_path)
    assert left_out(tmp_path) == [
        LeftOut(r"\xffextra/1", NOT_UTF_8), LeftOut(r"\xffextra/linked", NOT_UTF_8)
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["Schlüsselbein", "鎖骨", "radius\u3000ulna", "a,b;c\"d'"])
def test_names_of_all_languages_are_names(tmp_path: Path, name: str) -> None:
    root = lay_out(tmp_path, [*PAIR, f"normal/{name}.jpg"])
    assert f"normal/{name}" in {one.id for one in separate(findings(root))[0]}


def test_links(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "root")
    lay_out(tmp_path, ["elsewhere/2.jpg"])
    for link, target in {
        "normal/inside.jpg": "1.jpg",
        "normal/broken.jpg": "absent.jpg",
        "normal/itself.jpg": "itself.jpg",
        "normal/outside.jpg": "../../elsewhere/2.jpg",
        "normal/more": "../../elsewhere",
        "normal/round": "..",
    }.items():
        (root / link).symlink_to(target)
    kept, none = separate(findings(root))
    nowhere = ["normal/broken", "normal/itself"]  # found missing when the file is read
    assert [one.id for one in kept if one.id not in nowhere] == [
        "fractured/1", "normal/1", "normal/inside",
    ]  # fmt: skip
    assert none == [
        LeftOut("normal/more", LEAVES, "normal/more", "not_fractured"),
        LeftOut("normal/outside", LEAVES, "normal/outside.jpg", "not_fractured"),
        LeftOut("normal/round", LINKED_FOLDER, "normal/round", "not_fractured"),
    ]


def test_the_root_may_be_a_link(tmp_path: Path) -> None:
    lay_out(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    assert len(separate(findings(tmp_path / "link"))[0]) == 2


def test_what_is_no_file(tmp_path: Path) -> None:
    root = lay_out(tmp_path, [*PAIR, "normal/folder.jpg/2.jpg"])
    os.mkfifo(root / "normal/pipe.jpg")
    assert left_out(root) == [
        LeftOut("normal/folder", FOLDER, "normal/folder.jpg", "not_fractured"),
        LeftOut("normal/folder.jpg/2", IN_NO_CLASS, "normal/folder.jpg/2.jpg"),
        LeftOut("normal/pipe", NO_FILE, "normal/pipe.jpg", "not_fractured"),
    ]


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = lay_out(tmp_path, [*PAIR, "normal/private/2.jpg"])
    scan = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("private"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    reason = "not readable: Permission denied"
    assert left_out(root) == [LeftOut("normal/private", reason, "normal/private", "not_fractured")]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            ["Fracture/1.png", "Abnormality/1.png"],
            "folders Abnormality, Fracture; expected images in a folder named not .*: rename",
        ),
        (
            ["train/normal/1.png", "train/broken/1.png"],
            "folders broken, normal, train; .* named fractured or fracture or pos",
        ),
        (
            ["x/benign/1.png", "x/malignant/1.png"],
            "folders benign, malignant, x; .* named fractured or .*, and in one named not fract",
        ),
        ([], "holds the folders none; expected"),
        ([f"{n}/1.png" for n in range(30)], "0, 1, 10, 11, .* and 18 more; expected"),
    ],
)
def test_a_class_without_a_folder(tmp_path: Path, files: list[str], message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        findings(lay_out(tmp_path, files))


def test_one_class_and_nothing_else_is_read(tmp_path: Path) -> None:
    (only,) = findings(lay_out(tmp_path, ["train/normal/1.png"]))
    assert isinstance(only, Radiograph)
    assert not only.fractured


def test_a_class_folder_that_is_a_link(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "root", PAIR[:1])
    lay_out(tmp_path, ["elsewhere/1.jpg"])
    (root / "normal").symlink_to("../elsewhere")
    with pytest.raises(PipelineError, match=r"holds the folders fractured, normal \(a link\); "):
        findings(root)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(
        PipelineError, match=r"no folder .*/absent: set datasets.class_folders.root"
    ):
        findings(tmp_path / "absent")


@pytest.mark.parametrize("body_part", ["", "Left hand", "hand;leg"])
def test_a_body_part_that_is_no_word(body_part: str) -> None:
    with pytest.raises(PipelineError, match=r"datasets.class_folders.body_part is .*pattern"):
        ClassFolders.parse({"root": "x", "body_part": body_part}, "datasets.class_folders")
