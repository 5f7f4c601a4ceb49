"""Radiographs that a data set names and the pipeline does not use, as CSV."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import pandas as pd

from fracture.artifacts.atomic import replacing

PATH = Path("data/left_out.csv")


@dataclass(frozen=True)
class LeftOut:
    """A radiograph that cannot be learned from.

    Attributes:
        id: Unique within the data set.
        reason: Short and the same for all that share it, so that it can be counted.
        path: Of the file, relative to the data set's root; empty where there is none.
        label: `fractured`, `not_fractured`, or empty where the data set does not tell.
    """

    id: str
    reason: str
    path: str = ""
    label: str = ""


def write(left_out: Iterable[LeftOut], path: Path = PATH) -> None:
    """Write what was left out as CSV, sorted by id."""
    columns = [field.name for field in fields(LeftOut)]
    rows = [asdict(one) for one in sorted(left_out, key=lambda one: one.id)]
    with replacing(path) as beside:
        pd.DataFrame(rows, columns=columns).to_csv(beside, index=False, lineterminator="\n")


def read(path: Path = PATH) -> list[LeftOut]:
    """Read what `write` wrote."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records")
    return [LeftOut(**{str(key): value for key, value in row.items()}) for row in rows]
