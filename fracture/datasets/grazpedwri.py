"""GRAZPEDWRI-DX: 20,327 radiographs of children's wrists, with patient ids and boxed fractures."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from fracture.artifacts import splits
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError, progress
from fracture.datasets.findings import Finding, leave_out
from fracture.datasets.tree import (
    File,
    leave_out_file,
    read_tree,
    reasons,
    with_the_rest,
)
from fracture.datasets.yolo import Boxes, boxes, class_lists, class_number, label_files, pair
from fracture.params.datasets import GrazPedWri
from fracture.tables import Row, read_table, require_values
from fracture.targets import KEYS

TABLE = "dataset.csv"
FRACTURE = "fracture"  # the class of boxes, in every format
VIEWS = {"1": "frontal", "2": "lateral", "3": "oblique"}
SIDES = {"L": "left", "R": "right"}
FLAGS = {  # column: flag, in the words that the data sets share
    "cast": "cast",
    "metal": "hardware",
    "osteopenia": "osteopenia",
    "diagnosis_uncertain": "diagnosis_uncertain",
    "initial_exam": "initial_exam",
}
SEXES = {"F": "female", "M": "male"}
LABELS = ("gender", "projection", "laterality", "ao_classification", *FLAGS)
"""Columns that can be a target, with their texts as they stand; `0` where a flag is not set."""
NEEDED = ("filestem", "patient_id", "study_number", "fracture_visible")
"""Columns that an index must have; one of the others may be absent."""
ALLOWED = {
    "projection": tuple(VIEWS),
    "laterality": tuple(SIDES),
    **dict.fromkeys(["fracture_visible", *FLAGS], ("1", "0", "")),
}
NUMBERS = ("patient_id", "study_number", *ALLOWED)
YOLO_CLASSES = (
    "boneanomaly", "bonelesion", "foreignbody", "fracture", "metal", "periostealreaction",
    "pronatorsign", "softtissue", "text",
)  # fmt: skip
"""The classes of the data set's YOLO annotations, in the order of their numbers."""
EXPORTED = re.compile(r"(.+)_(?:png|jpe?g)\.rf\.[0-9a-f]+")
"""How Roboflow renames a file: the name and suffix that it had, and a hash."""
ANNOTATIONS = ("folder_structure/supervisely/wrist/ann", "supervisely/wrist/ann")
DOWNLOAD = (
    f"download {TABLE} and images_part1.zip to images_part4.zip from "
    "https://doi.org/10.6084/m9.figshare.14825193, unpack them there, or set "
    "datasets.grazpedwri.root to where they lie"
)

OWN = ("folder_structure", "supervisely")
"""Folders of annotations in several formats, of which one is read."""

NOT_IN_TABLE = f"not in {TABLE}"
SECOND = "a second file of one radiograph"


def read(section: GrazPedWri, root: Path) -> list[Finding]:  # noqa: ARG001 - every reader takes it
    """Return what GRAZPEDWRI-DX names in its index, with the files that are there, sorted by id.

    20,327 radiographs of 6,091 patients and 10,699 studies, taken at the University Hospital Graz
    from 2008 to 2018; 16-bit grey PNG files, 16 GB in four archives. 13,550 show a fracture: the
    label belongs to the radiograph, as pediatric radiologists annotated it, not to the study. One
    without a visible fracture may belong to a study with one. CC BY 4.0. Download:
    https://doi.org/10.6084/m9.figshare.14825193.

    An image may lie anywhere below the root, for its name is unique in the data set: in
    images_part1 ... images_part4, or as YOLO trees have it, in images/train, images/valid and
    images/test or train/images and so on. Such folders are its shipped part. Of several files the
    first in alphabetical order is taken. The boxes of fractured radiographs come from
    folder_structure.zip, where that is unpacked too: its Supervisely files give them in pixels;
    else from YOLO's files in a folder called labels, of which data.yaml may name the classes.

    The index may lie in any folder, and may have gone through pandas ("1.0" for 1).

    Args:
        section: `datasets.grazpedwri` of params.yaml.
        root: The folder that holds dataset.csv and the images.

    Raises:
        PipelineError: The folder, the index, or all images are missing, there are two indices, the
            index lacks a column or holds a value that it should not, or an annotation cannot be
            read.

    Reference:
        Nagy et al., "A pediatric wrist trauma X-ray dataset (GRAZPEDWRI-DX) for machine learning",
        Scientific Data 9, 222 (2022).
    """
    if not root.is_dir():
        raise PipelineError(f"no folder {root}, where GRAZPEDWRI-DX is expected: {DOWNLOAD}")
    files = read_tree(root)
    table = _find_index(root, files)
    radiographs = index(root / table)
    images = _images(files)
    found, findings = [], list[Finding]()
    for radiograph in radiographs:
        file, *others = images.pop(radiograph.id, [None])
        label = KEYS[radiograph.fractured]
        if file is None:
            findings.append(leave_out(radiograph, "missing"))
        elif file.fault:
            findings.append(leave_out_file(file, file.fault, radiograph.id, label))
        else:
            found.append(replace(radiograph, path=file.path, shipped=_part(file.path)))
        findings += [leave_out_file(each, SECOND, radiograph.id, label) for each in others if each]
    annotations = [table, *class_lists(files), *label_files(files)]
    if not found:
        rest = [file for file in files if file.path not in annotations]
        raise PipelineError(f"{root / table}: {reasons(rest, NOT_IN_TABLE)}: {DOWNLOAD}")
    findings += [
        leave_out_file(file, NOT_IN_TABLE, name) for name, each in images.items() for file in each
    ]
    return with_the_rest(
        [*_with_boxes(found, root, files), *findings], files, NOT_IN_TABLE, annotations, OWN
    )


def _find_index(root: Path, files: Sequence[File]) -> str:
    """Return the path of the index: the only one in the folders nearest to the root."""
    found = [path for file in files if (path := PurePosixPath(file.path)).name == TABLE]
    nearest = [path for path in found if len(path.parts) == min(len(one.parts) for one in found)]
    if not nearest:
        raise PipelineError(
            f"no file {TABLE} in {root} or a folder below, where GRAZPEDWRI-DX is expected: "
            f"{DOWNLOAD}"
        )
    if len(nearest) > 1:
        raise PipelineError(
            f"{root} holds {' and '.join(map(str, nearest))}, expected one index: remove the other"
        )
    return str(nearest[0])


def index(source: Path) -> list[Radiograph]:
    """Return what dataset.csv says of each radiograph, sorted by id; no path, no boxes.

    Raises:
        PipelineError: The index cannot be read, lacks a column, names a radiograph twice or without
            its patient or study, or holds a value that it should not.
    """
    rows = read_table(source, NEEDED, DOWNLOAD)
    for row in rows:
        # pandas makes decimals of whole numbers where a cell of their column is empty.
        row |= {name: row[name].strip().removesuffix(".0") for name in NUMBERS if name in row}
    present = {column: values for column, values in ALLOWED.items() if rows and column in rows[0]}
    require_values(rows, present, "filestem", source)
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
    flags = [flag for column, flag in FLAGS.items() if row.get(column) == "1"]
    labels = {
        column: row[column] or ("0" if column in FLAGS else "")
        for column in LABELS
        if column in row
    }
    side = SIDES.get(row.get("laterality", ""))
    return Radiograph(
        id=row["filestem"],
        path="",
        fractured=row["fracture_visible"] == "1",
        body_part="wrist",
        view=VIEWS.get(row.get("projection", ""), ""),
        patient=row["patient_id"],
        study=f"{row['patient_id']}/{row['study_number']}",
        age=_age(row.get("age", "")),
        sex=SEXES.get(row.get("gender", ""), ""),
        flags=tuple(filter(None, (side, *flags))),
        labels=tuple((column, text) for column, text in labels.items() if text),
        dataset="grazpedwri",
    )


def _age(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _images(files: Iterable[File]) -> dict[str, list[File]]:
    """Return the files of each name, without the suffix: those that can be read first."""
    images = defaultdict(list)
    for file in sorted(files, key=lambda file: (file.fault != "", file.path)):
        if file.radiograph and file.writable:
            stem = PurePosixPath(file.path).stem
            exported = EXPORTED.fullmatch(stem)
            images[exported[1] if exported else stem].append(file)
    return images


def _part(path: str) -> str:
    """Return the part that the folders of a path name; empty where they name none or several."""
    folders = {folder.lower() for folder in PurePosixPath(path).parent.parts}
    parts = {splits.NAMES[folder] for folder in folders if folder in splits.NAMES}
    return parts.pop() if len(parts) == 1 else ""


def _with_boxes(
    radiographs: Sequence[Radiograph], root: Path, files: Sequence[File]
) -> list[Radiograph]:
    """Add boxes to the fractured, from the annotations that are there."""
    folders = [root / name for name in ANNOTATIONS if (root / name).is_dir()]
    labels = {} if folders else pair((each.path for each in radiographs), label_files(files))
    if not folders and not labels:
        return list(radiographs)
    number = class_number(root, class_lists(files), FRACTURE, YOLO_CLASSES) if labels else 0

    def boxed(radiograph: Radiograph) -> Radiograph:
        if not radiograph.fractured:
            return radiograph
        if folders:
            return replace(radiograph, boxes=_boxes(folders[0] / f"{radiograph.id}.json"))
        if label := labels.get(radiograph.path):
            outlines = boxes(root / label, root / radiograph.path, number)
            return replace(radiograph, boxes=outlines)
        return radiograph

    return [
        boxed(radiograph)
        for radiograph in progress(radiographs, len(radiographs), "boxes", "radiographs")
    ]


def _boxes(source: Path) -> Boxes:
    """Return the boxes of the fractures in a Supervisely file, none where there is no file."""
    try:
        objects = json.loads(source.read_text(encoding="utf-8"))["objects"]
        outlines = [
            each["points"]["exterior"] for each in objects if each["classTitle"] == FRACTURE
        ]
        return tuple(map(_bounds, outlines))
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PipelineError(f"{source} is no Supervisely annotation ({error!r})") from None


def _bounds(points: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    across, down = zip(*points, strict=True)
    return min(across), min(down), max(across), max(down)
