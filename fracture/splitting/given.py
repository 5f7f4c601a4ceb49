"""A split that someone published: a CSV file of ids and parts, fitted to the manifest."""

import csv
from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path, PurePosixPath

from fracture.artifacts.splits import Part
from fracture.console import PipelineError

IDS = ("id", "image_id")
"""The columns that may name a radiograph, the first that is there."""
PARTS_BY_NAME: dict[str, Part] = {
    "train": "train",
    "validation": "validation",
    "val": "validation",
    "valid": "validation",
    "test": "test",
    "unused": "unused",
}
SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".dcm", ".dicom"}
SHOWN = 10

Row = tuple[str, Part]


def read(source: Path) -> list[Row]:
    """Return the name and the part of each row, in order.

    Args:
        source: CSV with the columns `id` (or `image_id`) and `part`, in any case and order, others
            beside them; UTF-8 with or without a byte order mark, any line ends.

    Raises:
        PipelineError: There is no such file, it is no such CSV, or a part has an unknown name.
    """
    try:
        with source.open(encoding="utf-8-sig", newline="") as file:
            header, *lines = [*csv.reader(file, strict=True)] or [[]]
    except OSError as error:
        raise PipelineError(
            f"{source} cannot be read ({error.strerror}): set split.given in params.yaml to a CSV "
            "file, or to null"
        ) from None
    except (ValueError, csv.Error) as error:
        raise PipelineError(f"{source} is no CSV file in UTF-8 ({error}): save it as one") from None
    columns = [column.strip().lower() for column in header]
    name = next((column for column in IDS if column in columns), None)
    if name is None or "part" not in columns:
        raise PipelineError(
            f"{source} has the columns: {', '.join(header) or 'none'}; expected id (or image_id) "
            "and part, with commas between them"
        )
    positions = columns.index(name), columns.index("part")
    return [_row(source, number, line, positions) for number, line in enumerate(lines, 2) if line]


def _row(source: Path, number: int, line: list[str], positions: tuple[int, int]) -> Row:
    """Return what a line says; `number` tells which in the message: a header is line 1."""
    name, part = (line[position].strip() if position < len(line) else "" for position in positions)
    if not name or part.lower() not in PARTS_BY_NAME:
        raise PipelineError(
            f"{source}: row {number} puts {name!r} in part {part!r}; expected an id and one of "
            f"{', '.join(PARTS_BY_NAME)}"
        )
    return name, PARTS_BY_NAME[part.lower()]


def match(rows: Iterable[Row], known: Collection[str]) -> dict[str, Part]:
    """Return the part of each radiograph that rows name.

    A name is an id or, where there is no such id, an id with the suffix of an image file.

    Args:
        rows: As `read` returns them; those that repeat one another count as one.
        known: Ids of the manifest and of what it leaves out.

    Raises:
        PipelineError: A name is unknown, or stands in two parts.
    """
    known = set(known)
    found = defaultdict(set)
    for name, part in rows:
        found[name if name in known else _without_suffix(name)].add(part)
    if unknown := found.keys() - known:
        raise PipelineError(
            f"split.given lists {len(unknown)} ids that are neither in the manifest nor left out "
            f"of it: {first(unknown)}: mend them, or choose the data set that the split was made "
            "for (dataset, in params.yaml)"
        )
    if torn := [name for name, parts in found.items() if len(parts) > 1]:
        raise PipelineError(
            f"split.given puts {len(torn)} ids into more than one part: {first(torn)}: keep one "
            "row of each"
        )
    return {name: part for name, parts in found.items() for part in parts}


def _without_suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix) if suffix.lower() in SUFFIXES else name


def first(ids: Collection[str]) -> str:
    """Return the first ids in order, and how many more there are."""
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return ", ".join(sorted(ids)[:SHOWN]) + more
