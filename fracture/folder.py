"""Every file below a folder, once: links are followed, and why a file is not to be read."""

import errno
import os
import stat
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

SIDE_FILE = "side file of an operating system or editor"
HIDDEN = "hidden or in a trash folder"
BROKEN_LINK = "broken link"
LINK_LOOP = "link loop"
LINK_AROUND = "link to a folder that it lies in"
READ_ELSEWHERE = "folder that another path leads to"
NO_FILE = "neither file nor folder"
VANISHED = "missing"
NOT_READABLE = "not readable"

SIDE_NAMES = {
    ".ds_store", ".localized", ".directory", "thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r",
    "__macosx", ".ipynb_checkpoints",
}  # fmt: skip
SIDE_STARTS = ("._", "~$", ".~")
SIDE_ENDS = ("~", ".swp")
TRASH = {"$recycle.bin", "@eadir", "#recycle", "lost+found", "system volume information"}


@dataclass(frozen=True)
class Entry:
    """A file below a folder, or what stands in its place.

    Attributes:
        path: Relative to the folder, with forward slashes; bytes that are not UTF-8 are surrogates.
        fault: Why it is not to be read; empty where it is.
    """

    path: str
    fault: str = ""


def entries(root: Path) -> list[Entry]:
    """Return every file below a folder and what cannot be followed, sorted by path.

    Links to files and folders are followed, also when they leave the folder, as those of a DVC
    cache or a Hugging Face snapshot do. What two paths lead to is named by the one without links,
    else by the first: the other stands there as a whole, as `READ_ELSEWHERE`. So do a link to a
    folder around it and a folder that cannot be listed. Two links to one file are two files.

    What lies in a hidden or trash folder is named file by file, and no link in it is followed.

    Raises:
        OSError: The folder itself cannot be listed.
    """
    walk = _Walk(root)
    walk.list_folder("", "")
    while walk.folders or walk.links:
        # Real folders come first, so that a file is named by the path that holds it.
        folder, fault = walk.folders.popleft() if walk.folders else (walk.links.popleft(), "")
        try:
            walk.list_folder(folder, fault)
        except OSError as error:
            reason = fault or f"{NOT_READABLE}: {error.strerror}"
            walk.found.append(Entry(folder, reason))
    return sorted(walk.found, key=lambda entry: entry.path)


@dataclass
class _Walk:
    """How far a walk has come: what was found, folders and links yet to be listed."""

    root: Path
    found: list[Entry] = field(default_factory=list)
    folders: deque[tuple[str, str]] = field(default_factory=deque)
    links: deque[str] = field(default_factory=deque)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def list_folder(self, folder: str, fault: str) -> None:
        """Sort what a folder holds; all of it bears the folder's own fault."""
        if not fault:
            status = (self.root / folder).stat()
            if (status.st_dev, status.st_ino) in self.seen:
                self.found.append(Entry(folder, READ_ELSEWHERE))
                return
            self.seen.add((status.st_dev, status.st_ino))
        with os.scandir(self.root / folder) as content:
            for each in sorted(content, key=lambda each: each.name):
                path = f"{folder}/{each.name}" if folder else each.name
                self.place(each, path, fault or _fault_of_name(each.name))

    def place(self, each: os.DirEntry[str], path: str, fault: str) -> None:
        """Keep a folder and a link to one for later, and name all else."""
        if each.is_dir(follow_symlinks=False):
            self.folders.append((path, fault))
        elif fault or not (each.is_symlink() and Path(each.path).is_dir()):
            self.found.append(Entry(path, fault or _fault(each)))
        elif _lies_in(self.root, Path(each.path)):
            self.found.append(Entry(path, LINK_AROUND))
        else:
            self.links.append(path)


def _fault_of_name(name: str) -> str:
    lower = name.lower()
    if lower in SIDE_NAMES or lower.startswith(SIDE_STARTS) or lower.endswith(SIDE_ENDS):
        return SIDE_FILE
    return HIDDEN if name.startswith(".") or lower in TRASH else ""


def _lies_in(root: Path, link: Path) -> bool:
    """Return whether a link leads to a folder around the root or around itself."""
    target = os.path.realpath(link)
    return any(
        Path(os.path.realpath(folder)).is_relative_to(target) for folder in (root, link.parent)
    )


def _fault(entry: os.DirEntry[str]) -> str:
    if entry.is_file(follow_symlinks=False):
        return ""
    try:
        mode = entry.stat().st_mode
    except FileNotFoundError:
        return BROKEN_LINK if entry.is_symlink() else VANISHED
    except OSError as error:
        loop = error.errno == errno.ELOOP
        return LINK_LOOP if loop else f"{NOT_READABLE}: {error.strerror}"
    return "" if stat.S_ISREG(mode) else NO_FILE
