"""The files of a data set's folder, each once, and which of them are images: for every reader."""

import os
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from fracture import folder
from fracture.artifacts.left_out import LeftOut
from fracture.console import PipelineError
from fracture.datasets.findings import Finding, counted

DICOM = {".dcm", ".dicom", ".dic", ".ima"}
IMAGES = DICOM | {
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".tif", ".tiff", ".webp",
}  # fmt: skip
"""Suffixes that say what a file is meant to be; of any other file the content tells."""
ARCHIVES = {".zip", ".tar", ".tgz", ".7z", ".rar"}
DIRECTORY = "dicomdir"
STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
OTHER_STARTS = (b"GIF8", b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51", b"8BPS")
OTHER_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"avif"}
READ = 132  # bytes that tell what a file is: DICOM's mark stands behind a preamble of 128

NOT_AN_IMAGE = "not an image"
OTHER_FORMAT = "image of a format that is not read"
ARCHIVE = "an archive that is not unpacked"
LISTS_FILES = "DICOMDIR that only lists files"
NOT_UTF_8 = "file name is not UTF-8"
CONTROL_CHARACTER = "control character or line break in the file name"
NOT_WRITABLE = (NOT_UTF_8, CONTROL_CHARACTER)
NO_RADIOGRAPH = {
    folder.SIDE_FILE, folder.HIDDEN, folder.LINK_AROUND, folder.READ_ELSEWHERE, NOT_AN_IMAGE,
    ARCHIVE, LISTS_FILES,
}  # fmt: skip

SURROGATE = "Cs"  # the Unicode category that stands for a byte that is not UTF-8
INVISIBLE = {"Cc", "Zl", "Zp"}  # those of control characters and line breaks


@dataclass(frozen=True)
class File:
    """A file below a data set's root, or what stands in its place.

    Attributes:
        path: Relative to the root, with forward slashes; bytes that are not UTF-8 are surrogates.
        fault: Why it is no image that can be read; empty for an image.
        dicom: Whether it is a DICOM file, whatever its suffix.
        radiograph: Whether it is, or stands in the place of, what may be a radiograph.
    """

    path: str
    fault: str = ""
    dicom: bool = False
    radiograph: bool = True

    @property
    def writable(self) -> bool:
        """Whether its path can be written down in a table."""
        return not fault_of_path(self.path)


def read_tree(root: Path) -> list[File]:
    """Return every file below the root, sorted by path: an image, or why it is none.

    See `fracture.folder.entries` for links, hidden folders and what cannot be read. A file is an
    image if its suffix or its content says so. A path that cannot be written down is a fault.

    Args:
        root: Of a data set.

    Raises:
        PipelineError: The root is no folder, or cannot be listed.
    """
    try:
        return [_file(root, entry) for entry in folder.entries(root)]
    except OSError as error:
        raise PipelineError(f"{root} cannot be read ({error.strerror})") from None


def _file(root: Path, entry: folder.Entry) -> File:
    name = PurePosixPath(entry.path).name
    suffix = PurePosixPath(name.lower()).suffix
    dicom, fault = False, entry.fault
    if not fault:
        dicom, fault = _content(root / entry.path, suffix)
        if dicom and name.lower() == DIRECTORY:
            fault = LISTS_FILES
    if not fault:
        fault = fault_of_path(entry.path)
    guessed = entry.fault and not entry.fault.startswith(folder.NOT_READABLE)
    meant = suffix in IMAGES or not guessed
    return File(entry.path, fault, dicom, radiograph=meant and fault not in NO_RADIOGRAPH)


def _content(path: Path, suffix: str) -> tuple[bool, str]:
    """Return whether a file is DICOM, and why it is no image."""
    try:
        with path.open("rb") as file:
            start = file.read(READ)
    except OSError as error:
        return False, f"{folder.NOT_READABLE}: {error.strerror}"
    if start[128:] == b"DICM":
        return True, ""
    if suffix in IMAGES or _is_image(start):
        return False, ""
    if start.startswith(OTHER_STARTS) or (start[4:8] == b"ftyp" and start[8:12] in OTHER_BRANDS):
        return False, OTHER_FORMAT
    return False, ARCHIVE if suffix in ARCHIVES else NOT_AN_IMAGE


def _is_image(start: bytes) -> bool:
    """Return whether a file's first bytes are those of a format that is read, DICOM aside."""
    webp = start[:4] == b"RIFF" and start[8:12] == b"WEBP"
    bmp = start[:2] == b"BM" and start[6:10] == b"\0\0\0\0"  # two letters alone may begin a text
    return webp or bmp or start.startswith(STARTS)


def fault_of_path(path: str) -> str:
    """Return why a path cannot be written down in a table; empty where it can."""
    if path.isprintable():  # as nearly all are
        return ""
    categories = {unicodedata.category(character) for character in path}
    if SURROGATE in categories:
        return NOT_UTF_8
    return CONTROL_CHARACTER if categories & INVISIBLE else ""


def printable(path: str) -> str:
    """Return a path with escapes for what is neither UTF-8 nor visible."""
    if path.isprintable():
        return path
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in INVISIBLE
        else character
        for character in text
    )


def ids_of(files: Sequence[File]) -> dict[str, str]:
    """Return the id of each file by its path.

    Of a radiograph it is the path without suffix, unless that would be another's, or the path of
    another file; of any other file it is the path.
    """
    short = {
        file.path: file.path.removesuffix(PurePosixPath(file.path).suffix)
        for file in files
        if file.radiograph
    }
    counts = Counter(short.values())
    paths = {file.path for file in files}
    taken = paths | {name for name, count in counts.items() if count > 1}
    return {
        path: printable(path if short.get(path, path) in taken else short[path]) for path in paths
    }


def reasons(files: Sequence[File], reason: str) -> str:
    """Return how many files there are and why they are left out, for a message.

    Args:
        files: All of a tree, none of which is read.
        reason: Why its images are left out.
    """
    why = counted(file.fault or reason for file in files)
    return f"of {len(files)} files none is read{f' ({why})' if why else ''}"


def leave_out_file(file: File, reason: str, name: str = "", label: str = "") -> LeftOut:
    """Return the note that a file is left out.

    Args:
        file: Of the tree.
        reason: Where the file is an image; another file has its own.
        name: The id; empty: the path.
        label: As `LeftOut` has it.
    """
    path = file.path if file.writable else ""
    return LeftOut(
        name or printable(file.path), file.fault or reason, path, label, radiograph=file.radiograph
    )


def with_the_rest(
    findings: Iterable[Finding],
    files: Sequence[File],
    reason: str,
    tables: Collection[str] = (),
    folders: tuple[str, ...] = (),
) -> list[Finding]:
    """Return findings and a note for each file that none of them names, sorted by id.

    Of those that would share an id the first keeps it, for the others their path is the id.

    Args:
        findings: What a reader made of the files that it knows.
        files: All of the tree.
        reason: Why an image that no finding names is left out.
        tables: Paths of the files that the reader reads to describe the images.
        folders: Those of the data set's own annotations: what lies in one and is no image belongs
            to the data set's description, whether or not the reader needs it.
    """
    findings = list(findings)
    known = {finding.path for finding in findings} | {*tables}
    inside = tuple(f"{name}/" for name in folders)
    rest = [
        leave_out_file(file, reason)
        for file in files
        if file.path not in known
        and not (file.fault == NOT_AN_IMAGE and file.path.startswith(inside))
    ]
    ids: set[str] = set()
    unique: list[Finding] = []
    for finding in [*findings, *rest]:
        name = finding.id if finding.id not in ids else finding.path or finding.id
        while name in ids:
            name += " (file)"
        ids.add(name)
        unique.append(replace(finding, id=name))
    return sorted(unique, key=lambda finding: finding.id)
