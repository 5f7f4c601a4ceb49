"""Folders as people have them, drawn for the tests."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from PIL import Image

from tests.dicom_files import content, dataset

SIZE = 96  # pixels: more than ingest's smallest side


def pixels(number: int) -> npt.NDArray[np.uint8]:
    """Return a picture that no other number has."""
    coarse = np.random.default_rng(number).integers(0, 256, (8, 8), np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((SIZE, SIZE), Image.Resampling.BICUBIC))


def put(path: Path, number: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels(number)).save(path)


def hospital(root: Path, count: int = 40) -> Path:
    """Nested DICOM files and an Excel table with spaced headers, a title page behind it."""
    rows = []
    for number in range(count):
        path = root / f"export/s{number // 4}/f{number}.dcm"
        path.parent.mkdir(parents=True, exist_ok=True)
        uid = f"1.2.3.{number}"
        elements = {
            "SOPInstanceUID": uid,
            "PatientID": f"MRN-{70000 + number // 2}",
            "PatientName": "Doe^Jane",
            "StudyInstanceUID": f"1.2.3.4.{number // 2}",
            "PatientAge": f"{10 + number:03d}Y",
            "PatientSex": "FM"[number % 2],
            "BodyPartExamined": "WRIST",
            "ViewPosition": "PA",
        }
        path.write_bytes(content(dataset(pixels(number), 8, **elements)))
        rows.append((uid, "Fraktur" if number % 4 < 2 else "keine Fraktur", "Dr. Meier"))
    names = [" SOP Instance UID ", "Befund ", "Radiologe"]
    with pd.ExcelWriter(root / "Liste der Befunde.xlsx", engine="openpyxl") as book:
        pd.DataFrame(rows, columns=names).to_excel(book, sheet_name="Befunde", index=False)
        pd.DataFrame({"Stand": ["heute"]}).to_excel(book, sheet_name="Info", index=False)
    (root / "liesmich.txt").write_text("Export")
    return root


def german(root: Path, count: int = 40) -> Path:
    """PNG files and a CSV file with semicolons and a byte order mark."""
    lines = ["Datei;Patienten-Nr.;Untersuchung;Alter;Geschlecht;Region;Frakturbefund;Gips"]
    for number in range(count):
        put(root / f"Bilder/{number:04d}.png", number)
        case, sex = number // 2, "wm"[number // 2 % 2]
        age = f"{20 + case},5"
        label = "ja" if number % 4 < 2 else "nein"
        lines.append(
            f"{number:04d}.png;K{100 + case};{number % 2 + 1};{age};{sex};Handgelenk;{label};nein"
        )
    (root / "befunde.csv").write_text("\n".join(lines), encoding="utf-8-sig")
    return root


def kaggle(root: Path, count: int = 40) -> Path:
    """Class folders with odd names in train and val, and one of masks."""
    for number in range(count):
        part = "val" if number % 4 == 3 else "train"
        label = "Fractured Bone" if number % 2 else "02_not fractured"
        put(root / f"Bone Data/{part}/{label}/{number}.jpg", number)
    put(root / "Bone Data/train/masks/1.png", 1000)
    return root


def graz_as_yolo(root: Path, count: int = 40) -> Path:
    columns = (
        "filestem,patient_id,study_number,cast,diagnosis_uncertain,osteopenia,fracture_visible,"
        "metal,projection,laterality,initial_exam,gender,age"
    )
    lines = [columns]
    for number in range(count):
        stem = f"{number // 2 + 1:04d}_129786{number:04d}_01_WRI-L1_M014"
        part = ("train", "train", "valid", "test")[number // 2 % 4]
        put(root / f"images/{part}/{stem}.png", number)
        fractured = "1" if number // 2 % 8 in {0, 3, 5, 6} else ""
        lines.append(f"{stem},{number // 2 + 1},1,,,,{fractured},,1,L,1,F,7.5")
    (root / "dataset.csv").write_text("\n".join(lines))
    return root


def yolo(root: Path) -> Path:
    for number in range(4):
        put(root / f"train/images/{number}.jpg", number)
        (root / "train/labels").mkdir(exist_ok=True)
        (root / f"train/labels/{number}.txt").write_text("3 0.5 0.5 0.2 0.2\n")
    (root / "data.yaml").write_text("names: [a, b, c, d]\n")
    return root


def mura(root: Path, count: int = 40) -> Path:
    for number in range(count):
        label = "positive" if number % 4 < 2 else "negative"
        part = "valid" if number % 5 == 4 else "train"
        study = f"{part}/XR_WRIST/patient{number:05d}/study1_{label}"
        put(root / f"MURA-v1.1/{study}/image1.png", number)
    return root


def every_file(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(root.rglob("*")):
        if path.is_file():
            yield path.relative_to(root).as_posix(), path.read_bytes()
