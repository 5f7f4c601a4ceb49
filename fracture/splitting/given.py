"""A split that someone published: a CSV file of ids and parts, fitted to the manifest."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath

from fracture.artifacts import splits
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.splits import Part
from fracture.console import PipelineError, some
from fracture.datasets.tree import IMAGES
from fracture.tables import read_lines

IDS = ("id", "image_id")
"""The columns that may name a radiograph, the first that is there."""
NAMES: dict[str, Part] = {**splits.NAMES, "unused": "unused"}
MEND = "set split.given in params.yaml to a CSV file in UTF-8, or to null"

Row = tuple[str, Part]


def read(source: Path) -> list[Row]:
    """Return the name and the part of each row, in order.

    Args:
        source: A table with the columns `id` (or `image_id`) and `part`, in any case and order,
            others beside them; see `read_lines`.

    Raises:
        PipelineError: There is no such file, it is no such table, or a part has an unknown name.
    """
    header, *lines = read_lines(source, MEND)
    columns = [column.strip().lower() for column in header]
    name = next((column for column in IDS if column in columns), None)
    if name is None or "part" not in columns:
        raise PipelineError(
            f"{source} has the columns: {', '.join(header)}; expected id (or image_id) and part"
        )
    positions = columns.index(name), columns.index("part")
    return [_row(source, number, line, positions) for number, line in enumerate(lines, 2)]


def _row(source: Path, number: int, line: list[str], positions: tuple[int, int]) -> Row:
    """Return what a line says; `number` tells which in the message: a header is line 1."""
    name, part = (line[position].strip() for position in positions)
    if not name or part.lower() not in NAMES:
        raise PipelineError(
            f"{source}: row {number} puts {name!r} in part {part!r}; expected an id and one of "
            f"{', '.join(NAMES)}"
        )
    return name, NAMES[part.lower()]


def match(rows: Iterable[Row], ids: Collection[str]) -> dict[str, Part]:
    """Return the part of each radiograph that rows name.

    A name is an id or, where there is no such id, an id with the suffix of an image file.

    Args:
        rows: As `read` returns them; those that repeat one another count as one.
        ids: Of the manifest and of what it leaves out.

    Raises:
        PipelineError: A name is unknown, or stands in two parts.
    """
    ids = set(ids)
    found = defaultdict(set)
    for name, part in rows:
        found[name if name in ids else _without_suffix(name)].add(part)
    if unknown := found.keys() - ids:
        raise PipelineError(
            f"split.given lists {len(unknown)} ids that are neither in the manifest nor left out "
            f"of it: {some(unknown)}: mend them, or choose the data set that the split was made "
            "for (dataset, in params.yaml)"
        )
    if repeated := [name for name, parts in found.items() if len(parts) > 1]:
        raise PipelineError(
            f"split.given puts {len(repeated)} ids into more than one part: {some(repeated)}: keep "
            "one row of each"
        )
    return {name: part for name, parts in found.items() for part in parts}


def _without_suffix(name: str) -> str:
    suffix = PurePosixPath(name).suffix
    return name.removesuffix(suffix) if suffix.lower() in IMAGES else name


def differences(parts: dict[str, Part], left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield a line for each way in which a given split differs from the manifest.

    Args:
        parts: Of each radiograph of the manifest.
        left_out: What the split lists and the manifest leaves out.
    """
    reasons = Counter(each.reason for each in left_out)
    if reasons:
        counts = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        yield f"{reasons.total()} of its radiographs are left out of the manifest: {counts}"
    if unused := [name for name, part in parts.items() if part == "unused"]:
        yield f"{len(unused)} radiographs of the manifest are in none of its parts: {some(unused)}"
