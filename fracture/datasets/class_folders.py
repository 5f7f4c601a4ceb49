"""Class folders: any tree whose folders name the label, such as train/fractured, train/normal."""

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError, some
from fracture.datasets.findings import Finding
from fracture.params.datasets import ClassFolders
from fracture.targets import KEYS

# In any case; spaces, hyphens, underscores and none at all are the same. "Abnormal" is not among
# them: hardware and arthritis are abnormal too.
FRACTURED = ("fractured", "fracture", "positive")
NOT_FRACTURED = (
    "not fractured", "not fracture", "non fractured", "non fracture", "no fracture",
    "unfractured", "normal", "healthy", "negative",
)  # fmt: skip
SHIPPED = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
IMAGES = (".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".dcm")

IN_NO_CLASS = "in no class folder"
NOT_UTF_8 = "file name is not UTF-8"
CONTROL_CHARACTER = "control character or line break in the file name"
LEAVES = "symbolic link that leaves the data set's folder"
LINKED_FOLDER = "symbolic link to a folder"
FOLDER = "a folder"
NO_FILE = "neither file nor folder"

SURROGATE = "Cs"  # the Unicode category that stands for a byte that is not UTF-8
INVISIBLE = {"Cc", "Zl", "Zp"}  # those of control characters and line breaks
SHOWN = 12  # folder names in an error message

Meaning = tuple[bool, str]
"""Whether a folder holds fractured radiographs, and its part of the data set's own split."""


def read(section: ClassFolders, root: Path) -> list[Finding]:
    """Return the images of a tree of class folders, sorted by id.

    `fractured` and `not fractured` (or another of the names in this module) stand in the root, in
    train, validation and test folders, or hold such folders; folders around all of these are
    passed through. An image in any other folder, such as masks/, is left out. The size, origin,
    licence and citation are those of the data set at hand, and so is the meaning of its label.

    An id is the path without the suffix; files that differ in nothing else keep it. Such trees name
    no patient. Some ship augmented copies, often on both sides of their own split:
    `fracture.examining.names` and the comparison of pixels find them.

    A tree that holds one class and nothing else is read: models may be scored on it, not trained.

    Args:
        section: `datasets.class_folders` of params.yaml.
        root: The folder that holds the class folders.

    Raises:
        PipelineError: There is no such folder or no image in a class folder, or a class is absent
            and images stand in a folder of which the class is not known.
    """
    if not root.is_dir():
        raise PipelineError(
            f"no folder {root}: set datasets.class_folders.root to the class folders"
        )
    candidates = {path: _fault_of_name(path) or fault for path, fault in _candidates(root)}
    around = _around(root)
    folders = {Path(path).parent for path in candidates}
    meanings = {folder: _meaning(folder.parts, around) for folder in folders}
    _require_classes(set(meanings.values()), root)
    ids = _ids(candidates)
    findings = [
        _finding(ids[path], path, fault, meanings[Path(path).parent], section.body_part)
        for path, fault in candidates.items()
    ]
    return sorted(findings, key=lambda finding: finding.id)


def _candidates(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the path of each image, or of what stands in its place, and what is wrong with it."""
    failures: list[OSError] = []
    for folder, subfolders, names in os.walk(root, onerror=failures.append):
        subfolders[:] = filter(_is_visible, subfolders)
        for name in subfolders:
            path = Path(folder, name)
            if path.is_symlink():
                yield _relative(path, root), LEAVES if _leaves(path, root) else LINKED_FOLDER
            elif path.suffix.lower() in IMAGES:
                yield _relative(path, root), FOLDER
        for name in names:
            path = Path(folder, name)
            if _is_visible(name) and path.suffix.lower() in IMAGES:
                yield _relative(path, root), _fault_of_file(path, root)
    for failure in failures:
        yield _relative(Path(failure.filename), root), f"not readable: {failure.strerror}"


def _is_visible(name: str) -> bool:
    """Return whether a name is the data set's, not one that macOS or an editor left behind."""
    return not name.startswith(".") and name != "__MACOSX"


def _relative(path: Path, root: Path) -> str:
    return path.relative_to(root).as_posix()


def _leaves(path: Path, root: Path) -> bool:
    # Unlike Path.resolve, realpath does not mind links that lead to one another.
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def _fault_of_name(path: str) -> str:
    categories = {unicodedata.category(character) for character in path}
    if SURROGATE in categories:
        return NOT_UTF_8
    return CONTROL_CHARACTER if categories & INVISIBLE else ""


def _fault_of_file(path: Path, root: Path) -> str:
    if path.is_symlink() and _leaves(path, root):
        return LEAVES
    return NO_FILE if path.exists() and not path.is_file() else ""


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name).lower()


CLASSES = {_key(name): True for name in FRACTURED} | {_key(name): False for name in NOT_FRACTURED}


def _around(root: Path) -> tuple[str, ...]:
    """Return the folders around the data set, outermost first: each alone, and none of its own."""
    around: tuple[str, ...] = ()
    while True:
        _, folders, _ = next(os.walk(root.joinpath(*around)), ("", [], []))
        visible = [name for name in folders if _is_visible(name)]
        if len(visible) != 1 or _key(visible[0]) in (*CLASSES, *SHIPPED):
            return around
        if root.joinpath(*around, visible[0]).is_symlink():
            return around
        around = (*around, visible[0])


def _meaning(names: tuple[str, ...], around: tuple[str, ...]) -> Meaning | None:
    """Return what the names in a folder's path mean, None if one of them means nothing."""
    if names[: len(around)] != around:
        return None
    label, part = None, ""
    for key in map(_key, names[len(around) :]):
        if key in CLASSES and label is None:
            label = CLASSES[key]
        elif key in SHIPPED and not part:
            part = SHIPPED[key]
        else:
            return None
    return None if label is None else (label, part)


def _require_classes(meanings: set[Meaning | None], root: Path) -> None:
    found = {meaning[0] for meaning in meanings if meaning}
    if found and None not in meanings:
        return
    names = {True: FRACTURED, False: NOT_FRACTURED}
    if lacking := [" or ".join(names[label]) for label in names if label not in found]:
        raise PipelineError(
            f"{root} holds the folders {_folders(root)}; expected images in a folder named "
            f"{', and in one named '.join(lacking)}: rename the folders, or set "
            "datasets.class_folders.root"
        )


def _folders(root: Path) -> str:
    """Return the names of the folders of the first three levels, for a message."""
    folders = [path for glob in ("*/", "*/*/", "*/*/*/") for path in root.glob(glob)]
    names = {_printable(path.name) + " (a link)" * path.is_symlink() for path in folders}
    return some(names, SHOWN) or "none"


def _ids(paths: Iterable[str]) -> dict[str, str]:
    """Return the id of each path: without its suffix, unless that would be another's."""
    without = {path: path.removesuffix(Path(path).suffix) for path in paths}
    counts = Counter(without.values())
    return {
        path: _printable(name if counts[name] == 1 and name not in without else path)
        for path, name in without.items()
    }


def _printable(name: str) -> str:
    """Return a name with escapes for what is neither UTF-8 nor visible."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in INVISIBLE
        else character
        for character in text
    )


def _finding(name: str, path: str, fault: str, meaning: Meaning | None, body_part: str) -> Finding:
    label = "" if meaning is None else KEYS[meaning[0]]
    if fault or meaning is None:
        odd = fault in (NOT_UTF_8, CONTROL_CHARACTER)  # such a path cannot be written down
        return LeftOut(name, fault or IN_NO_CLASS, "" if odd else path, label)
    fractured, part = meaning
    return Radiograph(
        id=name,
        path=path,
        fractured=fractured,
        body_part=body_part,
        dataset="class_folders",
        shipped=part,
    )
