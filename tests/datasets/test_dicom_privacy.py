"""The DICOM reader: nothing tells whose the radiographs are."""

import re
from pathlib import Path

import pytest

from fracture.artifacts import left_out, manifest
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.findings import separate
from fracture.datasets.table import CONTRADICTION, NO_LABEL, NOT_IN_TABLE
from fracture.datasets.tree import LISTS_FILES
from tests.datasets.dicom_trees import SECTION, by_path, findings, lay_out, radiograph

pytestmark = pytest.mark.usefixtures("private_salt")


def test_one_patient_has_one_hash_whoever_issued_and_wrote_the_id(tmp_path: Path) -> None:
    same = {"PatientID": "X-1", "StudyInstanceUID": "1.2.3.5"}
    files = {
        "1": radiograph(1, **same),
        "2": radiograph(2, **same),
        "3": radiograph(3, **same | {"IssuerOfPatientID": "another hospital"}),
        "4": radiograph(4),
        "5": radiograph(5, PatientID="x1 "),
    }
    found = by_path(lay_out(tmp_path, files))
    first, second, third, fourth, fifth = (found[path] for path in files)
    assert isinstance(first, Radiograph)
    assert isinstance(second, Radiograph)
    assert isinstance(third, Radiograph)
    assert isinstance(fourth, Radiograph)
    assert isinstance(fifth, Radiograph)
    assert first.patient == second.patient == third.patient == fifth.patient
    assert fourth.patient not in (first.patient, "")
    assert first.study == second.study == third.study


def test_another_salt_gives_other_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay_out(tmp_path, {"1": radiograph(1)})
    (before,) = separate(findings(tmp_path))[0]
    monkeypatch.setenv("FRACTURE_SALT", "another one, as long")
    (after,) = separate(findings(tmp_path))[0]
    assert {before.id, before.patient, before.study}.isdisjoint(
        {after.id, after.patient, after.study}
    )


@pytest.mark.parametrize("salt", [None, "", "too short"])
def test_without_a_private_salt_nothing_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, salt: str | None
) -> None:
    monkeypatch.delenv("FRACTURE_SALT")
    if salt is not None:
        monkeypatch.setenv("FRACTURE_SALT", salt)
    lay_out(tmp_path, {"1": radiograph(1)})
    with pytest.raises(
        PipelineError, match=r"FRACTURE_SALT holds \d characters.* 16: .*out of git"
    ):
        findings(tmp_path)


TELLING = {
    "the name": ("Meier^Hannelore", "1", "MEIER/1.dcm"),
    "the name in one word": ("Meier^Hannelore", "1", "hand/hannelore_meier2.dcm"),
    "the name without accents": ("Müller^Zoë", "1", "export/muller.dcm"),
    "a short name": ("Li^Bo", "1", "export/li-bo.dcm"),
    "the id": ("", "AB-1234", "x/ab1234/1.dcm"),
    "a part of a word": ("", "AB-1234", "x/IMGab-1234x.dcm"),
    "a number": ("", "004711", "4711/hand.dcm"),
    "a short number": ("", "7", "export/7.dcm"),
}


@pytest.mark.parametrize(("name", "patient", "path"), TELLING.values(), ids=TELLING)
def test_a_path_that_tells_whose_it_is_is_refused(
    tmp_path: Path, name: str, patient: str, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    files = {path: radiograph(1, PatientName=name, PatientID=patient), "other": radiograph(2)}
    with pytest.raises(PipelineError) as refusal:
        findings(lay_out(tmp_path, files))
    message = str(refusal.value)
    assert message.startswith(f"1 of 2 files in {tmp_path} lie at a path that holds their")
    assert "\n" not in message
    told = message.replace(str(tmp_path), "") + "".join(capfd.readouterr())
    words = set(re.findall(r"\w+", told.casefold()))
    private = re.findall(r"\w+", f"{name} {patient} {path}".casefold())
    assert words.isdisjoint(word for word in private if len(word) > 1)


@pytest.mark.parametrize(
    ("name", "patient", "path"),
    [
        ("Li^Bo", "7", "clinic/1.2.3.7.dcm"),  # the file's own UID
        ("Hand^J", "12", "j/img_123.dcm"),
        ("", "", "1.dcm"),
    ],
)
def test_a_path_that_does_not_tell_is_kept(
    tmp_path: Path, name: str, patient: str, path: str
) -> None:
    file = radiograph(7, PatientName=name, PatientID=patient)
    assert by_path(lay_out(tmp_path, {path: file})).keys() == {path}


def test_a_pseudonym_may_stand_in_the_path(tmp_path: Path) -> None:
    file = radiograph(1, PatientID="P-0001", PatientIdentityRemoved="YES")
    (kept,) = separate(findings(lay_out(tmp_path, {"P-0001/1.dcm": file})))[0]
    assert kept.path == "P-0001/1.dcm"


def test_no_output_tells_whose_the_radiographs_are(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of each kind that is left out, at paths that tell; only the table and they know."""
    monkeypatch.chdir(tmp_path)
    private = {"PatientName": "Meier^Hannelore", "PatientID": "HM-4711"}
    odd = {"ViewPosition": "MEIER", "BodyPartExamined": "HANNELORE", "StudyInstanceUID": "1.4711"}
    files = {
        "a/1": radiograph(1, **private, **odd),
        "a/2": radiograph(2, **private),
        "a/3": radiograph(3, **private),
        "a/4": radiograph(4, **private),
        "meier/cut.dcm": radiograph(5, **private)[:300],
        "meier/report.pdf": b"Hannelore Meier, HM-4711",
        "meier/hannelore.txt": b"",
        "meier/DICOMDIR": radiograph(6, **private),
    }
    table = (
        "file,name,fractured,part\na/1,Meier,1,Meier\na/2,Meier,HM-4711,hand\na/3,Meier,1,\n"
        "a/3,Meier,0,\nmeier/report.pdf,,0,\nmeier/gone-4711.dcm,,0,\n"
    )
    columns = SECTION["columns"] | {"body_part": "part"}
    found = findings(lay_out(tmp_path / "raw", files, table), columns=columns)
    kept, left = separate(found)
    manifest.write(kept)
    left_out.write(left)
    assert {(one.reason, one.path, one.label) for one in left} == {
        (CONTRADICTION, "a/3", ""),
        (NO_LABEL, "a/2", ""),
        ("missing", "", "not_fractured"),
        ("no pixels", "", ""),
        ("not an image", "", "not_fractured"),
        ("not an image", "", ""),
        (LISTS_FILES, "", ""),
        (NOT_IN_TABLE, "a/4", ""),
    }
    assert len(left) == 8
    assert [one.path for one in kept] == ["a/1"]
    written = [path.read_text() for path in (tmp_path / "data").iterdir()]
    assert len(written) == 2
    told = "".join([*written, *capfd.readouterr()]).casefold()
    for word in ("meier", "hannelore", "4711"):
        assert word not in told
