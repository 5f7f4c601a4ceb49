"""Files appear whole or not at all: written beside their place, then renamed."""

import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import Any

from fracture.console import PipelineError

BESIDE = ".new-"
"""Prefix of the folder in which a file or folder is written; .gitignore and .dvcignore name it."""

FULL = {
    errno.ENOSPC: "no space left on the disk; make room",
    errno.EDQUOT: "the disk quota is exceeded; make room",
    errno.EROFS: "the disk is read-only; mount it for writing",
}
"""The message for each error number that means that the disk takes no more."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path of the same name elsewhere; put it in place if no error is raised.

    What stood at `path`, a file or a folder, stays until then. What a killed process has left of an
    earlier attempt is removed.

    Raises:
        PipelineError: Another process is writing it, or the disk is full or read-only.
    """
    with told_if_full(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with _folder_beside(path) as folder:
            new = folder / path.name
            yield new
            if path.is_dir() or new.is_dir():
                _exchange(new, path, folder / f"old-{path.name}")
            else:
                new.replace(path)


def _exchange(new: Path, path: Path, old: Path) -> None:
    """Put a folder in the place of another one, which goes to `old`, or stays if that fails.

    A rename replaces no folder, and removing one takes longer than moving it.
    """
    if os.path.lexists(path):
        path.rename(old)
    try:
        new.rename(path)
    except BaseException:
        if os.path.lexists(old):
            old.rename(path)
        raise


@contextmanager
def told_if_full(path: Path, advice: str = ", and the same command goes on") -> Iterator[None]:
    """Raise a PipelineError where the disk is full or read-only, or a quota is exceeded.

    Args:
        path: What is being written.
        advice: Ends the message, behind `make room`.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        parts = list(path.parts)
        while within := [at for at, part in enumerate(parts) if part.startswith(BESIDE)]:
            del parts[within[0] : within[0] + 2]  # see `_folder_beside`
        raise PipelineError(f"{Path(*parts)}: {FULL[error.errno]}{advice}") from None


def reserve(size: int, folder: Path) -> None:
    """Require that the disk has room for a file that HDF5 is to write.

    HDF5 ends the process by a signal where the disk becomes full.

    Args:
        size: Of the file, bytes.
        folder: Where it is to be.

    Raises:
        OSError: There is no room, or a quota forbids it.
    """
    with TemporaryFile(dir=folder) as file:
        try:
            os.posix_fallocate(file.fileno(), 0, size)
        except AttributeError:  # macOS
            return
        except OSError as error:
            if error.errno not in {errno.EOPNOTSUPP, errno.EINVAL}:  # of the file system
                raise


@contextmanager
def _folder_beside(path: Path) -> Iterator[Path]:
    """Yield an empty folder on the same disk as `path`, which this process alone writes into."""
    beside = path.with_name(BESIDE + path.name)
    with _lock(beside, path):
        try:
            for left in beside.glob("*/"):
                shutil.rmtree(left, ignore_errors=True)
            # A helper of a killed process may still be writing into its own folder.
            yield Path(mkdtemp(dir=beside))
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def remove_left(root: Path) -> list[Path]:
    """Remove and return what killed processes left below a folder; what is written now stays."""
    removed = []
    for beside in [path for path in root.rglob(f"{BESIDE}*") if path.is_dir()]:
        try:
            with _lock(beside, beside):
                shutil.rmtree(beside, ignore_errors=True)
        except (PipelineError, FileNotFoundError):  # written now, or in what was just removed
            continue
        removed.append(beside)
    return removed


def _lock(beside: Path, path: Path) -> TextIOWrapper:
    """Return the open lock file in `beside`, which the system unlocks when the process ends."""
    while True:
        try:
            beside.mkdir(exist_ok=True)
            lock = (beside / "lock").open("a+", encoding="utf-8")
        except FileExistsError:  # a file, as earlier versions left it
            beside.unlink(missing_ok=True)
            continue
        except FileNotFoundError:
            if not beside.parent.is_dir():
                raise
            continue  # its owner has just removed the folder
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            lock.close()
            raise PipelineError(
                f"{path} is being written by another process (its id: {owner}), perhaps of a "
                "command that was killed: wait until it ends, or end it"
            ) from None
        except OSError:  # a network drive without locks: of two that write, the first one fails
            return lock
        if _is_same(lock, beside / "lock"):
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            return lock
        lock.close()


def _is_same(lock: TextIOWrapper, path: Path) -> bool:
    """Return whether a path still leads to an open file."""
    try:
        return os.path.samestat(os.fstat(lock.fileno()), path.stat())
    except FileNotFoundError:
        return False


NOTE, NOTE_TEXT = "not_in_this_run.txt", "No part of the last run: see `run` in params.yaml.\n"
"""Name and text of a note. DVC warns of what is empty, each time that it looks."""


def leave_note(folder: Path) -> None:
    """Replace a folder by one that holds nothing but a note: what fills it was not asked for."""
    with replacing(folder) as beside:
        beside.mkdir()
        (beside / NOTE).write_text(NOTE_TEXT, encoding="utf-8", newline="\n")


def write_text(path: Path, text: str) -> None:
    """Write a text file as UTF-8 with Unix line ends."""
    with replacing(path) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write indented JSON, keys in the given order; NaN and infinity are refused."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """Read what `write_json` wrote."""
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value
