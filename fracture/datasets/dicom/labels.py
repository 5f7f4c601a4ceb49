"""The table of labels: which file, fractured or not."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fracture.console import PipelineError
from fracture.params.datasets import Dicom
from fracture.tables import read_table

REMEDY = "set datasets.dicom.labels and datasets.dicom.columns to what the table is and has"


@dataclass(frozen=True)
class Row:
    """What a row of the table says of its file.

    Attributes:
        fractured: None where the label is neither positive nor negative.
        body_part: As it stands there; empty where there is no such column.
    """

    fractured: bool | None
    body_part: str


Labels = Mapping[str, Sequence[Row]]
"""Rows by what they name: a path relative to the root, or a SOPInstanceUID."""


def read_labels(section: Dicom, root: Path) -> Labels:
    """Return the rows of the table; no value of it is ever told, for any may be a name.

    Raises:
        PipelineError: The table is missing, is no CSV file in UTF-8, lacks a column, names no file
            in a row, or holds no label that is positive or negative.
    """
    source = root / section.labels
    _require_text(source)
    columns = section.columns
    needed = [name for name in (columns.file, columns.label, columns.body_part) if name]
    labels = defaultdict(list)
    for number, row in enumerate(read_table(source, needed, REMEDY), 1):
        name = row[columns.file].strip().replace("\\", "/").removeprefix("./")
        if not name:
            raise PipelineError(f"{source}: row {number} has no {columns.file}: {REMEDY}")
        part = row[columns.body_part] if columns.body_part else ""
        labels[name].append(Row(_meaning(row[columns.label].strip(), section), part))
    if all(row.fractured is None for rows in labels.values() for row in rows):
        expected = ", ".join([*section.positive, *section.negative])
        raise PipelineError(
            f"{source}: no {columns.label} is one of: {expected}; set datasets.dicom.positive and "
            "datasets.dicom.negative to the labels that it has"
        )
    return labels


def _require_text(source: Path) -> None:
    """Refuse another encoding here: elsewhere the message would quote the bytes around it."""
    try:
        source.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PipelineError(f"{source} cannot be read ({error.strerror}): {REMEDY}") from None
    except UnicodeDecodeError:
        raise PipelineError(f"{source} is not UTF-8: save it as CSV in UTF-8") from None


def _meaning(label: str, section: Dicom) -> bool | None:
    return True if label in section.positive else False if label in section.negative else None
