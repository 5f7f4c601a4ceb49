"""FracAtlas: 4,083 radiographs of hand, leg, hip and shoulder, 717 of them with boxed fractures."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.findings import Finding
from fracture.datasets.tree import File, leave_out_file, read_tree, with_the_rest
from fracture.params.datasets import FracAtlas
from fracture.tables import Row, read_table, require_values

CLASSES = {"Fractured": True, "Non_fractured": False}
PLACES = {f"images/{folder}": fractured for folder, fractured in CLASSES.items()}
TABLE = "dataset.csv"
BOXES = "Annotations/COCO JSON/COCO_fracture_masks.json"
BODY_PARTS = ["hand", "leg", "hip", "shoulder"]
VIEWS = ["frontal", "lateral", "oblique"]
FLAGS = ["hardware", "multiscan"]
MARKS = [*BODY_PARTS, "mixed", *VIEWS, *FLAGS, "fractured"]
LABELS = [*FLAGS, "fracture_count"]
"""Further columns that can be a target, with their texts as they stand."""
DOWNLOAD = (
    "run `python -m tools.download fracatlas`, or set datasets.fracatlas.root to where it lies"
)

BOTH_FOLDERS = "stands in both class folders"
DISAGREEMENT = f"class folder and {TABLE} disagree on the label"
NOT_IN_TABLE = f"not in {TABLE}"
MISPLACED = "not where FracAtlas has its images"
OWN = ("Annotations", "Utilities")
"""Folders of annotations in several formats, of which one is read, and of published splits."""

Boxes = tuple[tuple[float, float, float, float], ...]


def read(section: FracAtlas, root: Path) -> list[Finding]:  # noqa: ARG001 - every reader takes it
    """Return what FracAtlas names in its folders and its table, and what else lies there, by id.

    The data set gives no patient and no study. Its boxes are already those of the upright
    radiograph, whatever the EXIF orientation of the file. Download, 338 MB, CC BY 4.0:
    https://doi.org/10.6084/m9.figshare.22363012.

    Args:
        section: `datasets.fracatlas` of params.yaml.
        root: The folder that holds images/, Annotations/ and dataset.csv.

    Raises:
        PipelineError: The folder, a file or a column is missing, or a mark is neither 0 nor 1.

    Reference:
        Abedeen et al., "FracAtlas: A Dataset for Fracture Classification, Localization and
        Segmentation of Musculoskeletal Radiographs", Scientific Data 10, 521 (2023).
    """
    table = _table(root)
    boxes = _boxes(root)
    for folder in CLASSES:
        _existing(root, f"images/{folder}")
    files = read_tree(root)
    folders = _folders(files)
    findings = [
        finding
        for name in sorted({*folders, *table})
        for finding in _findings(
            name, folders.get(name, []), table.get(name, []), boxes.get(name, ())
        )
    ]
    return with_the_rest(findings, files, MISPLACED, [TABLE, BOXES], OWN)


def _table(root: Path) -> dict[str, list[Row]]:
    """Return the rows of each file name: one, unless the table contradicts or repeats itself."""
    source = _existing(root, TABLE)
    table = read_table(source, ["image_id", *MARKS, *LABELS], DOWNLOAD)
    require_values(table, dict.fromkeys(MARKS, ("0", "1")), "image_id", source)
    rows = defaultdict(list)
    for row in table:
        rows[row["image_id"]].append(row)
    return rows


def _boxes(root: Path) -> dict[str, Boxes]:
    """Return the boxes of each file name, from COCO's (left, top, width, height)."""
    source = _existing(root, BOXES)
    try:
        coco = json.loads(source.read_text(encoding="utf-8"))
        names = {image["id"]: image["file_name"] for image in coco["images"]}
        boxes: dict[str, Boxes] = {}
        for annotation in coco["annotations"]:
            name = names[annotation["image_id"]]
            left, top, width, height = annotation["bbox"]
            boxes[name] = (*boxes.get(name, ()), (left, top, left + width, top + height))
    except (ValueError, KeyError, TypeError) as error:
        raise PipelineError(
            f"{source} is no COCO annotation file ({error!r}): {DOWNLOAD}"
        ) from None
    return boxes


def _folders(files: Iterable[File]) -> dict[str, list[File]]:
    """Return the files in a class folder by their name."""
    folders = defaultdict(list)
    for file in files:
        folder, _, name = file.path.rpartition("/")
        if file.radiograph and file.writable and folder in PLACES:
            folders[name].append(file)
    return folders


def _existing(root: Path, name: str) -> Path:
    if not root.is_dir():
        raise PipelineError(f"no folder {root}, where FracAtlas is expected: {DOWNLOAD}")
    if not (root / name).exists():
        raise PipelineError(f"{root} holds no {name}, which FracAtlas has: {DOWNLOAD}")
    return root / name


def _findings(name: str, files: list[File], rows: list[Row], boxes: Boxes) -> Iterator[Finding]:
    """Yield what becomes of the files of a name, or of a name without a file."""
    stem = name.removesuffix(".jpg")
    if not files:
        yield LeftOut(stem, "missing")
    elif len(files) > 1:
        yield from (leave_out_file(file, BOTH_FOLDERS, stem) for file in files)
    else:
        yield _finding(stem, files[0], rows, boxes)


def _finding(stem: str, file: File, rows: list[Row], boxes: Boxes) -> Finding:
    fractured = PLACES[file.path.rpartition("/")[0]]
    if file.fault or not rows:
        return leave_out_file(file, NOT_IN_TABLE, stem)
    if any((row["fractured"] == "1") != fractured for row in rows):
        return LeftOut(stem, DISAGREEMENT, file.path)
    marks = {column for column in MARKS if rows[0][column] == "1"}
    return Radiograph(
        id=stem,
        path=file.path,
        fractured=fractured,
        body_part=_body_part(marks),
        view="+".join(view for view in VIEWS if view in marks),
        flags=tuple(flag for flag in FLAGS if flag in marks),
        labels=tuple((column, rows[0][column]) for column in LABELS),
        boxes=boxes,
        dataset="fracatlas",
    )


def _body_part(marks: set[str]) -> str:
    parts = [part for part in BODY_PARTS if part in marks]
    if "mixed" in marks or len(parts) > 1:
        return "mixed"
    return parts[0] if parts else "unknown"
