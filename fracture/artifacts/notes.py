"""What was noticed in a data set and people must be told, though nothing is left out for it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pandas as pd

from fracture.artifacts.atomic import replacing
from fracture.artifacts.reading import read_table

PATH = Path("data/notes.csv")


@dataclass(frozen=True, order=True)
class Note:
    """One thing that was noticed.

    Attributes:
        kind: Short and the same for all of its kind, such as `nobody`.
        text: A sentence without a full stop: what was found, and what was done with it.
        radiographs: How many it is about; 0 where that is not counted.
    """

    kind: str
    text: str
    radiographs: int = 0

    def __str__(self) -> str:
        """What people read."""
        counted = f"; {self.radiographs} radiographs" if self.radiographs else ""
        return f"{self.text}{counted}"


def write(notes: Iterable[Note], path: Path = PATH) -> None:
    """Write notes as CSV, sorted."""
    columns = [field.name for field in fields(Note)]
    with replacing(path) as beside:
        pd.DataFrame([asdict(note) for note in sorted(notes)], columns=columns).to_csv(
            beside, index=False, lineterminator="\n"
        )


def read(path: Path = PATH) -> list[Note]:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    columns = [field.name for field in fields(Note)]
    rows = read_table(path, "ingest", columns, {"radiographs": int}).to_dict("records")
    return [Note(**{str(key): value for key, value in row.items()}) for row in rows]
