"""The disk that takes a download: room before it starts, one line where it refuses."""

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fracture.console import PipelineError


def require_room(folder: Path, needed: int) -> None:
    """Refuse to start what cannot end.

    Args:
        folder: Where files will be written; it need not exist yet.
        needed: Bytes.

    Raises:
        PipelineError: Its disk has less room.
    """
    existing = next(place for place in (folder, *folder.parents) if place.is_dir())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise PipelineError(
            f"the disk of {existing} has {megabytes(free)} free, {megabytes(needed)} are needed: "
            "make room, or name a folder on another disk with --to"
        )


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Tell in one line why a file in `folder` could not be written.

    Raises:
        PipelineError: The disk is full, or the file system refused for another reason.
    """
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise PipelineError(
                f"the disk of {folder} became full: make room and run the same command again, "
                "which goes on from what was fetched, or name a folder on another disk with --to"
            ) from None
        reason = error.strerror or error
        raise PipelineError(
            f"{error.filename or folder} cannot be used ({reason}): mend that, or name another "
            "folder with --to"
        ) from None


def megabytes(count: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{count / 1e6:,.0f} MB"
