"""Corrections come back as a data set: exported, read by the reader `table`, split by group."""

import re
import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fracture.console import PipelineError
from fracture.datasets import read
from fracture.datasets.findings import separate
from fracture.examining.copies import find_copies
from fracture.examining.examine import decide, examine
from fracture.params.radiographs import Ingest
from fracture.params.table import Table
from fracture.splitting.draw import split_by_group
from serving.corrections import export, main
from serving.kept import Correction, Kept, suffix_of
from tests.dicom_files import content, dataset
from tests.serving.app.clients import encoded, png

SIZE = (96, 80)


def dicom(patient: int, number: int) -> bytes:
    """Return a radiograph of a patient."""
    pixels = np.random.default_rng(number).integers(0, 256, (80, 96), np.uint8)
    return content(
        dataset(
            np.asarray(pixels, np.uint8), 8,
            SOPInstanceUID=f"1.2.3.{number}", PatientName=f"Doe^Jane{patient}",
            PatientID=f"MRN-{4711 + patient}", StudyInstanceUID=f"1.2.3.9.{number}",
            BodyPartExamined="HAND",
        )
    )  # fmt: skip


@pytest.mark.usefixtures("private_salt")
def test_a_round_trip(
    tmp_path: Path, parameters: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Twenty-four patients of two radiographs each, every third patient with a fracture."""
    kept = Kept(tmp_path / "kept")
    for number in range(48):
        patient = number // 2
        name = kept.keep(dicom(patient, number), SIZE, {"probability": 0.5})
        marked = [(4.0, 5.0, 20.0, 30.0)] if patient % 3 == 0 else []
        kept.correct(name, Correction(bool(marked), marked))
    assert export(tmp_path / "kept", tmp_path / "data/labels.csv") == 16
    assert "48 radiographs, 16 with a fracture" in capsys.readouterr().out

    entry = parameters["datasets"]["table"]
    entry["columns"]["boxes"] = "boxes"
    section = Table.parse(entry, "datasets.table")
    rules = Ingest.read(parameters, "ingest")
    findings, _ = read("table", section, tmp_path / "data", rules.nobody)
    examined = examine(findings, tmp_path / "data", rules, described=True)
    pairs, _ = find_copies(examined)
    radiographs, left = separate(decide(examined, pairs, rules))
    assert left == []
    assert len(radiographs) == 48
    assert len({each.patient for each in radiographs}) == 24
    assert {each.boxes for each in radiographs if each.fractured} == {((4.0, 5.0, 20.0, 30.0),)}

    parts = split_by_group(radiographs, 0.1, 0.2, seed=0)
    by_patient: dict[str, set[str]] = {}
    for each in radiographs:
        by_patient.setdefault(each.patient, set()).add(parts[each.id])
    assert all(len(found) == 1 for found in by_patient.values())
    assert set(parts.values()) == {"train", "validation", "test"}
    assert "Doe" not in repr(radiographs)
    assert "MRN" not in repr(radiographs)


def test_the_last_word_counts_and_what_nobody_corrected_is_left_out(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    first, _, again = (
        kept.keep(png(level), SIZE, {"probability": 0.5}) for level in (100, 150, 100)
    )
    kept.correct(first, Correction(fractured=True, boxes=[(0, 0, 10, 10)]))
    kept.correct(again, Correction(fractured=False))
    assert export(tmp_path / "kept", tmp_path / "out/labels.csv") == 0
    text = (tmp_path / "out/labels.csv").read_text()
    assert re.fullmatch(r"file,fractured,boxes\nimages/[0-9a-f]{64}\.png,0,\n", text)
    (image,) = (tmp_path / "out/images").iterdir()
    assert image.read_bytes() == png(100)


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "kept")
    kept.keep(png(100), SIZE, {})
    (image,) = (tmp_path / "kept/images").iterdir()
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
    assert stat.S_IMODE(image.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("PNG", ".png"), ("JPEG", ".jpg"), ("BMP", ".bmp"), ("WEBP", ".webp"), ("TIFF", ".tif")],
)
def test_suffixes_are_those_of_the_content(kind: str, suffix: str) -> None:
    assert suffix_of(encoded(kind, 100)) == suffix
    assert suffix_of(dicom(0, 0)) == ".dcm"


def test_mistakes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(PipelineError, match=r"holds no kept\.sqlite: name the folder given with"):
        export(tmp_path, tmp_path / "labels.csv")
    Kept(tmp_path / "kept")
    with pytest.raises(PipelineError, match=r"nobody has corrected a result in .*kept"):
        export(tmp_path / "kept", tmp_path / "labels.csv")
    (tmp_path / "file").touch()
    with pytest.raises(PipelineError, match=r"cannot be written .* name a folder that can with"):
        Kept(tmp_path / "file")
    monkeypatch.setattr(sys, "argv", ["corrections", "--help"])
    with pytest.raises(SystemExit, match=r"^0$"):
        main()
    assert "a data\nset for the reader `table`" in capsys.readouterr().out
