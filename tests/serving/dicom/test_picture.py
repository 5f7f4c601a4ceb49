"""A radiograph beside its heat: a valid Secondary Capture that says whose and what it is."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.uid import SecondaryCaptureImageStorage

from fracture.artifacts.bundle import Bundle
from fracture.inference.heat import Heat
from serving.dicom.picture import caption, draw, write_picture
from tests.serving.dicom.examples import NAME, PATIENT, answer, write


def test_it_refers_to_the_radiograph_and_is_of_the_same_patient_and_study(
    small: Bundle, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.dcm")
    picture = write_picture(file, answer(), small, tmp_path / "out")
    assert picture is not None
    image = dcmread(picture)
    assert image.SOPClassUID == SecondaryCaptureImageStorage
    assert image.Modality == "OT"
    assert (str(image.PatientName), image.PatientID) == (NAME, PATIENT)
    assert (image.PatientBirthDate, image.PatientSex) == ("19500102", "F")
    assert (image.StudyInstanceUID, image.StudyDate, image.AccessionNumber) == (
        "1.2.3", "20200304", "A7",
    )  # fmt: skip
    (reference,) = image.SourceImageSequence
    assert reference.ReferencedSOPInstanceUID == "1.2.3.4.5"
    assert image.SeriesInstanceUID.startswith("2.25.")
    assert image.ContentQualification == "RESEARCH"
    assert image.ImageComments == "Research, not for clinical use"
    assert image.SoftwareVersions == small.digest[:16]
    assert image.Laterality == "L"


def test_the_same_radiograph_and_bundle_give_the_same_bytes(small: Bundle, tmp_path: Path) -> None:
    file = write(tmp_path / "a.dcm")
    first, again = (write_picture(file, answer(), small, tmp_path / name) for name in "xy")
    assert first is not None
    assert again is not None
    assert first.read_bytes() == again.read_bytes()
    other = small.model_copy(update={"system": "other"})
    changed = write_picture(file, answer(), other, tmp_path / "z")
    assert changed is not None
    assert dcmread(changed).SOPInstanceUID != dcmread(first).SOPInstanceUID


def test_no_name_of_a_file_tells_the_patient_or_the_study(small: Bundle, tmp_path: Path) -> None:
    write_picture(write(tmp_path / "a.dcm"), answer(), small, tmp_path / "out")
    names = "/".join(str(path.relative_to(tmp_path)) for path in (tmp_path / "out").rglob("*"))
    assert not any(part in names for part in ("1.2.3", PATIENT, "ller"))


@pytest.mark.parametrize("what", ["picture", "heat"])
def test_nothing_is_written_of_a_picture_or_without_heat(
    what: str, small: Bundle, tmp_path: Path
) -> None:
    file = write(tmp_path / "a.dcm")
    if what == "picture":
        file.write_bytes(b"\x89PNG")
    assert write_picture(file, answer(heat=what != "heat"), small, tmp_path / "out") is None
    assert not (tmp_path / "out").exists()


def test_the_radiograph_stands_left_its_heat_right_and_text_below() -> None:
    shown = answer().heat
    assert shown is not None
    picture = draw(shown, ["a line", "another"])
    assert picture.shape == (512 + 2 * 8 + 2 * 20, 1024, 3)
    left, right, text = picture[:512, :512], picture[:512, 512:], picture[512:]
    assert (left == 100).all()
    assert (right[300:, 300:] == 100).all()
    assert (right[50:200, 50:200, 0] > 200).all()  # hot is bright
    assert text.max() == 255
    assert text[:, -50:].max() == 0


def test_a_long_line_is_broken() -> None:
    heat = Heat(np.zeros((512, 512), np.uint8), np.zeros((512, 512), np.float32), "Grad-CAM")
    assert draw(heat, ["word " * 100]).shape[0] > draw(heat, ["word"]).shape[0]


def test_the_text_says_what_was_said_by_whom_and_what_it_is_not_for(small: Bundle) -> None:
    given = answer(0.75, notes=("looks odd",))
    assert given.heat is not None
    assert caption(given, given.heat, small) == [
        "probability: 0.75; verdict: fractured; balanced: fractured; sensitive: fractured",
        f"small, {small.digest[:12]}, trained on synthetic (drawn radiographs); Grad-CAM",
        "looks odd",
        "Research, not for clinical use",
    ]
