"""The reader on small folders of MURA's layout: with its lists, with wrong ones, without them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.findings import Finding, separate
from fracture.datasets.mura import (
    DISAGREEMENT,
    MISPLACED,
    UNLISTED,
    UNLISTED_STUDY,
    WITHOUT_IMAGES,
    read,
)
from fracture.datasets.tree import NOT_AN_IMAGE
from fracture.folder import BROKEN_LINK, HIDDEN, SIDE_FILE
from fracture.params.datasets import Mura

ELBOW = "train/XR_ELBOW/patient00011/study1_negative"
HAND = "train/XR_HAND/patient00011/study1_positive"
SHOULDER = "valid/XR_SHOULDER/patient11185/study2_positive"
IMAGES = (f"{ELBOW}/image1.png", f"{ELBOW}/image2.png", f"{HAND}/image1.png")
VALID = (f"{SHOULDER}/image3.png",)
LISTS = ("image_paths.csv", "labeled_studies.csv")


def lay_out(root: Path, images: Sequence[str] = (*IMAGES, *VALID)) -> Path:
    """Write a folder as MURA-v1.1 unpacks, without its lists: no image is opened."""
    for part in ("train", "valid"):
        (root / part).mkdir(parents=True, exist_ok=True)
    for image in images:
        (root / image).parent.mkdir(parents=True, exist_ok=True)
        (root / image).touch()
    return root


def write_lists(
    root: Path,
    images: Sequence[str] = IMAGES,
    studies: Sequence[str] = (f"{ELBOW}/,0", f"{HAND}/,1"),
    lead: str = "MURA-v1.1/",
) -> Path:
    """Write the two lists of the training part."""
    for name, lines in zip(LISTS, (images, studies), strict=True):
        (root / f"train_{name}").write_text("".join(f"{lead}{line}\n" for line in lines))
    return root


def findings(root: Path) -> list[Finding]:
    return read(Mura(root=str(root)), root)


def left_out(root: Path) -> list[LeftOut]:
    return separate(findings(root))[1]


def test_all_that_the_folders_say(tmp_path: Path) -> None:
    assert findings(lay_out(tmp_path)) == [
        *(
            Radiograph(
                id=f"{ELBOW}/image{number}",
                path=f"{ELBOW}/image{number}.png",
                fractured=False,
                body_part="elbow",
                patient="patient00011",
                study=ELBOW,
                dataset="mura",
                shipped="train",
            )
            for number in (1, 2)
        ),
        Radiograph(
            id=f"{HAND}/image1",
            path=f"{HAND}/image1.png",
            fractured=True,
            body_part="hand",
            patient="patient00011",
            study=HAND,
            dataset="mura",
            shipped="train",
        ),
        Radiograph(
            id=f"{SHOULDER}/image3",
            path=f"{SHOULDER}/image3.png",
            fractured=True,
            body_part="shoulder",
            patient="patient11185",
            study=SHOULDER,
            dataset="mura",
            shipped="test",
        ),
    ]


def test_a_patient_in_both_parts_is_the_same_patient_in_two_studies(tmp_path: Path) -> None:
    study = "XR_WRIST/patient00001/study1_negative"
    root = lay_out(tmp_path, [f"train/{study}/image1.png", f"valid/{study}/image1.png"])
    kept, _ = separate(findings(root))
    assert [radiograph.patient for radiograph in kept] == ["patient00001", "patient00001"]
    assert [radiograph.shipped for radiograph in kept] == ["train", "test"]
    assert kept[0].study != kept[1].study


@pytest.mark.parametrize("lead", ["MURA-v1.1/", "", "./", "/data/MURA-v1.1/"])
@pytest.mark.parametrize("headers", [("", ""), ("path\n", "study,label\n")])
@pytest.mark.parametrize("slash", ["/", ""])
def test_lists_that_agree_change_nothing(
    tmp_path: Path, lead: str, headers: tuple[str, str], slash: str
) -> None:
    root = lay_out(tmp_path)
    alone = findings(root)
    write_lists(root, studies=[f"{ELBOW}{slash},0", f"{HAND}{slash},1"], lead=lead)
    for name, header in zip(LISTS, headers, strict=True):
        source = root / f"train_{name}"
        source.write_text(header + source.read_text())
    assert findings(root) == alone


def test_what_macos_leaves_behind_is_no_image(tmp_path: Path) -> None:
    ghost = f"{ELBOW}/._image1.png"
    root = write_lists(lay_out(tmp_path, [*IMAGES, *VALID, ghost, "train/.DS_Store"]))
    side_files = [
        LeftOut(path, SIDE_FILE, path, radiograph=False) for path in ("train/.DS_Store", ghost)
    ]
    assert left_out(root) == side_files
    write_lists(root, images=[*IMAGES, ghost])
    assert left_out(root) == side_files


def test_links_of_a_cache_are_followed_and_broken_ones_named(tmp_path: Path) -> None:
    root = lay_out(tmp_path / "MURA-v1.1", [*IMAGES[:1], *VALID])
    (tmp_path / "ab12").touch()
    (root / IMAGES[1]).symlink_to(tmp_path / "ab12")
    (root / HAND).mkdir(parents=True)
    (root / IMAGES[2]).symlink_to(tmp_path / "gone")
    kept, none = separate(findings(write_lists(root)))
    assert [one.path for one in kept] == [*IMAGES[:2], *VALID]
    assert none == [LeftOut(f"{HAND}/image1", BROKEN_LINK, IMAGES[2], "fractured")]


def test_images_of_another_suffix(tmp_path: Path) -> None:
    names = (f"{ELBOW}/image1", f"{ELBOW}/image1.png", f"{ELBOW}/image2.jpg")
    root = lay_out(tmp_path, names)
    (root / names[0]).write_bytes(b"\xff\xd8\xff")
    assert [(one.id, one.path) for one in separate(findings(root))[0]] == [
        (f"{ELBOW}/image1", names[0]), (names[1], names[1]), (f"{ELBOW}/image2", names[2]),
    ]  # fmt: skip


def test_every_other_file_is_named(tmp_path: Path) -> None:
    others = ["example.png", "notes/readme.txt", ".git/HEAD", f"{ELBOW}/label.txt"]
    assert left_out(write_lists(lay_out(tmp_path, [*IMAGES, *VALID, *others]))) == [
        LeftOut(".git/HEAD", HIDDEN, ".git/HEAD", radiograph=False),
        LeftOut("example.png", MISPLACED, "example.png"),
        LeftOut("notes/readme.txt", NOT_AN_IMAGE, "notes/readme.txt", radiograph=False),
        LeftOut(f"{ELBOW}/label.txt", NOT_AN_IMAGE, f"{ELBOW}/label.txt", radiograph=False),
    ]


def test_listed_and_not_there(tmp_path: Path) -> None:
    root = write_lists(lay_out(tmp_path, [*IMAGES[:2], *VALID]))
    assert left_out(root) == [LeftOut(f"{HAND}/image1", "missing", label="fractured")]


def test_there_and_not_listed(tmp_path: Path) -> None:
    root = write_lists(lay_out(tmp_path), images=IMAGES[1:])
    assert left_out(root) == [LeftOut(f"{ELBOW}/image1", UNLISTED, IMAGES[0], "not_fractured")]


def test_a_study_that_is_not_listed(tmp_path: Path) -> None:
    root = write_lists(lay_out(tmp_path), studies=[f"{ELBOW}/,0"])
    assert left_out(root) == [LeftOut(f"{HAND}/image1", UNLISTED_STUDY, IMAGES[2], "fractured")]


@pytest.mark.parametrize("labels", [["1"], ["0", "1"]])
def test_folder_and_list_disagree(tmp_path: Path, labels: list[str]) -> None:
    studies = [*(f"{ELBOW}/,{label}" for label in labels), f"{HAND}/,1"]
    root = write_lists(lay_out(tmp_path), studies=studies)
    assert left_out(root) == [
        LeftOut(f"{ELBOW}/image{number}", DISAGREEMENT, f"{ELBOW}/image{number}.png")
        for number in (1, 2)
    ]


def test_a_study_without_images(tmp_path: Path) -> None:
    gone = "train/XR_FINGER/patient00002/study1_positive"
    root = write_lists(lay_out(tmp_path), studies=[f"{ELBOW}/,0", f"{gone}/,1", f"{HAND}/,1"])
    assert left_out(root) == [LeftOut(gone, WITHOUT_IMAGES, label="fractured")]


@pytest.mark.parametrize(
    "image",
    [
        "train/XR_ELBOW/patient00003/study1/image1.png",
        "train/XR_ELBOW/image1.png",
        f"{ELBOW}/more/image1.png",
    ],
)
def test_an_image_in_another_place(tmp_path: Path, image: str) -> None:
    root = lay_out(tmp_path, [*IMAGES, *VALID, image])
    assert left_out(root) == [LeftOut(image.removesuffix(".png"), MISPLACED, image)]


@pytest.mark.parametrize("part", ["train", "valid"])
def test_no_folder(tmp_path: Path, part: str) -> None:
    (lay_out(tmp_path, []) / part).rmdir()
    with pytest.raises(PipelineError, match=f"no folder .*/{part}, .*Stanford.*datasets.mura.root"):
        findings(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("train_image_paths.csv", "", "train_image_paths.csv is empty, expected a table"),
        ("train_image_paths.csv", f"0,{IMAGES[0]}\n", "has 2 columns, expected 1: ask Stanford"),
        (
            "train_image_paths.csv",
            "images/1.png\n",
            "names 'images/1.png', expected a path such as",
        ),
        ("train_image_paths.csv", f"{VALID[0]}\n", r"names 'valid/.* such as MURA-v1.1/train/XR_"),
        ("train_image_paths.csv", f"my{IMAGES[0]}\n", "names 'mytrain/XR_ELBOW"),
        ("valid_labeled_studies.csv", f"{SHOULDER}/\n", "has 1 columns, expected 2"),
        ("valid_labeled_studies.csv", f"{SHOULDER}/,yes\n", "label of .*is 'yes', expected 0 or 1"),
    ],
)
def test_what_is_no_list(tmp_path: Path, name: str, content: str, message: str) -> None:
    (lay_out(tmp_path) / name).write_text(content)
    with pytest.raises(PipelineError, match=message):
        findings(tmp_path)
