"""Who is who, read from the files of a data set and nothing else; it shares no code with ours."""

import csv
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom
from PIL import Image

NOBODY = ("", "anon", "unknown")
SAME = 0.95  # of the correlation of thumbnails; own textures reach 0.6
THUMBNAIL = 18

Key = tuple[str, ...]


def keys(root: Path, dataset: str) -> dict[str, set[Key]]:
    """Return what ties each image to others, by its path: persons, studies, equal bytes."""
    found: dict[str, set[Key]] = {}
    rows = {row["file"]: row for row in _rows(root / "labels.csv")} if dataset == "table" else {}
    index = {row["filestem"]: row for row in _rows(root / "dataset.csv")} if (
        dataset == "grazpedwri"
    ) else {}  # fmt: skip
    for path in images(root):
        ties: set[Key] = {("bytes", hashlib.sha256((root / path).read_bytes()).hexdigest())}
        if _is_dicom(root / path):
            header = pydicom.dcmread(root / path, stop_before_pixels=True)
            said = rows.get(path, {})
            # What a table says of a file comes before its header.
            ties |= _person(said.get("patient") or str(header.get("PatientID") or ""), dataset)
            ties |= _study(said.get("study") or str(header.get("StudyInstanceUID") or ""))
        elif path in rows:
            ties |= _person(rows[path]["patient"], dataset) | _study(rows[path]["study"])
        elif Path(path).stem in index:
            row = index[Path(path).stem]
            ties |= {("person", row["patient_id"])}
            ties |= {("study", row["patient_id"], row["study_number"])}
        elif match := re.search(r"(patient\d+)/(study\d+)", path):
            ties |= {("person", match[1])}
        found[path] = ties
    return found


def same_exposures(root: Path, paths: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of images that look the same, turned by quarters or mirrored."""
    thumbnails = [thumbnail(root / path) for path in paths]
    plain = np.stack([each.ravel() for each in thumbnails])
    for turned in range(8):
        others = np.stack([_turn(each, turned).ravel() for each in thumbnails])
        for first, second in np.argwhere(plain @ others.T > SAME):
            if first < second:
                yield paths[first], paths[second]


def images(root: Path) -> list[str]:
    """Return the paths of all files that hold an image, links followed."""
    found = []
    for path in every_file(root):
        try:
            thumbnail(root / path)
        except Exception:  # noqa: S112 - whatever is no image
            continue
        found.append(path)
    return found


def every_file(root: Path) -> list[str]:
    """Return the path of every file and every broken link below the root."""
    return [
        (Path(folder) / name).relative_to(root).as_posix()
        for folder, _, names in os.walk(root, followlinks=True)
        for name in names
    ]


def thumbnail(path: Path) -> npt.NDArray[np.float64]:
    """Return an image in small, (18, 18), mean 0 and length 1."""
    if _is_dicom(path):
        image = Image.fromarray(pydicom.dcmread(path).pixel_array)
    else:
        image = Image.open(path)
    small = np.asarray(image.convert("L").resize((THUMBNAIL, THUMBNAIL)), np.float64)
    small -= small.mean()
    return small / np.linalg.norm(small)


def _turn(image: npt.NDArray[np.float64], turned: int) -> npt.NDArray[np.float64]:
    return np.rot90(image if turned < 4 else image[:, ::-1], turned % 4)


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def _rows(source: Path) -> list[dict[str, str]]:
    with source.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _person(text: str, dataset: str) -> set[Key]:
    """Return the key of a person: a table's ids are as typed, a header's in any punctuation."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    bare = "".join(letter for letter in plain.casefold() if letter.isalnum())
    if bare in NOBODY:
        return set()
    return {("person", plain if dataset == "table" else bare)}


def _study(text: str) -> set[Key]:
    return {("study", text)} if text else set()
