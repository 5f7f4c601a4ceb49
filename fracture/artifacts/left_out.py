"""Radiographs that a data set names and the pipeline does not use, and its other files, as CSV."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pandas as pd

from fracture.artifacts.atomic import replacing
from fracture.artifacts.reading import read_table

PATH = Path("data/left_out.csv")


@dataclass(frozen=True)
class LeftOut:
    """A radiograph that cannot be learned from, or a file that is none.

    Attributes:
        id: Unique within the data set.
        reason: Short and the same for all that share it, so that it can be counted.
        path: Of the file, relative to the data set's root; empty where there is none.
        label: `fractured`, `not_fractured`, or empty where the data set does not tell.
        radiograph: False for a file that is no radiograph, such as a text.
    """

    id: str
    reason: str
    path: str = ""
    label: str = ""
    radiograph: bool = True


def write(left_out: Iterable[LeftOut], path: Path = PATH) -> None:
    """Write what was left out as CSV, sorted by id."""
    columns = [field.name for field in fields(LeftOut)]
    ordered = sorted(left_out, key=lambda one: one.id)
    rows = [asdict(one) | {"radiograph": int(one.radiograph)} for one in ordered]
    with replacing(path) as beside:
        pd.DataFrame(rows, columns=columns).to_csv(beside, index=False, lineterminator="\n")


def read(path: Path = PATH) -> list[LeftOut]:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    columns = [field.name for field in fields(LeftOut)]
    rows = read_table(path, "ingest", columns, {}).to_dict("records")
    return [_left_out(**{str(key): value for key, value in row.items()}) for row in rows]


def _left_out(radiograph: str, **texts: str) -> LeftOut:
    return LeftOut(**texts, radiograph=radiograph == "1")
