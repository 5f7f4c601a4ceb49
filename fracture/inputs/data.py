"""Raw data on the disk: digests that change with a file that is added, removed or replaced."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

TABLES = {".csv", ".json", ".tsv"}
"""Endings of files whose bytes count; of all others, name, size and time of modification do."""


def digest_folder(root: Path) -> list[str]:
    """Return digests of a folder's content: a line for all files together, and one for each table.

    Of a data set's many radiographs nothing is read here: the stage that reads them hashes their
    bytes. Links to folders are followed, each folder once.

    Args:
        root: Of a data set; one that is absent has a line that says so.
    """
    if not root.is_dir():
        return ["absent"]
    listing, tables = hashlib.sha256(), []
    count = 0
    for path in sorted(_files(root)):
        name = path.relative_to(root).as_posix().encode("utf-8", "surrogateescape")
        if path.suffix.lower() in TABLES:
            shown = name.decode("utf-8", "backslashreplace")
            tables.append(f"{shown} {digest_file(path)}")
        else:
            status = path.stat()
            listing.update(b"%s\0%d\0%d\n" % (name, status.st_size, status.st_mtime_ns))
            count += 1
    return [f"{count} files {listing.hexdigest()}", *tables]


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal; `absent` where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "absent"


def _files(root: Path) -> Iterator[Path]:
    seen: set[tuple[int, int]] = set()
    todo = [root]
    while todo:
        folder = todo.pop()
        status = folder.stat()
        if (status.st_dev, status.st_ino) in seen:
            continue
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir():
                    todo.append(Path(entry.path))
                elif entry.is_file():
                    yield Path(entry.path)
