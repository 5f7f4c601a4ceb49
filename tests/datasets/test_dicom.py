"""The reader on small trees of DICOM files; above all, that nothing tells whose they are."""

import os
import re
from pathlib import Path
from typing import Any

import pytest

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.findings import separate
from fracture.datasets.private import private_hash
from fracture.datasets.table import CONTRADICTION, NO_LABEL, NOT_IN_TABLE
from fracture.datasets.tree import NOT_UTF_8
from fracture.params.table import Dicom
from tests.datasets.dicom_trees import SECTION, by_path, findings, lay_out, radiograph

pytestmark = pytest.mark.usefixtures("private_salt")


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
        patient=hashed("patient", "mrn4712"),
        study=hashed("study", "1.2.3.900.1"),
        hashed=True,
        dataset="dicom",
    )
    assert isinstance(second, Radiograph)
    assert (second.fractured, second.body_part, second.view) == (False, "leg", "oblique")
    assert isinstance(third, Radiograph)
    assert (third.body_part, third.view, third.patient) == ("unknown", "", "")
    assert re.fullmatch("[0-9a-f]{16}", first.patient)
    assert findings(tmp_path) == sorted([first, second, third], key=lambda one: one.id)


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
    columns = SECTION["columns"] | {"body_part": "part"}
    kept, _ = separate(findings(tmp_path, columns=columns))
    assert {one.path: one.body_part for one in kept} == {"1": "hand", "2": "wrist"}


def test_further_columns_are_labels_where_rows_agree(tmp_path: Path) -> None:
    files = {"1": radiograph(1), "2": radiograph(2), "3": radiograph(3)}
    table = (
        "file,fractured,implant,grade,doctor\n1,1,plate,2,Meier\n2,0, screw ,,Meier\n"
        "1.2.3.2,0,,,Meier\n3,1,plate,1,Meier\n3,1,none,1,Meier\n"
    )
    columns = SECTION["columns"] | {"further": ["implant", "grade"]}
    kept, _ = separate(findings(lay_out(tmp_path, files, table), columns=columns))
    assert {one.path: one.labels for one in kept} == {
        "1": (("implant", "plate"), ("grade", "2")),
        "2": (("implant", "screw"),),
        "3": (("grade", "1"),),
    }


def test_a_further_column_that_is_missing_is_named(tmp_path: Path) -> None:
    columns = SECTION["columns"] | {"further": ["implant"]}
    with pytest.raises(
        PipelineError,
        match=r"lacks the columns implant; it has file, fractured",
    ):
        findings(lay_out(tmp_path, {"1": radiograph(1)}), columns=columns)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (None, r"labels.csv cannot be read \(No such file or directory\): set datasets.dicom"),
        (
            b"file,label\n1,1\n",
            r"lacks the columns fractured; it has file, label: set data",
        ),
        (b"file|fractured\n1|1\n", r"lacks the columns file, fractured; it has file\|fractured"),
        (
            b"file,fractured\nM\xfcller,1\n",
            r"labels.csv is not UTF-8 at byte 16: set data",
        ),
        (
            b"file,fractured\n1,1\n,0\n",
            r"1 of 2 rows \(the first is row 2\) hold in file no",
        ),
        (
            b"file,fractured\n1,Meier\n",
            r"is one of: 1, yes, 0; found 1 others: set .*positive",
        ),
        (b"file,fractured\nMeier,1\n", r"no row of \S+labels.csv belongs to one of 1 images"),
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
    with pytest.raises(PipelineError, match=r"holds no image: set datasets.dicom.root"):
        findings(lay_out(tmp_path, {"1": b"text"}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"negative": ["0", "1"]}, "1 stands in positive and negative"),
        ({"positive": []}, r"datasets.dicom.positive is \[\]"),
        (
            {"columns": {"file": "file", "label": "x", "further": []}},
            "datasets.dicom.columns.body_part is missing",
        ),
        ({"salt": "secret"}, "unknown key datasets.dicom.salt"),
    ],
)
def test_sections_that_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        Dicom.parse(SECTION | changes, "datasets.dicom")
