"""The reader of any images and a table: what it reads, what it leaves out, what it refuses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.findings import Finding, separate
from fracture.datasets.identity import identify
from fracture.datasets.private import private_hash
from fracture.datasets.table import CONTRADICTION, NO_LABEL, NOT_IN_TABLE, SEVERAL, read
from fracture.datasets.tree import NOT_AN_IMAGE
from fracture.params.table import Table
from tests.datasets.dicom_trees import SECTION as DICOM
from tests.datasets.dicom_trees import radiograph

SECTION = DICOM | {"root": "data/raw/table", "negative": ["0", "no"], "private": False}


def lay_out(root: Path, names: list[str], table: str, labels: str = "labels.csv") -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.zeros((3, 2), np.uint8)).save(root / name)
    root.mkdir(exist_ok=True)
    (root / labels).write_text(table, encoding="utf-8")
    return root


def findings(root: Path, columns: Mapping[str, Any] | None = None, **changes: Any) -> list[Finding]:
    section = SECTION | {"columns": SECTION["columns"] | dict(columns or {})} | changes
    return read(Table.parse(section, "datasets.table"), root)


def test_all_that_a_table_says(tmp_path: Path) -> None:
    table = (
        " Bild ;Fractured;Pat;Study;Region;Projektion;Split;Alter;Geschlecht;x;y;w;h;AO;Gips\n"
        "a/1.png;Yes; P1;S1;wrist;lateral;Valid;7,5;w;10;20;5;6;23r;ja\n"
        "a/1;1;P1;;WRIST;;;;;30;40;5,5;6;23r;\n"
        "b\\2;no;P2;S2;left knee;AP;train;;M;;;;;;nein\n"
    )
    columns = {
        "file": "Bild", "label": "Fractured", "patient": "Pat", "study": "Study",
        "body_part": "Region", "view": "Projektion", "part": "Split", "age": "Alter",
        "sex": "Geschlecht", "further": ["AO"], "flags": ["Gips"],
        "boxes": {"left": "x", "top": "y", "width": "w", "height": "h"},
    }  # fmt: skip
    root = lay_out(tmp_path, ["a/1.png", "b/2.jpg"], table)
    assert findings(root, columns) == [
        Radiograph(
            id="a/1",
            path="a/1.png",
            fractured=True,
            body_part="wrist",
            view="lateral",
            patient="P1",
            study="S1",
            age=7.5,
            sex="female",
            flags=("gips",),
            labels=(("AO", "23r"),),
            boxes=((10.0, 20.0, 15.0, 26.0), (30.0, 40.0, 35.5, 46.0)),
            dataset="table",
            shipped="validation",
        ),
        Radiograph(
            id="b/2",
            path="b/2.jpg",
            fractured=False,
            body_part="left_knee",
            view="frontal",
            patient="P2",
            study="S2",
            sex="male",
            dataset="table",
            shipped="train",
        ),
    ]


@pytest.mark.parametrize("labels", ["labels.xlsx", "labels.parquet"])
def test_tables_of_other_kinds(tmp_path: Path, labels: str) -> None:
    lay_out(tmp_path, ["007.png", "8.png"], "")
    (tmp_path / "labels.csv").unlink()
    frame = pd.DataFrame({" file ": ["007", "8"], "fractured": [True, False], "age": [7.0, None]})
    if labels.endswith("xlsx"):
        frame.to_excel(tmp_path / labels, index=False)
    else:
        frame.to_parquet(tmp_path / labels)
    found, _ = separate(
        findings(tmp_path, {"age": "age"}, labels=labels, positive=[True], negative=[False])
    )
    assert [(one.id, one.fractured, one.age) for one in found] == [
        ("007", True, 7.0),
        ("8", False, None),
    ]


@pytest.mark.parametrize(
    ("label", "positive", "fractured"),
    [
        ("FRACTURE", ["fracture"], True),
        (" Fracture ", ["fracture"], True),
        ("1.0", [1], True),
        ("1", ["1.0"], True),
        ("TRUE", [True], True),
        ("true", [1], None),
        ("01", ["fracture"], None),
        ("no", ["fracture"], False),
    ],
)
def test_labels(tmp_path: Path, label: str, positive: list[Any], fractured: bool | None) -> None:
    root = lay_out(tmp_path, ["1.png", "2.png"], f"file,fractured\n1,{label}\n2,no\n")
    (first, _) = findings(root, positive=positive, negative=["no"])
    assert isinstance(first, Radiograph if fractured is not None else LeftOut)
    assert getattr(first, "fractured", None) == fractured


def test_every_file_and_every_row_is_accounted_for(tmp_path: Path) -> None:
    names = ["1.png", "2.png", "3.png", "a/4.png", "b/4.png", "5.png", "6.png"]
    table = (
        "file,fractured,age\n1,1,\n2,maybe,\n3,1,\n3,0,\n4,1,\n6,1,7\n6,1,8\n"
        "notes.txt,1,\ngone,0,\n"
    )
    root = lay_out(tmp_path, names, table)
    (root / "notes.txt").write_text("no image")
    (root / "other.txt").write_text("no image")
    kept, left = separate(findings(root, {"age": "age"}))
    assert [one.id for one in kept] == ["1"]
    assert left == [
        LeftOut("2", NO_LABEL, "2.png"),
        LeftOut("3", CONTRADICTION, "3.png"),
        LeftOut("4 (in the table)", SEVERAL, "", "fractured"),
        LeftOut("5", NOT_IN_TABLE, "5.png"),
        LeftOut("6", CONTRADICTION, "6.png", "fractured"),
        LeftOut("a/4", NOT_IN_TABLE, "a/4.png"),
        LeftOut("b/4", NOT_IN_TABLE, "b/4.png"),
        LeftOut("gone (in the table)", "missing", "", "not_fractured"),
        LeftOut("notes.txt", NOT_AN_IMAGE, "notes.txt", "fractured", radiograph=False),
        LeftOut("other.txt", NOT_AN_IMAGE, "other.txt", radiograph=False),
    ]


def test_ids_are_unique_where_suffixes_alone_differ(tmp_path: Path) -> None:
    root = lay_out(tmp_path, ["1.png", "1.jpg", "2.png"], "file,fractured\n1.png,1\n1.jpg,0\n2,1\n")
    assert [one.id for one in findings(root)] == ["1.jpg", "1.png", "2"]


def test_studies_that_begin_again_with_each_patient(tmp_path: Path) -> None:
    table = "file,fractured,p,s\n1,1,P1,1\n2,0,P2,1\n3,0,,1\n"
    root = lay_out(tmp_path, ["1.png", "2.png", "3.png"], table)
    columns = {"patient": "p", "study": "s"}
    kept, _ = separate(findings(root, columns, studies="within_patient"))
    assert [one.study for one in kept] == ["P1/1", "P2/1", ""]
    kept, _ = separate(findings(root, columns))
    assert [one.study for one in kept] == ["1", "1", "1"]


@pytest.mark.parametrize(
    ("table", "columns", "message"),
    [
        ("file,fractured\n1,yes?\n", {}, r"is one of: 1, yes, 0, no; found yes\?: set .*positive"),
        ("file,label\n1,1\n", {}, r"lacks the columns fractured; it has file, label: set data"),
        ("file,fractured,a\n1,1,old\n", {"age": "a"}, r"1 of 1 rows .* hold in a no years from 0"),
        ("file,fractured,s\n1,1,2\n", {"sex": "s"}, r"hold in s no F, M, female, male or nothing"),
        ("file,fractured,p\n1,1,3\n", {"part": "p"}, r"hold in p no train, validation, test or n"),
        ("file,fractured,b\n1,1,[1]\n", {"boxes": "b"}, r"hold in b no JSON such as \[\[left"),
        ("file,fractured,f\n1,1,so\n", {"flags": ["f"]}, r"hold in f no yes or no, 1 or 0"),
        ("file,fractured\n7,1\n", {}, r"no row of \S+ belongs to one of 1 images in"),
    ],
)
def test_tables_that_cannot_be_used(
    tmp_path: Path, table: str, columns: dict[str, Any], message: str
) -> None:
    with pytest.raises(PipelineError, match=message):
        findings(lay_out(tmp_path, ["1.png"], table), columns)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"negative": ["1.0"]}, "1.0 stands in positive and negative"),
        ({"studies": "within_patient"}, "studies is within_patient, but columns lacks patient or"),
        ({"private": None}, "datasets.table.private is None"),
    ],
)
def test_sections_that_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        Table.parse(SECTION | changes, "datasets.table")


def test_no_folder_and_no_image(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"no folder \S+absent, .*set datasets.table.root"):
        findings(tmp_path / "absent")
    with pytest.raises(PipelineError, match=r"holds no image: set datasets.table.root"):
        findings(lay_out(tmp_path, [], "file,fractured\n1,1\n"))


@pytest.mark.usefixtures("private_salt")
def test_nothing_of_a_private_table_is_written_in_clear(tmp_path: Path) -> None:
    table = (
        "file,fractured,p,s,part\n1,1, Meier ,S1,Hannelore\n2,0,Huber,S2,hand\nhuber/3,0,,,\n"
        "Schmidt,0,,,\n"
    )
    root = lay_out(tmp_path, ["1.png", "2.png", "huber/3.txt.png", "schmidt/4.png"], table)
    columns = {"patient": "p", "study": "s", "body_part": "part"}
    found, _ = identify(findings(root, columns, private=True), [])
    hashed = private_hash()
    kept, left = separate(found)
    assert {(one.id, one.patient, one.study, one.body_part) for one in kept} == {
        (hashed("file", "1.png"), hashed("patient", "Meier"), hashed("study", "S1"), "unknown"),
        (hashed("file", "2.png"), hashed("patient", "Huber"), hashed("study", "S2"), "hand"),
    }
    assert all(one.hashed for one in kept)
    written = repr(found).casefold()
    assert not [name for name in ("meier", "huber", "schmidt", "hannelore") if name in written]
    assert {one.reason for one in left} == {"missing", NOT_IN_TABLE}


@pytest.mark.usefixtures("private_salt")
@pytest.mark.parametrize("path", ["meier/1.png", "Hannelore-Meier-1.png"])
def test_a_path_that_holds_the_patient_of_a_private_table_is_refused(
    tmp_path: Path, path: str
) -> None:
    root = lay_out(tmp_path, [path, "2.png"], f"file,fractured,p\n{path},1,Meier\n2,0,Huber\n")
    with pytest.raises(
        PipelineError, match=r"1 of 2 files in .*set datasets.table.private"
    ) as told:
        findings(root, {"patient": "p"}, private=True)
    assert "Meier" not in str(told.value)
    assert len(findings(root, {"patient": "p"})) == 2  # where the table is public


@pytest.mark.usefixtures("private_salt")
def test_short_numbers_are_found_in_paths_by_chance(tmp_path: Path) -> None:
    root = lay_out(tmp_path, ["1.png", "4711.png"], "file,fractured,p\n1,1,1\n4711,0,2\n")
    assert len(findings(root, {"patient": "p"}, private=True)) == 2
    (root / "labels.csv").write_text("file,fractured,p\n1,1,1\n4711,0,4711\n")
    with pytest.raises(PipelineError, match="1 of 1 files in"):
        findings(root, {"patient": "p"}, private=True)


def test_a_private_table_needs_a_salt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRACTURE_SALT", raising=False)
    root = lay_out(tmp_path, ["1.png"], "file,fractured\n1,1\n")
    with pytest.raises(PipelineError, match="FRACTURE_SALT holds 0 characters"):
        findings(root, private=True)


@pytest.mark.usefixtures("private_salt")
def test_dicom_files_among_others_are_described_by_their_headers_and_all_is_hashed(
    tmp_path: Path,
) -> None:
    table = "file,fractured,p\n1.png,1,MRN-4713\n2.dcm,0,\n3.dcm,0,mrn 4713\n"
    root = lay_out(tmp_path, ["1.png"], table)
    for number in (2, 3):
        (root / f"{number}.dcm").write_bytes(radiograph(number, PatientSex="F", PatientAge="045Y"))
    found, _ = identify(findings(root, {"patient": "p"}), [])
    assert all(isinstance(one, Radiograph) and one.hashed for one in found)
    by_path = {one.path: one for one in separate(found)[0]}
    first, second, third = (by_path[path] for path in ("1.png", "2.dcm", "3.dcm"))
    assert first.patient == second.patient == third.patient == private_hash()("patient", "mrn4713")
    assert (first.study, first.age, first.sex, first.body_part) == ("", None, "", "unknown")
    assert second.study == private_hash()("study", "1.2.3.900.2")
    assert (second.age, second.sex, second.body_part) == (45.0, "female", "hand")
