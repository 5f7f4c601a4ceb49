"""GRAZPEDWRI-DX: 20,327 radiographs of children's wrists, with patient ids and boxed fractures."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError, progress
from fracture.datasets.findings import Finding, leave_out
from fracture.params.datasets import GrazPedWri
from fracture.tables import Row, read_table, require_values

TABLE = "dataset.csv"
VIEWS = {"1": "frontal", "2": "lateral", "3": "oblique"}
SIDES = {"L": "left", "R": "right"}
FLAGS = {  # column: flag, in the words that the data sets share
    "cast": "cast",
    "metal": "hardware",
    "osteopenia": "osteopenia",
    "diagnosis_uncertain": "diagnosis_uncertain",
    "initial_exam": "initial_exam",
}
LABELS = ("gender", "projection", "laterality", "ao_classification", *FLAGS)
"""Columns that can be a target, with their texts as they stand; `0` where a flag is not set."""
ALLOWED = {
    "projection": tuple(VIEWS),
    "laterality": tuple(SIDES),
    **dict.fromkeys(["fracture_visible", *FLAGS], ("1", "")),
}
ANNOTATIONS = ("folder_structure/supervisely/wrist/ann", "supervisely/wrist/ann")
DOWNLOAD = (
    f"download {TABLE} and images_part1.zip to images_part4.zip from "
    "https://doi.org/10.6084/m9.figshare.14825193, unpack them there, or set "
    "datasets.grazpedwri.root to where they lie"
)

NOT_IN_TABLE = f"not in {TABLE}"

Boxes = tuple[tuple[float, float, float, float], ...]


def read(section: GrazPedWri, root: Path) -> list[Finding]:  # noqa: ARG001 - every reader takes it
    """Return what GRAZPEDWRI-DX names in its index, with the files that are there, sorted by id.

    20,327 radiographs of 6,091 patients and 10,699 studies, taken at the University Hospital Graz
    from 2008 to 2018; 16-bit grey PNG files, 16 GB in four archives. 13,550 show a fracture: the
    label belongs to the radiograph, as pediatric radiologists annotated it, not to the study. One
    without a visible fracture may belong to a study with one. CC BY 4.0. Download:
    https://doi.org/10.6084/m9.figshare.14825193.

    An image is looked for in the root and in the folders directly under it (images_part1 ...
    images_part4, or one for all); where it stands in several, the first in alphabetical order is
    taken, for its name is unique in the data set. The boxes of fractured radiographs come from
    folder_structure.zip, where that is unpacked too: its Supervisely files give them in pixels.

    Args:
        section: `datasets.grazpedwri` of params.yaml.
        root: The folder that holds dataset.csv and the images.

    Raises:
        PipelineError: The folder, the index, or all images are missing, the index lacks a column
            or holds a value that it should not, or an annotation cannot be read.

    Reference:
        Nagy et al., "A pediatric wrist trauma X-ray dataset (GRAZPEDWRI-DX) for machine learning",
        Scientific Data 9, 222 (2022).
    """
    radiographs = index(root)
    images = _images(root)
    if not images:
        raise PipelineError(f"{root} and its folders hold no PNG images: {DOWNLOAD}")
    found = [
        replace(radiograph, path=images[radiograph.id])
        for radiograph in radiographs
        if radiograph.id in images
    ]
    missing = [leave_out(each, "missing") for each in radiographs if each.id not in images]
    strange = images.keys() - {radiograph.id for radiograph in radiographs}
    unlisted = [LeftOut(name, NOT_IN_TABLE, images[name]) for name in strange]
    findings: list[Finding] = [*_with_boxes(found, root), *missing, *unlisted]
    return sorted(findings, key=lambda finding: finding.id)


def index(root: Path) -> list[Radiograph]:
    """Return what dataset.csv says of each radiograph, sorted by id; no path, no boxes.

    Raises:
        PipelineError: The folder or the index is missing, lacks a column, names a radiograph twice
            or without its patient or study, or holds a value that it should not.
    """
    source = root / TABLE
    if not source.is_file():
        raise PipelineError(f"no file {source}, where GRAZPEDWRI-DX is expected: {DOWNLOAD}")
    rows = read_table(
        source, ["filestem", "patient_id", "study_number", *ALLOWED, *LABELS], DOWNLOAD
    )
    require_values(rows, ALLOWED, "filestem", source)
    _require_identities(rows, source)
    return sorted(map(_radiograph, rows), key=lambda radiograph: radiograph.id)


def _require_identities(rows: Sequence[Row], source: Path) -> None:
    for name, count in Counter(row["filestem"] for row in rows).items():
        if count > 1:
            raise PipelineError(f"{source} names {name} {count} times, expected once: {DOWNLOAD}")
    for row in rows:
        for column in ("patient_id", "study_number"):
            if not row[column]:
                raise PipelineError(
                    f"{source}: {row['filestem']} has no {column}, expected a number: {DOWNLOAD}"
                )


def _radiograph(row: Row) -> Radiograph:
    flags = [flag for column, flag in FLAGS.items() if row[column] == "1"]
    labels = {column: row[column] or ("0" if column in FLAGS else "") for column in LABELS}
    return Radiograph(
        id=row["filestem"],
        path="",
        fractured=row["fracture_visible"] == "1",
        body_part="wrist",
        view=VIEWS[row["projection"]],
        patient=row["patient_id"],
        study=f"{row['patient_id']}/{row['study_number']}",
        flags=(SIDES[row["laterality"]], *flags),
        labels=tuple((column, text) for column, text in labels.items() if text),
        dataset="grazpedwri",
    )


def _images(root: Path) -> dict[str, str]:
    """Return the path, relative to the root, of each image by its name without suffix."""
    folders = sorted(path for path in root.iterdir() if path.is_dir())
    images: dict[str, str] = {}
    for folder in [root, *folders]:
        for path in folder.iterdir():
            if path.suffix.lower() == ".png" and not path.name.startswith("._"):
                images.setdefault(path.stem, path.relative_to(root).as_posix())
    return images


def _with_boxes(radiographs: Sequence[Radiograph], root: Path) -> list[Radiograph]:
    """Add boxes where the annotations have been unpacked."""
    folders = [root / name for name in ANNOTATIONS if (root / name).is_dir()]
    if not folders:
        return list(radiographs)
    return [
        replace(radiograph, boxes=_boxes(folders[0] / f"{radiograph.id}.json"))
        if radiograph.fractured
        else radiograph
        for radiograph in progress(radiographs, len(radiographs), "boxes", "radiographs")
    ]


def _boxes(source: Path) -> Boxes:
    """Return the boxes of the fractures in a Supervisely file, none where there is no file."""
    try:
        objects = json.loads(source.read_text(encoding="utf-8"))["objects"]
        outlines = [
            each["points"]["exterior"] for each in objects if each["classTitle"] == "fracture"
        ]
        return tuple(map(_bounds, outlines))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PipelineError(f"{source} is no Supervisely annotation ({error!r})") from None


def _bounds(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)
