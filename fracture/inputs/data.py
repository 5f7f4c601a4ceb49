"""Raw data on the disk: digests that change with a file that is added, removed or replaced."""

import hashlib
from pathlib import Path

from fracture.console import PipelineError
from fracture.folder import Entry, entries

TABLES = {".csv", ".json", ".tsv", ".xls", ".xlsx", ".parquet", ".yaml", ".yml"}
"""Endings of files whose bytes count; of all others, name, size and time of modification do."""


def digest_folder(root: Path) -> list[str]:
    """Return digests of a folder's content: a line for all files together, and one for each table.

    Of a data set's many radiographs nothing is read here: the stage that reads them hashes their
    bytes. The folder is walked as the readers walk it, links followed. Of what they do not read,
    such as a broken link or a hidden file, the name and the reason count.

    Args:
        root: Of a data set; one that is absent has a line that says so.

    Raises:
        PipelineError: The folder cannot be listed.
    """
    if not root.is_dir():
        return ["absent"]
    listing, tables = hashlib.sha256(), []
    count = 0
    for entry in _entries(root):
        path, name = root / entry.path, entry.path.encode("utf-8", "surrogateescape")
        if not entry.fault and path.suffix.lower() in TABLES:
            shown = name.decode("utf-8", "backslashreplace")
            tables.append(f"{shown} {digest_file(path)}")
        elif entry.fault:
            listing.update(b"%s\0%s\n" % (name, entry.fault.encode()))
            count += 1
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


def _entries(root: Path) -> list[Entry]:
    try:
        return entries(root)
    except OSError as error:
        raise PipelineError(f"{root} cannot be read ({error.strerror})") from None
