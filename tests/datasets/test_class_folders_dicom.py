"""DICOM files in class folders: described by their headers, and nobody's name written down."""

from dataclasses import astuple
from pathlib import Path

import pytest

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.class_folders import IN_NO_CLASS
from fracture.datasets.findings import separate
from fracture.datasets.private import private_hash
from tests.datasets.class_trees import findings, lay_out, left_out
from tests.datasets.dicom_trees import radiograph

pytestmark = pytest.mark.usefixtures("private_salt")


def write(root: Path, files: dict[str, bytes]) -> Path:
    lay_out(root, [*files])
    for name, content in files.items():
        (root / name).write_bytes(content)
    return root


def test_what_a_header_says(tmp_path: Path) -> None:
    """With the suffix of DICOM, of another format, and none."""
    aged = radiograph(1, PatientAge="034Y", PatientSex="F", ViewPosition="LL")
    names = ["train/fractured/1.dcm", "train/normal/2", "train/normal/3.png"]
    root = write(tmp_path, dict(zip(names, [aged, radiograph(2), radiograph(1)], strict=True)))
    found, none = separate(findings(root))
    assert none == []
    by_path = {one.path: one for one in found}
    assert by_path[names[0]] == Radiograph(
        id=private_hash()("file", names[0]),
        path=names[0],
        fractured=True,
        body_part="hand",
        view="lateral",
        patient="mrn4712",
        study="1.2.3.900.1",
        dataset="class_folders",
        shipped="train",
        age=34,
        sex="female",
        hashed=True,
    )
    assert [by_path[name].patient for name in names] == ["mrn4712", "mrn4713", "mrn4712"]
    assert all(one.hashed and "/" not in one.id for one in found)


@pytest.mark.parametrize(
    ("given", "in_header", "expected"),
    [("unknown", "WRIST", "wrist"), ("elbow", "WRIST", "elbow"), ("unknown", "", "unknown")],
)
def test_body_part(tmp_path: Path, given: str, in_header: str, expected: str) -> None:
    content = radiograph(1, BodyPartExamined=in_header)
    (found,) = findings(write(tmp_path, {"normal/1": content}), body_part=given)
    assert isinstance(found, Radiograph)
    assert found.body_part == expected


def test_radiographs_of_other_formats_keep_their_ids(tmp_path: Path) -> None:
    root = write(tmp_path, {"normal/1.dcm": radiograph(1), "normal/2.png": b"", "a.txt": b""})
    kept, (text,) = separate(findings(root))
    assert sorted((one.path, one.id == "normal/2", one.hashed) for one in kept) == [
        ("normal/1.dcm", False, True), ("normal/2.png", True, False),
    ]  # fmt: skip
    assert (text.id, text.path) == ("a.txt", "a.txt")


def test_a_path_that_cannot_be_checked_is_not_written_down(tmp_path: Path) -> None:
    root = write(
        tmp_path,
        {
            "normal/1.dcm": radiograph(1),
            "normal/Doe_Jane2.dcm": radiograph(2)[:300],
            "masks/3.dcm": radiograph(3),
            "fractured/Doe_Jane4.dcm": b"no DICOM",
        },
    )
    (root / "normal/Doe_Jane5.dcm").symlink_to("absent")
    hashed = private_hash()
    found = sorted(left_out(root), key=lambda one: one.reason.casefold())
    assert found == [
        LeftOut(hashed("file", "normal/Doe_Jane5.dcm"), "broken link", label="not_fractured"),
        LeftOut(hashed("file", "masks/3.dcm"), IN_NO_CLASS, "masks/3.dcm"),
        LeftOut(hashed("file", "normal/Doe_Jane2.dcm"), "no pixels", label="not_fractured"),
        LeftOut(hashed("file", "fractured/Doe_Jane4.dcm"), "not a DICOM file", label="fractured"),
    ]
    assert "Doe" not in str([astuple(one) for one in findings(root)])


@pytest.mark.parametrize("name", ["normal/Doe_Jane1.dcm", "doe/normal/1.dcm", "normal/MRN4712"])
def test_a_path_that_tells_whose_it_is_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PipelineError, match=r"1 of 1 files .* patient's name or id") as told:
        findings(write(tmp_path, {name: radiograph(1)}))
    assert not {"Doe", "4712"} & set(str(told.value).replace("_", " ").split())


def test_without_a_key_nothing_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRACTURE_SALT")
    with pytest.raises(PipelineError, match="FRACTURE_SALT holds 0 characters"):
        findings(write(tmp_path, {"normal/1": radiograph(1)}))
