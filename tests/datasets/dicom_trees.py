"""Small trees of DICOM files, and what the reader finds in them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from fracture.datasets.findings import Finding
from fracture.datasets.identity import identify
from fracture.datasets.table import read
from fracture.params.table import Dicom
from tests.dicom_files import content, dataset

SECTION: dict[str, Any] = {
    "root": "data/raw/dicom",
    "labels": "labels.csv",
    "sheet": None,
    "columns": {
        "file": "file",
        "label": "fractured",
        **dict.fromkeys(["patient", "study", "body_part", "view", "part", "age", "sex", "boxes"]),
        "further": [],
        "flags": [],
    },
    "studies": "unique",
    "positive": ["1", "yes"],
    "negative": ["0"],
    "private": True,
}


PIXELS = np.arange(6, dtype=np.uint8).reshape(2, 3)


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
    found, _ = identify(read(Dicom.parse(SECTION | changes, "datasets.dicom"), root), ["anon"])
    return found


def by_path(root: Path, **changes: Any) -> dict[str, Finding]:
    return {finding.path: finding for finding in findings(root, **changes)}
