"""DICOM: any tree of DICOM files with a table of labels, such as an export from a hospital."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.dicom.header import KEYWORDS, Header, body_part, described
from fracture.datasets.findings import Finding
from fracture.datasets.private import Hash, private_hash, refuse_names
from fracture.imaging.unreadable import UnreadableImage
from fracture.params.datasets import Dicom
from fracture.tables import read_table
from fracture.targets import KEYS

REMEDY = "set datasets.dicom.labels and datasets.dicom.columns to what the table is and has"
DIRECTORY = "dicomdir"  # lists the files of a medium, holds no radiograph

NOT_IN_TABLE = "not in the label table"
CONTRADICTION = "the label table contradicts itself"
NO_LABEL = "label is neither positive nor negative"
NOT_UTF_8 = "file name is not UTF-8"


@dataclass(frozen=True)
class Row:
    """What a row of the table says of its file.

    Attributes:
        fractured: None where the label is neither positive nor negative.
        body_part: As it stands there; empty where there is no such column.
        further: What stands in each of the further columns.
    """

    fractured: bool | None
    body_part: str
    further: Mapping[str, str]


Labels = Mapping[str, Sequence[Row]]
"""Rows by what they name: a path relative to the root, or a SOPInstanceUID."""


def read(section: Dicom, root: Path) -> list[Finding]:
    """Return the DICOM files of a tree and what the table names besides, sorted by id.

    Files may have any name and lie at any depth. What is no DICOM file, and what is called
    DICOMDIR, is passed over unless the table names it. Size, origin, licence and citation are those
    of the data at hand, and so is the meaning of a label.

    Patient and study are to be hashed: nothing else of a header leaves this function as text, and
    of the table those further columns alone that params.yaml names. The id is hashed here, for file
    names often tell whose radiograph it is; view and body part are words of this project. A path
    has to stay what it is, or the file could not be found: a path that holds its patient's name or
    id is refused, and one that cannot be checked, because its header cannot be read or there is no
    such file, is not written down. Headers without a patient id give no patient:
    nothing is guessed.

    Args:
        section: `datasets.dicom` of params.yaml.
        root: The folder that holds the files and the table.

    Raises:
        PipelineError: There is no such folder, no DICOM file in it, no private key, no usable
            table, or a path holds its patient's name or id.

    Reference:
        DICOM PS3.15 2024, annex E: what identifies a patient.
    """
    hashed = private_hash()
    if not root.is_dir():
        raise PipelineError(
            f"no folder {root}, where DICOM files are expected: set datasets.dicom.root to it"
        )
    labels = read_labels(section, root)
    headers = _headers(root)
    _require_matches(labels, headers, section, root)
    readable = _readable(headers)
    refuse_names(readable, root)
    findings = [_finding(path, header, labels, hashed) for path, header in headers.items()]
    named = {key for path, header in readable.items() for key in _keys(path, header)}
    missing: list[Finding] = [
        LeftOut(hashed("file", key), "missing", label=_label(labels, [key]))
        for key in labels.keys() - named - headers.keys()
    ]
    named_or_dicom = [finding for finding in findings if finding is not None]
    return sorted([*named_or_dicom, *missing], key=lambda finding: finding.id)


def read_labels(section: Dicom, root: Path) -> Labels:
    """Return the rows of the table; errors quote none of its values, as any may be a name.

    Args:
        section: `datasets.dicom` of params.yaml.
        root: The folder that holds the table.

    Raises:
        PipelineError: The table is missing, is no CSV file in UTF-8, lacks a column, names no file
            in a row, or holds no label that is positive or negative.
    """
    source = root / section.labels
    columns = section.columns
    named = (columns.file, columns.label, columns.body_part, *columns.further)
    needed = [name for name in named if name]
    labels = defaultdict(list)
    for number, row in enumerate(read_table(source, needed, REMEDY), 1):
        name = row[columns.file].strip().replace("\\", "/").removeprefix("./")
        if not name:
            raise PipelineError(f"{source}: row {number} has no {columns.file}: {REMEDY}")
        part = row[columns.body_part] if columns.body_part else ""
        further = {column: row[column].strip() for column in columns.further}
        labels[name].append(Row(_meaning(row[columns.label].strip(), section), part, further))
    if all(row.fractured is None for rows in labels.values() for row in rows):
        expected = ", ".join([*section.positive, *section.negative])
        raise PipelineError(
            f"{source}: no {columns.label} is one of: {expected}; set datasets.dicom.positive and "
            "datasets.dicom.negative to the labels that it has"
        )
    return labels


def _meaning(label: str, section: Dicom) -> bool | None:
    return True if label in section.positive else False if label in section.negative else None


def _headers(root: Path) -> dict[str, Header | UnreadableImage]:
    paths = sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and path.name.casefold() != DIRECTORY
    )
    # Only now: pydicom takes half a second to import, and other data sets need none.
    from fracture.imaging.dicom import read_headers  # noqa: PLC0415

    headers = read_headers([root / path for path in paths], KEYWORDS)
    return dict(zip(paths, headers, strict=True))


def _require_matches(
    labels: Labels, headers: Mapping[str, Header | UnreadableImage], section: Dicom, root: Path
) -> None:
    readable = _readable(headers)
    if not readable:
        raise PipelineError(f"{root} holds no DICOM file: set datasets.dicom.root to their folder")
    if labels.keys().isdisjoint(key for item in readable.items() for key in _keys(*item)):
        raise PipelineError(
            f"no row of {root / section.labels} belongs to one of {len(readable)} DICOM files: its "
            f"column {section.columns.file} must hold paths relative to {root}, or SOPInstanceUIDs"
        )


def _readable(headers: Mapping[str, Header | UnreadableImage]) -> dict[str, Header]:
    return {
        path: header for path, header in headers.items() if not isinstance(header, UnreadableImage)
    }


def _keys(path: str, header: Header) -> tuple[str, ...]:
    """Return by what the table may name a file."""
    uid = header["SOPInstanceUID"]
    return (path, uid) if uid else (path,)


def _finding(
    path: str, header: Header | UnreadableImage, labels: Labels, hashed: Hash
) -> Finding | None:
    """Return what becomes of a file; None if it is none of the data set's."""
    name = hashed("file", path)
    if isinstance(header, UnreadableImage):
        if path not in labels and str(header) == "not a DICOM file":
            return None
        return LeftOut(name, str(header), label=_label(labels, [path]))
    keys = _keys(path, header)
    label = _label(labels, keys)
    rows = [row for key in keys for row in labels.get(key, ())]
    if not _is_utf_8(path):
        return LeftOut(name, NOT_UTF_8, label=label)
    if not rows:
        return LeftOut(name, NOT_IN_TABLE, path)
    if not label:
        several = len({row.fractured for row in rows}) > 1
        return LeftOut(name, CONTRADICTION if several else NO_LABEL, path)
    fields = described(header)
    parts = [*(body_part(row.body_part) for row in rows), fields.body_part]
    return Radiograph(
        id=name,
        path=path,
        fractured=label == KEYS[1],
        body_part=next(filter(None, parts), "unknown"),
        view=fields.view,
        patient=fields.patient,
        study=fields.study,
        hashed=True,
        age=fields.age,
        sex=fields.sex,
        labels=_further(rows),
        dataset="dicom",
    )


def _label(labels: Labels, keys: Sequence[str]) -> str:
    """Return the label as `LeftOut` has it; empty where there is none, or more than one."""
    found = {row.fractured for key in keys for row in labels.get(key, ())}
    label = found.pop() if len(found) == 1 else None
    return "" if label is None else KEYS[label]


def _further(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """Return the further columns in which rows of one file agree, with what stands there."""
    found = {column: {row.further[column] for row in rows} - {""} for column in rows[0].further}
    return tuple((column, texts.pop()) for column, texts in found.items() if len(texts) == 1)


def _is_utf_8(path: str) -> bool:
    return path.encode("utf-8", "replace").decode() == path
