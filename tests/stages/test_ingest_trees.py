"""The stages ingest, split and gate on trees whose files are named and laid out in many ways."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from ruamel.yaml import YAML

from fracture.artifacts import gate as gates
from fracture.artifacts import left_out, manifest
from stages import gate, ingest, split
from tests.dicom_files import content, dataset

COUNT = 40
HEX = "0123456789abcdef"


def pixels(number: int) -> Any:
    """Return a radiograph of its own, 8 bits."""
    coarse = np.random.default_rng(number).integers(0, 256, (10, 10), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((100, 100)))


def dicom(number: int, **elements: str) -> bytes:
    uids = {"SOPInstanceUID": f"1.2.{number}", "StudyInstanceUID": f"1.3.{number}"}
    return content(dataset(pixels(number), 8, **(uids | elements)))


@pytest.fixture
def root(parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with params.yaml, and in it the empty folder that holds the tree."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FRACTURE_SALT", "nobody will ever know")
    parameters["dataset"] = "class_folders"
    parameters["datasets"]["class_folders"]["root"] = "tree"
    YAML().dump(parameters, Path("params.yaml"))
    for label in ("fractured", "normal"):
        (tmp_path / "tree" / label).mkdir(parents=True)
    return tmp_path / "tree"


def test_all_suffixes_and_none_are_read(root: Path) -> None:
    suffixes = {".jfif": "JPEG", ".webp": "WEBP", ".png": "PNG", "": "DICOM", ".img": "TIFF"}
    for number in range(COUNT):
        suffix, form = list(suffixes.items())[number % len(suffixes)]
        path = root / ("fractured" if number % 2 else "normal") / f"r{number:02}{suffix}"
        if form == "DICOM":
            path.write_bytes(dicom(number))
        else:
            Image.fromarray(pixels(number)).save(path, form)
    ingest.main()
    assert left_out.read() == []
    assert len(manifest.read()) == COUNT


def test_dicom_files_in_class_folders_are_grouped_by_patient(root: Path) -> None:
    """Two files of each patient, one in either letter case, in a study of its own."""
    for number in range(COUNT):
        patient = f"AB-{number // 2}" if number % 2 else f"ab {number // 2}"
        label = "fractured" if number % 4 < 2 else "normal"
        (root / label / f"r{number:02}.dcm").write_bytes(dicom(number, PatientID=patient))
    for stage in (ingest, split, gate):
        stage.main()
    kept = manifest.read()
    assert len(kept) == COUNT
    assert len({one.group for one in kept}) == len({one.patient for one in kept}) == COUNT // 2
    assert all(len(one.patient) == 16 and set(one.patient) <= set(HEX) for one in kept)
    assert gates.read().verdict == "clean"
