"""The reader on small trees of DICOM files; above all, that nothing tells whose they are."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stages.artifacts import left_out, manifest
from stages.artifacts.left_out import LeftOut
from stages.artifacts.manifest import Radiograph
from stages.console import PipelineError
from stages.datasets.dicom import (
    CONTRADICTION,
    NO_LABEL,
    NOT_IN_TABLE,
    NOT_UTF_8,
    read,
)
from stages.datasets.dicom.identity import private_hash
from stages.datasets.dicom.words import BODY_PARTS, VIEWS, body_part
from stages.datasets.findings import Finding, separate
from stages.params.datasets import Dicom
from tests.dicom_files import content, dataset

SECTION: dict[str, Any] = {
    "root": "data/raw/dicom",
    "labels": "labels.csv",
    "columns": {"file": "file", "label": "fractured", "body_part": None},
    "positive": ["1", "yes"],
    "negative": ["0"],
}
PIXELS = np.arange(6, dtype=np.uint8).reshape(2, 3)


@pytest.fixture(autouse=True)
def private_salt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRACTURE_SALT", "nobody will ever know")


def radiograph(number: int, **elements: Any) -> bytes:
    header = {
        "SOPInstanceUID": f"1.2.3.{number}",
        "PatientName": f"Doe^Jane{number}",
        "PatientID": f"MRN-{4711 + number}",
        "StudyInstanceUID": f"1.2.3.900.{number}",
        "SeriesInstanceUID": f"1.2.3.901.{number}",
        "BodyPartExamined": "HAND",
        "ViewPosition": "PA",
    }
    return content(dataset(PIXELS, 8, **(header | elements)))


def lay_out(root: Path, files: Mapping[str, bytes], table: str | bytes | None = None) -> Path:
    """Write files and a table; without one, every file is fractured."""
    for name, file in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(file)
    if table is None:
        table = "".join(f"{line}\n" for line in ["file,fractured", *(f"{n},1" for n in files)])
    (root / "labels.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    return root


def findings(root: Path, **changes: Any) -> list[Finding]:
    return read(Dicom.parse(SECTION | changes, "datasets.dicom"), root)


def by_path(root: Path, **changes: Any) -> dict[str, Finding]:
    return {finding.path: finding for finding in findings(root, **changes)}


def test_all_that_headers_and_table_say(tmp_path: Path) -> None:
    files = {
        "a/1.dcm": radiograph(1),
        "a/2": radiograph(2, ViewPosition="LLO", BodyPartExamined="LOWER_LEG"),
        "b/c/3.ima": radiograph(3, PatientID="", ViewPosition="XX", BodyPartExamined="MEIER"),
    }
    lay_out(tmp_path, files, "id,file,fractured\n7,a/1.dcm,1\n8,1.2.3.2,0\n9,.\\b\\c\\3.ima,yes\n")
    hashed = private_hash()
    first, second, third = (by_path(tmp_path)[path] for path in files)
    assert first == Radiograph(
        id=hashed("file", "a/1.dcm"),
        path="a/1.dcm",
        fractured=True,
        body_part="hand",
        view="frontal",
        patient=hashed("patient", "\0MRN-4712"),
        study=hashed("study", "1.2.3.900.1"),
        dataset="dicom",
    )
    assert isinstance(second, Radiograph)
    assert (second.fractured, second.body_part, second.view) == (False, "leg", "oblique")
    assert isinstance(third, Radiograph)
    assert (third.body_part, third.view, third.patient) == ("unknown", "", "")
    assert re.fullmatch("[0-9a-f]{16}", first.patient)
    assert findings(tmp_path) == sorted([first, second, third], key=lambda one: one.id)


def test_one_patient_has_one_hash_and_an_issuer_makes_another(tmp_path: Path) -> None:
    same = {"PatientID": "X-1", "StudyInstanceUID": "1.2.3.5"}
    files = {
        "1": radiograph(1, **same),
        "2": radiograph(2, **same),
        "3": radiograph(3, **same | {"IssuerOfPatientID": "another hospital"}),
        "4": radiograph(4),
    }
    found = by_path(lay_out(tmp_path, files))
    first, second, third, fourth = (found[path] for path in files)
    assert isinstance(first, Radiograph)
    assert isinstance(second, Radiograph)
    assert isinstance(third, Radiograph)
    assert isinstance(fourth, Radiograph)
    assert first.patient == second.patient
    assert first.study == second.study == third.study
    assert len({first.patient, third.patient, fourth.patient}) == 3


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
    assert message.startswith(f"1 of 2 DICOM files in {tmp_path} lie at a path that holds their")
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
    columns = {"file": "file", "label": "fractured", "body_part": "part"}
    found = findings(lay_out(tmp_path / "raw", files, table), columns=columns)
    kept, left = separate(found)
    manifest.write(kept)
    left_out.write(left)
    assert {(one.reason, one.path, one.label) for one in left} == {
        (CONTRADICTION, "a/3", ""),
        (NO_LABEL, "a/2", ""),
        ("missing", "", "not_fractured"),
        ("no pixels", "", ""),
        ("not a DICOM file", "", "not_fractured"),
        (NOT_IN_TABLE, "a/4", ""),
    }
    assert len(left) == 6
    assert [one.path for one in kept] == ["a/1"]
    written = [path.read_text() for path in (tmp_path / "data").iterdir()]
    assert len(written) == 2
    told = "".join([*written, *capfd.readouterr()]).casefold()
    for word in ("meier", "hannelore", "4711"):
        assert word not in told


@pytest.mark.skipif(os.name != "posix", reason="elsewhere file names are Unicode")
def test_a_file_name_that_is_not_utf_8_is_left_out(tmp_path: Path) -> None:
    files = {"1": radiograph(1), "2": radiograph(2)}
    lay_out(tmp_path, files, "file,fractured\n1.2.3.1,1\n1.2.3.2,1\n")
    (tmp_path / "1").rename(tmp_path / os.fsdecode(b"\xff"))
    _, (left,) = separate(findings(tmp_path))
    assert (left.reason, left.path, left.label) == (NOT_UTF_8, "", "fractured")


def test_rows_that_agree_are_one(tmp_path: Path) -> None:
    lay_out(tmp_path, {"1": radiograph(1)}, "file,fractured\n1,1\n1,yes\n1.2.3.1,1\n")
    (kept,) = separate(findings(tmp_path))[0]
    assert kept.fractured


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ("1,1\n1.2.3.1,0\n", CONTRADICTION),
        ("1,1\n1,\n", CONTRADICTION),
        ("1,\n", NO_LABEL),
        ("1,uncertain\n", NO_LABEL),
        ("", NOT_IN_TABLE),
    ],
)
def test_labels_that_cannot_be_told(tmp_path: Path, rows: str, reason: str) -> None:
    files = {"1": radiograph(1), "2": radiograph(2)}
    found = by_path(lay_out(tmp_path, files, f"file,fractured\n2,0\n{rows}"))
    assert found["1"] == LeftOut(private_hash()("file", "1"), reason, "1")


def test_byte_order_mark_line_ends_numbers_and_other_columns_do_no_harm(tmp_path: Path) -> None:
    table = b'\xef\xbb\xbfnote,fractured,file,\r\n"a, ""b""",1,1,\r\n\r\n,0,2,\r\n'
    lay_out(tmp_path, {"1": radiograph(1), "2": radiograph(2)}, table)
    kept, _ = separate(findings(tmp_path, positive=[1], negative=[0]))
    assert {one.path: one.fractured for one in kept} == {"1": True, "2": False}


def test_the_column_of_the_body_part_comes_first(tmp_path: Path) -> None:
    files = {"1": radiograph(1), "2": radiograph(2)}
    lay_out(tmp_path, files, "file,fractured,part\n1,1,Left wrist\n2,0,wrist\n")
    columns = {"file": "file", "label": "fractured", "body_part": "part"}
    kept, _ = separate(findings(tmp_path, columns=columns))
    assert {one.path: one.body_part for one in kept} == {"1": "hand", "2": "wrist"}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (None, r"labels.csv cannot be read \(No such file or directory\): set datasets.dicom"),
        (b"file,label\n1,1\n", r"labels.csv lacks the columns fractured: set datasets.dicom"),
        (b"file;fractured\n1;1\n", r"lacks the columns file, fractured"),
        (b"file,fractured\nM\xfcller,1\n", r"labels.csv is not UTF-8: save it as CSV in UTF-8$"),
        (b"file,fractured\n1,1\n,0\n", r"labels.csv: row 2 has no file: set"),
        (b"file,fractured\n1,Meier\n", r"no fractured is one of: 1, yes, 0; set .*positive"),
        (b"file,fractured\nMeier,1\n", r"no row of \S+labels.csv belongs to one of 1 DICOM files"),
    ],
)
def test_tables_that_cannot_be_used(tmp_path: Path, table: bytes | None, message: str) -> None:
    lay_out(tmp_path, {"1": radiograph(1)}, table)
    if table is None:
        (tmp_path / "labels.csv").unlink()
    with pytest.raises(PipelineError, match=message) as refusal:
        findings(tmp_path)
    assert "Meier" not in str(refusal.value)


def test_no_folder_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"no folder \S+absent, .*set datasets.dicom.root"):
        findings(tmp_path / "absent")
    with pytest.raises(PipelineError, match=r"holds no DICOM file: set datasets.dicom.root"):
        findings(lay_out(tmp_path, {"1": b"text"}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"negative": ["0", "1"]}, "1 stands in positive and negative"),
        ({"positive": []}, r"datasets.dicom.positive is \[\]"),
        (
            {"columns": {"file": "file", "label": "x"}},
            "datasets.dicom.columns.body_part is missing",
        ),
        ({"salt": "secret"}, "unknown key datasets.dicom.salt"),
    ],
)
def test_sections_that_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        Dicom.parse(SECTION | changes, "datasets.dicom")


@pytest.mark.parametrize(
    ("term", "part"),
    [("HAND", "hand"), ("hand ", "hand"), ("LOWER_LEG", "leg"), ("Tibia/Fibula", "leg"), ("", "")],
)
def test_body_parts(term: str, part: str) -> None:
    assert body_part(term) == part


def test_words_are_those_of_the_project() -> None:
    assert {"hand", "leg", "hip", "shoulder"} <= set(BODY_PARTS.values())
    assert set(VIEWS.values()) == {"frontal", "lateral", "oblique"}
    assert all(re.fullmatch("[A-Z]+", term) for term in [*BODY_PARTS, *VIEWS])
