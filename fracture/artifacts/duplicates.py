"""Pairs of radiographs that show the same exposure, as CSV."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

import pandas as pd

from fracture.artifacts.atomic import replacing
from fracture.artifacts.reading import read_table

PATH = Path("data/duplicates.csv")

Kind = Literal["bytes", "pixels", "near"]


@dataclass(frozen=True, order=True)
class Pair:
    """Two radiographs that are one.

    Attributes:
        first: Id, the smaller of the two.
        second: Id of the other.
        kind: How it is known: the same bytes; the same pixels; or pixels that correlate once one
            picture is laid on the other, turned, mirrored, cut or compressed as it may be.
        correlation: Of the aligned pixels, 0 to 1; 1 where bytes or pixels tell.
    """

    first: str
    second: str
    kind: Kind
    correlation: float = 1.0


def write(pairs: Iterable[Pair], path: Path = PATH) -> None:
    """Write pairs as CSV, sorted."""
    columns = [field.name for field in fields(Pair)]
    with replacing(path) as beside:
        pd.DataFrame([asdict(pair) for pair in sorted(pairs)], columns=columns).to_csv(
            beside, index=False, lineterminator="\n", float_format="%.4f"
        )


def read(path: Path = PATH) -> list[Pair]:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    columns = [field.name for field in fields(Pair)]
    rows = read_table(path, "ingest", columns, {"correlation": float}).to_dict("records")
    return [Pair(**{str(key): value for key, value in row.items()}) for row in rows]
