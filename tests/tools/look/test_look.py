"""What `tools.look` says of a folder: what is there, what was chosen and why."""

import sys
from pathlib import Path

import pytest

from fracture.console import PipelineError
from tests.tools.look import folders
from tools.look.__main__ import arguments, main
from tools.look.doubts import doubts
from tools.look.proposals import propose
from tools.look.seen import describe, look_into


def look(folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    main(folder, Path("plots/look.png"), writing=False)
    return capsys.readouterr().out


def test_a_table_of_a_hospital(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = look(folders.hospital(work), capsys)
    for line in (
        f"{work} holds 40 images:",
        "  DICOM  40, 0.4 MB, 96 x 96 pixels",
        "  in export/s0/ 4, export/s1/ 4, export/s2/ 4",
        "  table Liste der Befunde.xlsx: 40 rows; columns SOP Instance UID, Befund, Radiologe",
        "  table Liste der Befunde.xlsx, sheet Info: 1 rows; columns Stand",
        "  1 other files (1 not an image), such as liesmich.txt",
        "proposed: dataset dicom",
        "  file is SOP Instance UID: names 40 of 40 images",
        "  label is Befund: Fraktur (20) for fractured, keine Fraktur (20) for not",
        "  not used: Radiologe; columns.further makes targets of such columns, columns.flags makes",
        "  private is true: headers of DICOM files tell whose the radiographs are",
        "  it reads 40 radiographs: 20 fractured, 20 not fractured",
        "  20 patients, 0 radiographs without",
        "  ages of 40, 10 to 49 years",
        "    labels: Liste der Befunde.xlsx",
        "      file: SOP Instance UID",
        "    positive: [Fraktur]",
        "ids are hashed: first export FRACTURE_SALT=",
        "dvc exp run \\\n    -S dataset=dicom \\\n    -S datasets.dicom.root=data",
        "    -S 'datasets.dicom.columns.file=\"SOP Instance UID\"'",
    ):
        assert line in said
    assert "MRN" not in said
    assert "Doe" not in said


def test_studies_that_begin_again_are_told(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = look(folders.german(work), capsys)
    assert "studies are within_patient: 2 of 2 study ids stand with several patients" in said
    assert "  patient is Patienten-Nr.: 20 different on 40 of 40 rows" in said
    assert "private is true: the table has ids of patient and study; set it to false" in said


def test_class_folders_with_odd_names(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = look(folders.kaggle(work), capsys)
    for line in (
        "folders of fractured radiographs are Fractured Bone/ (20); of others 02_not fractured/ (2",
        "what Bone Data/, masks/ means is not known: unless all images lie in such a folder, tho",
        "train/, val/ are parts of a split: it is drawn anew by group, unless split.shipped names",
        "left out: 1 radiographs (1 in no class folder)",
        "    positive: [Fractured Bone]",
    ):
        assert line in said


def test_a_table_and_class_folders_are_two_ways(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders.kaggle(work)
    rows = [f"{number}.jpg,{number % 2}" for number in range(10)]
    (work / "some.csv").write_text("\n".join(["file,fractured", *rows]))
    said = look(work, capsys)
    assert "proposed: dataset class_folders" in said
    assert "another way: dataset table, 10 radiographs" in said


def test_a_yolo_tree_does_not_tell_labels(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = (
        "^nothing here tells which radiographs are fractured:\nthis is laid out as for YOLO: its "
        "text files hold boxes"
    )
    with pytest.raises(PipelineError, match=message):
        look(folders.yolo(work), capsys)
    assert "note:" not in capsys.readouterr().out


def test_what_a_table_lacks_is_told(work: Path) -> None:
    folders.put(work / "a.png", 1)
    (work / "t.csv").write_text("name,hardware\na.png,1\nb.png,0\n")
    (work / "u.csv").write_text("number,fractured\n7,1\n8,0\n")
    (work / "v.csv").write_text("a,b\n1\n")
    seen = look_into(work)
    assert propose(seen) == []
    first, second = doubts(seen, [])
    assert first == (
        "table t.csv: no column is clearly the label (perhaps hardware: 1 (1) for fractured, 0 (1) "
        "for not)"
    )
    assert second == (
        "table u.csv: no column names the images (by paths, names or SOPInstanceUIDs)"
    )
    assert f"  no table: {work}/v.csv: line 2 has 1 fields, the first 2" in describe(seen)


def test_labels_of_unknown_words_are_listed(work: Path) -> None:
    folders.put(work / "a.png", 1)
    (work / "t.csv").write_text(
        "name,diagnosis,note\na.png,Galeazzi,x\nb.png,o.B.,y\nc.png,o.B.,z\n"
    )
    (line,) = doubts(look_into(work), [])
    assert line == (
        "table t.csv: diagnosis holds o.B. (2), Galeazzi (1), and which of these mean fractured is "
        "not known: say it, each word on its side, what is neither on none, such as\n\n"
        f"  python -m tools.look {work} --write --positive Galeazzi --negative o.B.\n"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [("absent", "absent does not exist, expected a folder"), ("", "is empty, expected a folder")],
)
def test_a_folder_that_is_none(work: Path, name: str, message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        main(work / name, Path("plots/look.png"), writing=False)


def test_a_file_is_no_folder(work: Path) -> None:
    folders.put(work / "1.png", 1)
    with pytest.raises(PipelineError, match="is a file, expected a folder of radiographs"):
        main(work / "1.png", Path("plots/look.png"), writing=False)


def test_pictures_never_go_into_the_folder(work: Path) -> None:
    folders.kaggle(work)
    with pytest.raises(PipelineError, match="which is not to be changed: set --plot"):
        main(work, work / "plots/look.png", writing=False)


def test_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["look", "--help"])
    with pytest.raises(SystemExit):
        arguments()
    said = capsys.readouterr().out
    assert "python -m tools.look" in said
    assert "--write" in said
