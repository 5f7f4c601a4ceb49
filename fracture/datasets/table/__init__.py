"""Any images and a table that says what they show, such as an export from a hospital."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.dicom_header import KEYWORDS, Header, described, headers_of
from fracture.datasets.findings import Finding
from fracture.datasets.private import LONG_ENOUGH, private_hash, refuse_names
from fracture.datasets.table.matching import match
from fracture.datasets.table.rows import Row, read_rows
from fracture.datasets.tree import File, ids_of, printable, read_tree
from fracture.params.table import Dicom, Table
from fracture.targets import KEYS
from fracture.texts import loose

NOT_IN_TABLE = "not in the label table"
SEVERAL = "the label table calls several files by one name, or one by several"
CONTRADICTION = "the label table contradicts itself"
NO_LABEL = "label is neither positive nor negative"

SAID = ("patient", "study", "body_part", "view", "part", "age", "sex")
"""What all rows of one file must say alike, where they say it."""


@dataclass(frozen=True)
class Known:
    """A file, or what stands in its place, with all that is said of it.

    Attributes:
        file: Of the tree.
        rows: Of the table; none if it does not name the file.
        header: Of a DICOM file.
    """

    file: File
    rows: Sequence[Row]
    header: Header | None

    @property
    def patients(self) -> list[str]:
        """Ids that the table has for its patient."""
        return sorted({row.patient for row in self.rows} - {""})

    @property
    def label(self) -> str:
        """As `LeftOut` has it; empty where there is none, or more than one."""
        return label_of(self.rows)


def read(section: Table, root: Path) -> list[Finding]:
    """Return the files of a tree and what the table names besides, sorted by id.

    Files may have any name and lie at any depth; a row names one by its path, the end of its path,
    or its SOPInstanceUID, and several rows may name one. What the table does not say the header of
    a DICOM file tells: patient, study, body part, view, age and sex. Size, origin, licence and
    citation are those of the data at hand, and so is the meaning of a label.

    Of a private table, and wherever a file is DICOM, patient and study are to be hashed: nothing
    else of a header leaves this function as text, and of the table those further columns alone that
    params.yaml names. The id is hashed here, for file names often tell whose radiograph it is; view
    and body part are words of this project. A path has to stay what it is, or the file could not be
    found: a path that holds its patient's name or id is refused, and that of a file that is left
    out is not written down where neither header nor row tells whose it is. Where they name no
    patient there is none: nothing is guessed.

    Args:
        section: `datasets.table` or `datasets.dicom` of params.yaml.
        root: The folder that holds the files and the table.

    Raises:
        PipelineError: There is no such folder, no usable table, no row that belongs to an image, no
            private key where one is needed, or a path holds its patient's name or id.

    Reference:
        DICOM PS3.15 2024, annex E: what identifies a patient.
    """
    dataset = "dicom" if isinstance(section, Dicom) else "table"
    key = f"datasets.{dataset}"
    if not root.is_dir():
        raise PipelineError(f"no folder {root}, where images are expected: set {key}.root to it")
    tree = [file for file in read_tree(root) if root / file.path != root / section.labels]
    dicom = [file.path for file in tree if file.dicom and (not file.fault or not file.writable)]
    private = section.private or bool(dicom)
    name = partial(private_hash(), "file") if private else _names(tree)
    rows = defaultdict(list)
    for row in read_rows(section, root, key):
        rows[row.file].append(row)
    headers, faults = headers_of(dicom, root)
    files = [replace(file, fault=file.fault or faults.get(file.path, "")) for file in tree]
    known, without_file = _matched(files, rows, headers)
    _require_matches(known, section, root, key)
    if private:
        _refuse_names(known, root, key)
    # One system may write the id of a patient otherwise than the next.
    spelled = loose if headers else str
    make = partial(_finding, dataset=dataset, private=private, spelled=spelled)
    left = [
        LeftOut(name(text), reason, label=label_of(rows[text]))
        for text, reason in without_file.items()
    ]
    findings = [make(each, name(each.file.path)) for each in known]
    return sorted([*findings, *left], key=lambda finding: finding.id)


def _names(files: Sequence[File]) -> Callable[[str], str]:
    """Return what gives the id of a file, or of what a row calls one."""
    ids = ids_of(files)
    return lambda path: ids.get(path, printable(f"{path} (in the table)"))


def _matched(
    files: Sequence[File], rows: Mapping[str, Sequence[Row]], headers: Mapping[str, Header]
) -> tuple[list[Known], dict[str, str]]:
    """Return all files with their rows and headers, and why the other names belong to no file.

    Names are given to images first: what is no image gets those that are left.
    """
    images = {file.path for file in files if not file.fault}
    uids = {path: header["SOPInstanceUID"] for path, header in headers.items()}
    found = match(rows, images, {path: uid for path, uid in uids.items() if uid})
    others = match(found.missing, {file.path for file in files} - images, {})
    texts = {**others.names, **found.names}
    known = [
        Known(
            file,
            [row for text in texts.get(file.path, ()) for row in rows[text]],
            headers.get(file.path),
        )
        for file in files
    ]
    reasons = dict.fromkeys([*found.several, *others.several], SEVERAL)
    return known, reasons | dict.fromkeys(others.missing, "missing")


def _require_matches(known: Sequence[Known], section: Table, root: Path, key: str) -> None:
    images = [each for each in known if not each.file.fault]
    if not images:
        raise PipelineError(f"{root} holds no image: set {key}.root to their folder")
    if not any(each.rows for each in images):
        raise PipelineError(
            f"no row of {root / section.labels} belongs to one of {len(images)} images in {root}: "
            f"its column {section.columns.file} must hold their paths or names, or SOPInstanceUIDs"
        )


def _refuse_names(known: Sequence[Known], root: Path, key: str) -> None:
    """Require that no path tells its patient's name or id, be it of the header or of the table.

    Numbers of up to three digits are no ids of a hospital, and stand in most paths by chance.
    """
    headers = {one.file.path: one.header for one in known if one.header}
    refuse_names(headers, root)
    otherwise = "" if headers else f", or set {key}.private to false where these ids are public"
    empty = dict.fromkeys(KEYWORDS, "")
    for place in range(max((len(one.patients) for one in known), default=0)):
        ids = {one.file.path: one.patients[place] for one in known if len(one.patients) > place}
        told = {
            path: empty | {"PatientID": patient}
            for path, patient in ids.items()
            if not patient.isdecimal() or len(patient) >= LONG_ENOUGH
        }
        refuse_names(told, root, otherwise)


def label_of(rows: Collection[Row]) -> str:
    """Return the label of a file as `LeftOut` has it; empty where rows have none, or several."""
    labels = {row.fractured for row in rows}
    label = labels.pop() if len(labels) == 1 else None
    return "" if label is None else KEYS[label]


def _finding(
    known: Known, name: str, dataset: str, private: bool, spelled: Callable[[str], str]
) -> Finding:
    file = known.file
    reason = _reason(known)
    if reason:
        checked = not private or known.header is not None or known.patients
        path = file.path if checked and file.writable else ""
        return LeftOut(name, reason, path, known.label, radiograph=file.radiograph)
    said = _said(known)
    part, shipped = said.pop("body_part", ""), said.pop("part", "")
    patient = spelled(said.pop("patient", ""))
    return Radiograph(
        id=name,
        path=file.path,
        fractured=known.label == KEYS[1],
        body_part=part or "unknown",
        flags=tuple(dict.fromkeys(flag for row in known.rows for flag in row.flags)),
        labels=_further(known.rows),
        boxes=tuple(dict.fromkeys(box for row in known.rows for box in row.boxes)),
        dataset=dataset,
        shipped=shipped,
        patient=patient,
        hashed=private,
        **said,
    )


def _reason(known: Known) -> str:
    """Return why a file is left out; empty where it is not."""
    if known.file.fault:
        return known.file.fault
    if not known.rows:
        return NOT_IN_TABLE
    values = [{getattr(row, key) for row in known.rows} - {"", None} for key in SAID]
    if len({row.fractured for row in known.rows}) > 1 or any(len(found) > 1 for found in values):
        return CONTRADICTION
    return "" if known.label else NO_LABEL


def _said(known: Known) -> dict[str, Any]:
    """Return what table and header say, of `SAID` what is known; the table comes first."""
    header = asdict(described(known.header)) if known.header else {}
    pairs = [(key, getattr(row, key)) for key in SAID for row in known.rows]
    return {**header, **{key: value for key, value in pairs if value not in {"", None}}}


def _further(rows: Sequence[Row]) -> tuple[tuple[str, str], ...]:
    """Return the further columns in which rows of one file agree, with what stands there."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for column, text in row.further:
            found[column] |= {text} - {""}
    return tuple((column, texts.pop()) for column, texts in found.items() if len(texts) == 1)
