"""The manifest: one row a radiograph that can be learned from, as CSV."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from fracture.artifacts.atomic import replacing
from fracture.artifacts.reading import read_table, reading
from fracture.console import PipelineError
from fracture.targets import FRACTURED

PATH = Path("data/manifest.csv")
STAGE = "ingest"


@dataclass(frozen=True)
class Radiograph:
    """One radiograph, as a data set describes it and as its file was found.

    Attributes:
        id: Unique within the data set.
        path: Of the file, relative to the data set's root, with forward slashes.
        fractured: Whether the data set calls it fractured.
        body_part: In lower case, such as `hand`; `mixed` where several are shown.
        view: Such as `frontal`; empty where unknown.
        patient: The data set's patient id; empty where unknown.
        study: The data set's study id, unique in the whole data set; empty where unknown.
        hashed: Whether id, patient and study are hashes with a private key, or are to be.
        age: In years, at the exposure; None where unknown.
        sex: `female`, `male`, or empty where unknown or neither.
        flags: What else the data set says of it, such as `hardware`.
        labels: What its further labelled columns say of it, as pairs of column and text.
        boxes: Fractures as (left, top, right, bottom) in pixels of the upright radiograph.
        dataset: A key of `datasets` in params.yaml.
        shipped: The part that the data set's own split gives it, train, validation or test; empty
            where it has none.
        width: Of the upright radiograph, pixels; 0 before its file is read.
        height: Likewise.
        file_size: In bytes; 0 before its file is read.
        jpeg_quality: 1 to 100, estimated from the quantisation; 0 where the file is no JPEG.
        sha256: Of the file's bytes; empty before its file is read.
        pixels_sha256: Of the upright radiograph's 8-bit grey pixels and their shape, likewise.
        bits: In use in files of 16 bits that do not say how many; 0 where this one is none such.
        group: Radiographs that must stay on one side of a split share it; empty before grouping.
    """

    id: str
    path: str
    fractured: bool
    body_part: str
    view: str = ""
    patient: str = ""
    study: str = ""
    hashed: bool = False
    age: float | None = None
    sex: str = ""
    flags: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    boxes: tuple[tuple[float, float, float, float], ...] = ()
    dataset: str = ""
    shipped: str = ""
    width: int = 0
    height: int = 0
    file_size: int = 0
    jpeg_quality: int = 0
    sha256: str = ""
    pixels_sha256: str = ""
    bits: int = 0
    group: str = ""


def write(radiographs: list[Radiograph], path: Path = PATH) -> None:
    """Write radiographs as CSV, sorted by id: flags joined by `;`, labels and boxes as JSON."""
    rows = [
        {field.name: getattr(radiograph, field.name) for field in fields(Radiograph)}
        | {
            FRACTURED: int(radiograph.fractured),
            "hashed": int(radiograph.hashed),
            "flags": ";".join(radiograph.flags),
            "labels": json.dumps(radiograph.labels),
            "boxes": json.dumps(radiograph.boxes),
        }
        for radiograph in sorted(radiographs, key=lambda radiograph: radiograph.id)
    ]
    with replacing(path) as beside:
        pd.DataFrame(rows).to_csv(beside, index=False, lineterminator="\n")


def read(path: Path = PATH) -> list[Radiograph]:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    kinds = {field.name: int for field in fields(Radiograph) if field.type in {int, bool}}
    table = read_table(path, STAGE, [field.name for field in fields(Radiograph)], kinds)
    with reading(path, STAGE):
        rows = table.to_dict("records")
        return [_radiograph(**{str(key): value for key, value in row.items()}) for row in rows]


def require_same(radiographs: Iterable[Radiograph], parts: Mapping[str, str]) -> None:
    """Require that the manifest and the split name the same radiographs.

    Args:
        radiographs: Of the manifest.
        parts: The split: the part of each radiograph, by id.

    Raises:
        PipelineError: An id stands in one of the two alone.
    """
    if unequal := {radiograph.id for radiograph in radiographs} ^ parts.keys():
        raise PipelineError(
            f"manifest and split differ in {len(unequal)} radiographs, such as {min(unequal)}: "
            "run `dvc repro split`"
        )


def _radiograph(flags: str, labels: str, boxes: str, **others: Any) -> Radiograph:
    fractured, hashed, age = (others.pop(name) for name in (FRACTURED, "hashed", "age"))
    return Radiograph(
        age=float(age) if age else None,
        flags=tuple(filter(None, flags.split(";"))),
        labels=tuple(map(tuple, json.loads(labels))),
        boxes=tuple(map(tuple, json.loads(boxes))),
        fractured=bool(fractured),
        hashed=bool(hashed),
        **others,
    )
