"""DICOM: any tree of DICOM files with a table of labels, such as an export from a hospital."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.datasets.dicom.identity import Hash, private_hash, refuse_names
from fracture.datasets.dicom.labels import Labels, read_labels
from fracture.datasets.dicom.words import VIEWS, body_part
from fracture.datasets.findings import Finding
from fracture.imaging.dicom import read_headers
from fracture.imaging.unreadable import UnreadableImage
from fracture.params.datasets import Dicom

KEYWORDS = (
    "SOPInstanceUID",
    "PatientName",
    "PatientID",
    "IssuerOfPatientID",
    "PatientIdentityRemoved",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "ViewPosition",
    "BodyPartExamined",
)
DIRECTORY = "dicomdir"  # lists the files of a medium, holds no radiograph

NOT_IN_TABLE = "not in the label table"
CONTRADICTION = "the label table contradicts itself"
NO_LABEL = "label is neither positive nor negative"
NOT_UTF_8 = "file name is not UTF-8"

Header = Mapping[str, str]


def read(section: Dicom, root: Path) -> list[Finding]:
    """Return the DICOM files of a tree and what the table names besides, sorted by id.

    Files may have any name and lie at any depth. What is no DICOM file, and what is called
    DICOMDIR, is passed over unless the table names it. Size, origin, licence and citation are those
    of the data at hand, and so is the meaning of a label.

    Nothing of a header leaves this function as text. Patient and study are hashed with a private
    key, and so is the id, for file names often tell whose radiograph it is; view and body part are
    words of this project. A path has to stay what it is, or the file could not be found: a path
    that holds its patient's name or id is refused, and one that cannot be checked, because its
    header cannot be read or there is no such file, is not told. Headers without a patient id give
    no patient: nothing is guessed.

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
    known = {path: one for path, one in headers.items() if not isinstance(one, UnreadableImage)}
    refuse_names(known, root)
    findings = [_finding(path, header, labels, hashed) for path, header in headers.items()]
    named = {key for path, header in known.items() for key in _keys(path, header)}
    missing: list[Finding] = [
        LeftOut(hashed("file", key), "missing", label=_label(labels, [key]))
        for key in labels.keys() - named - headers.keys()
    ]
    wanted = [one for one in findings if one is not None]
    return sorted([*wanted, *missing], key=lambda finding: finding.id)


def _headers(root: Path) -> dict[str, Header | UnreadableImage]:
    paths = sorted(
        path.relative_to(root).as_posix()
        for path in root.rglob("*")
        if path.is_file() and path.name.casefold() != DIRECTORY
    )
    headers = read_headers([root / path for path in paths], KEYWORDS)
    return dict(zip(paths, headers, strict=True))


def _require_matches(
    labels: Labels, headers: Mapping[str, Header | UnreadableImage], section: Dicom, root: Path
) -> None:
    known = {path: one for path, one in headers.items() if not isinstance(one, UnreadableImage)}
    if not known:
        raise PipelineError(f"{root} holds no DICOM file: set datasets.dicom.root to their folder")
    if labels.keys().isdisjoint(key for path, one in known.items() for key in _keys(path, one)):
        raise PipelineError(
            f"no row of {root / section.labels} belongs to one of {len(known)} DICOM files: its "
            f"column {section.columns.file} must hold paths relative to {root}, or SOPInstanceUIDs"
        )


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
        named = path in labels
        if not named and str(header) == "not a DICOM file":
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
    parts = [body_part(row.body_part) for row in rows] + [body_part(header["BodyPartExamined"])]
    return Radiograph(
        id=name,
        path=path,
        fractured=label == "fractured",
        body_part=next((part for part in parts if part), "unknown"),
        view=VIEWS.get(header["ViewPosition"].upper(), ""),
        patient=_patient(header, hashed),
        study=hashed("study", uid) if (uid := header["StudyInstanceUID"]) else "",
        dataset="dicom",
    )


def _label(labels: Labels, keys: Sequence[str]) -> str:
    """Return the label in the words of LeftOut; empty where there is none, or more than one."""
    meant = {row.fractured for key in keys for row in labels.get(key, ())}
    words = {True: "fractured", False: "not_fractured", None: ""}
    return words[meant.pop()] if len(meant) == 1 else ""


def _patient(header: Header, hashed: Hash) -> str:
    if not header["PatientID"]:
        return ""
    return hashed("patient", f"{header['IssuerOfPatientID']}\0{header['PatientID']}")


def _is_utf_8(path: str) -> bool:
    return path.encode("utf-8", "replace").decode() == path
