"""Mending the SQLite file in which MLflow keeps its runs, seen without MLflow.

MLflow writes absolute paths of artifacts into it: after a clone was moved or copied they point to
where it was. And a file that is damaged it refuses for good, though DVC still holds every result.
"""

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from fracture.tracking.location import ARTIFACTS, LOCKED, Location

DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
PARTS = "", "-journal", "-wal", "-shm"
"""Endings of the files that belong to an SQLite database."""
COLUMNS = {
    "experiments": "artifact_location",
    "runs": "artifact_uri",
    "logged_models": "artifact_location",
    "model_versions": "storage_location",
}
"""Where MLflow keeps addresses of artifacts, by table."""


def mend(location: Location) -> None:
    """Put right what can be: set a damaged database aside, and let its artifacts lie beside it.

    Args:
        location: Of the store. Of files other than `mlflow.db`, none is set aside.

    Raises:
        sqlite3.Error: The database cannot be read or written.
    """
    if location.file is None or not location.file.is_file():
        return
    if location.own and is_damaged(location.file):
        aside = f"{location.file}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
        for part in PARTS:
            if (found := Path(f"{location.file}{part}")).exists():
                found.rename(f"{aside}{part}")
        print(
            f"warning: {location.file} is damaged and was moved to {aside}; a new one gets the "
            "results that DVC holds now, not those of earlier runs",
            file=sys.stderr,
        )
        return
    with closing(sqlite3.connect(location.file, timeout=LOCKED)) as connection, connection:
        relocate(connection, str(location.artifacts))


def is_damaged(file: Path) -> bool:
    """Return whether SQLite finds a file damaged.

    Raises:
        sqlite3.Error: It cannot be read.
    """
    try:
        with closing(sqlite3.connect(file, timeout=LOCKED)) as connection:
            return not is_whole(connection)
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in DAMAGED:  # the rest tells of what kind
            return True
        raise


def is_whole(connection: sqlite3.Connection) -> bool:
    """Return whether SQLite finds the pages of a database in order; values are not checked."""
    found: list[tuple[str]] = connection.execute("PRAGMA quick_check(1)").fetchall()
    return found == [("ok",)]


def relocate(connection: sqlite3.Connection, artifacts: str) -> None:
    """Replace the addresses of artifacts that lay beside the database where it was before.

    Args:
        connection: To the database.
        artifacts: The URI of the folder beside it.
    """
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'experiments'").fetchall():
        return  # MLflow has not made its tables yet
    addresses = connection.execute("SELECT DISTINCT artifact_location FROM experiments").fetchall()
    for (before,) in addresses:
        if was_beside(before, artifacts):
            for table, column in COLUMNS.items():
                connection.execute(
                    f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608
                    f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
                    (artifacts, len(before) + 1, before, len(before) + 1, f"{before}/"),
                )


def was_beside(address: str, artifacts: str) -> bool:
    """Return whether artifacts lay beside the database before it was moved.

    Args:
        address: Of an experiment's artifacts.
        artifacts: Of the folder beside the database.
    """
    parts = urlsplit(address)
    return (
        address != artifacts
        and parts.scheme in {"", "file"}
        and PurePosixPath(parts.path).name == ARTIFACTS
    )
