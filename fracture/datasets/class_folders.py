"""Class folders: any tree whose folders name the label, such as train/fractured, train/normal."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from fracture.artifacts import splits
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError, some
from fracture.datasets.dicom_header import Header, described, headers_of
from fracture.datasets.findings import Finding
from fracture.datasets.private import private_hash, refuse_names
from fracture.datasets.tree import (
    DICOM,
    File,
    ids_of,
    leave_out_file,
    printable,
    read_tree,
    reasons,
    with_the_rest,
)
from fracture.params.datasets import ClassFolders, folder_key
from fracture.targets import KEYS

IN_NO_CLASS = "in no class folder"
SHOWN = 12  # folder names in an error message
UNKNOWN = "unknown"  # the body part where params.yaml names none
FRACTURED, NEGATED = re.compile(r"fract|broken|positiv|^1$"), re.compile(r"no|un|neg|without")
"""What proposes a class for a folder in an error message; nothing is read by it."""


@dataclass(frozen=True)
class Meaning:
    """What the folders around a file say of it.

    Attributes:
        fractured: None where they do not tell.
        shipped: The part of the data set's own split; empty where there is none.
    """

    fractured: bool | None = None
    shipped: str = ""

    @property
    def label(self) -> str:
        """As `LeftOut` has it."""
        return "" if self.fractured is None else KEYS[self.fractured]


def read(section: ClassFolders, root: Path) -> list[Finding]:
    """Return the images of a tree of class folders and what else lies there, sorted by id.

    Folders that `positive` and `negative` of params.yaml name stand in the root, in train,
    validation and test folders, or hold such folders; folders around all of these are passed
    through. An image in any other folder, such as masks/, is left out. The size, origin, licence
    and citation are those of the data set at hand, and so is the meaning of its label.

    An id is the path without the suffix; files that differ in nothing else keep it. Such trees name
    no patient, unless they hold DICOM files: their headers tell patient, study, body part, view,
    age and sex, and their ids are hashed, as by the reader `dicom`. Some trees ship augmented
    copies, often on both sides of their own split: `fracture.examining` finds them.

    A tree that holds one class and nothing else is read: models may be scored on it, not trained.

    Args:
        section: `datasets.class_folders` of params.yaml.
        root: The folder that holds the class folders.

    Raises:
        PipelineError: There is no such folder or no image in a class folder, or a class is absent
            and images stand in a folder of which the class is not known. DICOM files: there is no
            private key, or a path holds its patient's name or id.
    """
    if not root.is_dir():
        raise PipelineError(
            f"no folder {root}: set datasets.class_folders.root to the class folders"
        )
    files = read_tree(root)
    images = [file for file in files if file.radiograph]
    classes = {folder_key(name): True for name in section.positive}
    classes |= {folder_key(name): False for name in section.negative}
    folders = {PurePosixPath(file.path).parent for file in images}
    around = _around(folders, {*classes, *splits.NAMES})
    meanings = {folder: _meaning(folder.parts, around, classes) for folder in folders}
    _require_classes(meanings, files, section, root)
    ids = ids_of(files)
    found = {
        file: _finding(file, ids[file.path], meanings[PurePosixPath(file.path).parent], section)
        for file in images
    }
    if any(file.dicom for file in images):
        found |= _with_headers({file: found[file] for file in images if _may_be_dicom(file)}, root)
    others = [file for file in files if not file.radiograph]
    return with_the_rest(found.values(), others, IN_NO_CLASS)


def _around(folders: set[PurePosixPath], known: set[str]) -> tuple[str, ...]:
    """Return the folders around all images, outermost first: each alone, and none of a class."""
    around: tuple[str, ...] = ()
    while True:
        depth = len(around)
        names = {
            folder.parts[depth]
            for folder in folders
            if len(folder.parts) > depth and folder.parts[:depth] == around
        }
        if len(names) != 1 or folder_key(*names) in known:
            return around
        around = (*around, *names)


def _meaning(
    names: tuple[str, ...], around: tuple[str, ...], classes: Mapping[str, bool]
) -> Meaning:
    """Return what the names in a folder's path mean together, nothing if one of them does not."""
    if names[: len(around)] != around:
        return Meaning()
    meaning = Meaning()
    for key in map(folder_key, names[len(around) :]):
        if key in classes and meaning.fractured is None:
            meaning = replace(meaning, fractured=classes[key])
        elif key in splits.NAMES and not meaning.shipped:
            meaning = replace(meaning, shipped=splits.NAMES[key])
        else:
            return Meaning()
    return meaning


def _require_classes(
    meanings: Mapping[PurePosixPath, Meaning],
    files: Sequence[File],
    section: ClassFolders,
    root: Path,
) -> None:
    found = {meaning.fractured for meaning in meanings.values()} - {None}
    unknown = {folder for folder, meaning in meanings.items() if meaning.fractured is None}
    if found == {True, False} or (found and not unknown):
        return
    lacking = {
        key: names
        for label, key, names in (
            (True, "positive", section.positive),
            (False, "negative", section.negative),
        )
        if label not in found
    }
    expected = ", and in one named ".join(" or ".join(names) for names in lacking.values())
    folders = {printable(name) for folder in meanings for name in folder.parts}
    classes = {folder_key(name) for name in (*section.positive, *section.negative)}
    raise PipelineError(
        f"{root}: {reasons(files, IN_NO_CLASS)}; it holds the folders "
        f"{some(folders, SHOWN) or 'none'}; expected images in a folder named {expected}: "
        f"{_remedy([*lacking], unknown, classes)}"
    )


def _remedy(lacking: Sequence[str], unknown: set[PurePosixPath], classes: set[str]) -> str:
    """Return what to do, so that folders of images get a class.

    Args:
        lacking: `positive`, `negative` or both.
        unknown: Folders of images without a class.
        classes: Keys of the names that have one.
    """
    within = {folder for folder in unknown if classes & set(map(folder_key, folder.parts))}
    names = sorted({folder.name for folder in unknown - within} - {""})
    names = [printable(name) for name in names if folder_key(name) not in splits.NAMES]
    if not names and within:
        shown = some({printable(str(folder)) for folder in within}, SHOWN)
        return f"move the images of {shown} into the class folder itself"
    if not names:
        return "set datasets.class_folders.root"
    proposed = dict.fromkeys(lacking, names)
    if len(lacking) == len(KEYS):
        proposed = {
            "positive": [name for name in names if _sounds_fractured(name)],
            "negative": [name for name in names if not _sounds_fractured(name)],
        }
    lines = [
        f"datasets.class_folders.{key}: {json.dumps(names[:SHOWN], ensure_ascii=False)}"
        for key, names in proposed.items()
        if names
    ]
    return f"set in params.yaml, if that is what they hold, {' and '.join(lines)}"


def _sounds_fractured(name: str) -> bool:
    key = folder_key(name).lstrip("0123456789") or name
    return bool(FRACTURED.search(key)) and not NEGATED.match(key)


def _finding(file: File, name: str, meaning: Meaning, section: ClassFolders) -> Finding:
    if file.fault or meaning.fractured is None:
        return leave_out_file(file, IN_NO_CLASS, name, meaning.label)
    return Radiograph(
        id=name,
        path=file.path,
        fractured=meaning.fractured,
        body_part=section.body_part,
        dataset="class_folders",
        shipped=meaning.shipped,
    )


def _may_be_dicom(file: File) -> bool:
    return file.dicom or PurePosixPath(file.path).suffix.lower() in DICOM


def _with_headers(found: Mapping[File, Finding], root: Path) -> dict[File, Finding]:
    """Return what becomes of DICOM files once their headers are read; their paths tell nobody."""
    hashed = private_hash()
    headers, faults = headers_of([file.path for file in found if not file.fault], root)
    refuse_names(headers, root)
    return {
        file: _private(
            finding,
            headers.get(file.path) or file.fault or faults[file.path],
            hashed("file", file.path),
        )
        for file, finding in found.items()
    }


def _private(finding: Finding, header: Header | str, name: str) -> Finding:
    """Return a finding with a hashed id, and without a path that cannot be checked for names.

    Args:
        finding: Of a DICOM file.
        header: Its own, or why there is none.
        name: The hashed id.
    """
    if isinstance(header, str):
        label = finding.label if isinstance(finding, LeftOut) else KEYS[finding.fractured]
        return LeftOut(name, header, label=label)
    if isinstance(finding, LeftOut):
        return replace(finding, id=name)
    says = described(header)
    given = finding.body_part
    return replace(
        finding,
        id=name,
        patient=says.patient,
        study=says.study,
        body_part=given if given != UNKNOWN else says.body_part or UNKNOWN,
        view=says.view,
        age=says.age,
        sex=says.sex,
        hashed=True,
    )
