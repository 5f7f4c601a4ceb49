"""What the service keeps where it was told to: radiographs, results, what readers said of them."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

from fracture.artifacts.atomic import replacing
from fracture.console import PipelineError
from fracture.imaging.decode import is_dicom

Box = tuple[float, float, float, float]
"""Left, top, right and bottom edge in pixels of the upright radiograph."""

DATABASE, IMAGES = "kept.sqlite", "images"
SUFFIXES = {
    b"\xff\xd8": ".jpg", b"\x89PNG": ".png", b"BM": ".bmp", b"RIFF": ".webp",
    b"II": ".tif", b"MM": ".tif",
}  # fmt: skip
TABLES = """
create table if not exists results (
  id text primary key, at text not null default current_timestamp, sha256 text not null,
  suffix text not null, width integer not null, height integer not null, answer text not null
) strict;
create table if not exists corrections (
  number integer primary key, at text not null default current_timestamp,
  result text not null references results, fractured integer not null, boxes text not null
) strict;
"""


@dataclass(frozen=True)
class Correction:
    """What a reader says of a radiograph.

    Attributes:
        fractured: Whether there is a fracture.
        boxes: Where, if that was said.
    """

    fractured: bool
    boxes: Sequence[Box] = ()


class Kept:
    """A folder: a database, and the radiographs by their digests.

    Only the owner may read the files, and look into the folder where it is made here.
    """

    def __init__(self, folder: Path) -> None:
        """Open a folder, or make it.

        Raises:
            PipelineError: It cannot be made or written.
        """
        self.folder = folder
        try:
            if not folder.is_dir():
                folder.mkdir(parents=True, mode=0o700)
            (folder / IMAGES).mkdir(exist_ok=True, mode=0o700)
            # SQLite makes what it writes beside the database with the database's own mode.
            (folder / DATABASE).touch(mode=0o600)
            (folder / DATABASE).chmod(0o600)
            with self._database() as database:
                database.executescript(TABLES)
        except (OSError, sqlite3.Error) as error:
            raise PipelineError(
                f"{folder} cannot be written ({error}): name a folder that can with --keep"
            ) from None

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.folder / DATABASE, timeout=30)) as database, database:
            database.execute("pragma foreign_keys = on")
            yield database

    def keep(self, content: bytes, size: tuple[int, int], row: Mapping[str, Any]) -> str:
        """Keep a radiograph and its result; return the id of the result.

        Args:
            content: Of the file.
            size: Width and height of the upright radiograph, pixels.
            row: What the system said; without the name of the file, which may tell who it is.
        """
        digest, suffix = sha256(content).hexdigest(), suffix_of(content)
        image = self.folder / IMAGES / f"{digest}{suffix}"
        if not image.exists():
            with replacing(image) as beside:
                beside.touch(mode=0o600)
                beside.write_bytes(content)
        name, answer = uuid4().hex, json.dumps({**row, "file": ""})
        with self._database() as database:
            database.execute(
                "insert into results (id, sha256, suffix, width, height, answer) "
                "values (?, ?, ?, ?, ?, ?)",
                (name, digest, suffix, *size, answer),
            )
        return name

    def correct(self, result: str, correction: Correction) -> None:
        """Store what a reader says beside a result.

        Args:
            result: Its id.
            correction: Its boxes are cut at the edges of the radiograph.

        Raises:
            KeyError: There is no such result.
            ValueError: A box lies outside the radiograph, or has no area.
        """
        with self._database() as database:
            found = database.execute(
                "select width, height from results where id = ?", (result,)
            ).fetchone()
            if found is None:
                raise KeyError(result)
            boxes = [cut(box, *found) for box in correction.boxes]
            database.execute(
                "insert into corrections (result, fractured, boxes) values (?, ?, ?)",
                (result, int(correction.fractured), json.dumps(boxes)),
            )

    def corrected(self) -> dict[Path, Correction]:
        """Return what readers said of each radiograph last, by its file, in order of the files."""
        with self._database() as database:
            rows = database.execute(
                "select sha256, suffix, fractured, boxes from corrections "
                "join results on results.id = result order by number"
            ).fetchall()
        said = {
            self.folder / IMAGES / f"{digest}{suffix}": Correction(
                bool(fractured), [tuple(box) for box in json.loads(boxes)]
            )
            for digest, suffix, fractured, boxes in rows
        }
        return dict(sorted(said.items()))


def cut(box: Box, width: int, height: int) -> Box:
    """Return the part of a box that lies within a radiograph.

    Args:
        box: Pixels.
        width: Of the upright radiograph, pixels.
        height: Likewise.

    Raises:
        ValueError: None does.
    """
    left, top, right, bottom = box
    inside = (max(left, 0.0), max(top, 0.0), min(right, float(width)), min(bottom, float(height)))
    if not (inside[0] < inside[2] and inside[1] < inside[3]):
        raise ValueError("a box without an area within the radiograph")
    return inside


def suffix_of(content: bytes) -> str:
    """Return the usual suffix of a file, known by its content."""
    if is_dicom(content):
        return ".dcm"
    return next((end for begin, end in SUFFIXES.items() if content.startswith(begin)), "")
