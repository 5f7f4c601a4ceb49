"""Data sets to generate: what shots of whom there are, and how each reader's folder holds them."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from PIL import Image

from tests.dicom_files import content, dataset

Pixels = npt.NDArray[np.uint8]

PATIENTS = (
    "", "ANON", "0000", "unknown", "P-1", "p1", "P 1", " P-1 ", "\uff301",
    "Jos\u00e9", "Jose\u0301",
    *(f"P{number}" for number in range(2, 40)),
)  # fmt: skip
"""Missing, nobody's, colliding, in two Unicode forms, and plain."""
STUDIES = ("", "", *(f"1.2.840.{number}" for number in range(1, 40)))
CHANGES = ("none", "bytes", "pixels", "mirror", "quarter", "jpeg", "link")
"""What a copy is of its original."""
SIDE = 72


@dataclass(frozen=True)
class Shot:
    """A radiograph to write.

    Attributes:
        patient: Id as somebody typed it, perhaps of nobody.
        study: Likewise.
        fractured: Its label.
        part: Of the data set's own split.
        change: One of `CHANGES`: how it copies an earlier radiograph, if at all.
        original: The number of that radiograph, modulo how many there are before.
        dicom: Whether it is a DICOM file, where the reader takes both.
    """

    patient: str
    study: str
    fractured: bool
    part: str
    change: str
    original: int
    dicom: bool


def _alike(shots: list[Shot]) -> list[Shot]:
    """Return the shots; copies mostly bear the label of what they copy, as in real data sets."""
    labelled: list[Shot] = []
    for number, shot in enumerate(shots):
        alike = number and shot.change != "none" and shot.original % 6
        label = labelled[shot.original % number].fractured if alike else shot.fractured
        labelled.append(replace(shot, fractured=label))
    return labelled


SHOT = st.builds(
    Shot,
    st.sampled_from(PATIENTS),
    st.sampled_from(STUDIES),
    st.booleans(),
    st.sampled_from(["train", "train", "valid", "test"]),
    st.sampled_from([*["none"] * 24, *CHANGES[1:]]),
    st.integers(0, 59),
    st.booleans(),
)
SHOTS = st.integers(5, 60).flatmap(lambda n: st.lists(SHOT, min_size=n, max_size=n)).map(_alike)
ODD_FILES = {
    ".DS_Store": b"Bud1",
    "notes.txt": b"read me",
    ".hidden/1.png": b"\x89PNG\r\n\x1a\n",
    "odd/empty.jpg": b"",
    "odd/cut.png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0",
    "odd/no image.png": b"<html>",
    "Thumbs.db": b"\xd0\xcf",
}
ODD = st.sets(st.sampled_from([*ODD_FILES, "broken link", "folder link"]))


def pixels(shots: Sequence[Shot], number: int) -> Pixels:
    """Return what a shot shows, (72, 72 or 80): an own texture, or that of the one it copies."""
    shot = shots[number]
    if shot.change == "none" or number == 0:
        random = np.random.default_rng(number)
        rough = random.integers(30, 226, (SIDE // 8, SIDE // 8 + 1)).astype(np.uint8)
        fine = random.integers(0, 24, (SIDE, SIDE + 8)).astype(np.uint8)
        return np.kron(rough, np.ones((8, 8), np.uint8)) + fine
    copied = pixels(shots, shot.original % number)
    match shot.change:
        case "mirror":
            return copied[:, ::-1]
        case "quarter":
            return np.rot90(copied)
        case _:
            return copied


def encoded(shots: Sequence[Shot], number: int, format_: str = "PNG") -> bytes:
    """Return the file of a shot; that of a copy of bytes is its original's."""
    shot = shots[number]
    if number and shot.change in ("bytes", "link"):
        return encoded(shots, shot.original % number, format_)
    buffer = io.BytesIO()
    level = {"compress_level": 1 + number % 9} if format_ == "PNG" else {"quality": 90}
    if shot.change == "jpeg":
        format_, level = "JPEG", {"quality": 60}
    Image.fromarray(np.ascontiguousarray(pixels(shots, number))).save(buffer, format_, **level)
    return buffer.getvalue()


def as_dicom(shots: Sequence[Shot], number: int) -> bytes:
    """Return the DICOM file of a shot, with whatever id somebody typed."""
    shot = shots[number]
    header: dict[str, Any] = {
        "SOPInstanceUID": f"1.2.3.{number + 1}",
        "PatientID": shot.patient,
        "StudyInstanceUID": shot.study,
        "SpecificCharacterSet": "ISO_IR 192",
        "Modality": "DX",
    }
    if number % 2:
        header["IssuerOfPatientID"] = "HOSPITAL"
    return content(dataset(np.ascontiguousarray(pixels(shots, number)), 8, **header))


def write(root: Path, path: str, file: bytes) -> None:
    """Write a file below the root, and the folders around it."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(file)


def write_odd(root: Path, odd: set[str], beside: Path) -> None:
    """Write what lies about in real folders; links lead to `beside`, out of the root."""
    for name in sorted(odd):
        if name == "broken link":
            (root / "gone.png").symlink_to("nowhere.png")
        elif name == "folder link":
            write(beside, "linked/1.png", b"\x89PNG\r\n\x1a\n")
            (root / "a link").symlink_to(beside / "linked")
        else:
            write(root, name, ODD_FILES[name])


def _table(root: Path, name: str, rows: Sequence[dict[str, Any]]) -> None:
    with (root / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0]])
        writer.writeheader()
        writer.writerows(rows)


def class_folders(root: Path, shots: Sequence[Shot]) -> None:
    """Class folders of PNG and DICOM files; links lead to files outside."""
    for number, shot in enumerate(shots):
        path = f"{'fractured' if shot.fractured else 'normal'}/{number}"
        if shot.dicom:
            write(root, path + (".dcm" if number % 3 else ""), as_dicom(shots, number))
        elif shot.change == "link":
            write(root.parent, f"store/{number}", encoded(shots, number))
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / f"{path}.png").symlink_to(root.parent / f"store/{number}")
        else:
            write(root, f"{path}.png", encoded(shots, number))


def mura(root: Path, shots: Sequence[Shot]) -> None:
    """MURA's folders; a patient may stand in both parts, studies begin again with each patient."""
    for part in ("train", "valid"):
        (root / part).mkdir(parents=True)
    for number, shot in enumerate(shots):
        patient = PATIENTS.index(shot.patient)
        study = f"study{STUDIES.index(shot.study) % 3 + 1}"
        label = "positive" if shot.fractured else "negative"
        part = "valid" if shot.part == "valid" else "train"
        folder = f"{part}/XR_HAND/patient{patient:05}/{study}_{label}"
        write(root, f"{folder}/image{number}.png", encoded(shots, number))


def grazpedwri(root: Path, shots: Sequence[Shot]) -> None:
    """GRAZPEDWRI-DX's index with PNG files in its four folders."""
    rows = []
    for number, shot in enumerate(shots):
        name = f"{number:04}_1297860395_01_WRI-L1_M014"
        write(root, f"images_part{number % 4 + 1}/{name}.png", encoded(shots, number))
        rows.append(
            {
                "filestem": name,
                "patient_id": PATIENTS.index(shot.patient),
                "study_number": STUDIES.index(shot.study) % 3 + 1,
                "fracture_visible": "1" if shot.fractured else "",
            }
        )
    _table(root, "dataset.csv", rows)


def fracatlas(root: Path, shots: Sequence[Shot]) -> None:
    """FracAtlas' folders and table, which name no patient."""
    columns = [
        "hand", "leg", "hip", "shoulder", "mixed", "hardware", "multiscan", "fractured",
        "fracture_count", "frontal", "lateral", "oblique",
    ]  # fmt: skip
    rows = []
    for number, shot in enumerate(shots):
        folder = "Fractured" if shot.fractured else "Non_fractured"
        write(root, f"images/{folder}/IMG{number}.jpg", encoded(shots, number, "JPEG"))
        row = dict.fromkeys(columns, 0) | {"hand": 1, "fractured": int(shot.fractured)}
        rows.append({"image_id": f"IMG{number}.jpg"} | row)
    _table(root, "dataset.csv", rows)


def table(root: Path, shots: Sequence[Shot]) -> None:
    """PNG and DICOM files with a table that names patients and studies."""
    rows = []
    for number, shot in enumerate(shots):
        path = f"{number % 5}/{number}" + (".dcm" if shot.dicom else ".png")
        write(root, path, as_dicom(shots, number) if shot.dicom else encoded(shots, number))
        rows.append(
            {
                "file": path, "fractured": int(shot.fractured), "patient": shot.patient,
                "study": shot.study,
            }
        )  # fmt: skip
    _table(root, "labels.csv", rows)


def dicom(root: Path, shots: Sequence[Shot]) -> None:
    """DICOM files with a table that names the files alone."""
    rows = []
    for number, shot in enumerate(shots):
        write(root, f"{number % 5}/{number}", as_dicom(shots, number))
        rows.append({"file": f"{number % 5}/{number}", "fractured": int(shot.fractured)})
    _table(root, "labels.csv", rows)


LAYOUTS: dict[str, Callable[[Path, Sequence[Shot]], None]] = {
    "class_folders": class_folders,
    "mura": mura,
    "grazpedwri": grazpedwri,
    "fracatlas": fracatlas,
    "table": table,
    "dicom": dicom,
}
"""How each reader's data set is written."""
