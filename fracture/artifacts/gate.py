"""What the parts of a split share, as the gate finds it, as JSON."""

from pathlib import Path
from typing import Literal

from fracture.artifacts.row import Count, Row, read_row, write_row
from fracture.artifacts.splits import Part

PATH = Path("metrics/gate.json")


class LeakingPair(Row):
    """Two radiographs that belong together and stand in different parts.

    Attributes:
        first: Id of the one in the earlier part.
        second: Id of the other.
        parts: Of the two.
        kinds: What they share, such as `patient`.
    """

    first: str
    second: str
    parts: tuple[Part, Part]
    kinds: list[str]


class Leakage(Row):
    """What the parts of a split share.

    Attributes:
        dataset: A key of `datasets` in params.yaml.
        verdict: Whether anything is shared.
        radiographs: How many each part holds.
        leaking: Radiographs of validation and of test that are tied to one of an earlier part.
        by_kind: By what is shared: `radiographs` that are tied by it to an earlier part, and the
            same count for each two parts.
        leaking_pairs: Pairs found.
        pairs: The first of them, by id.
    """

    dataset: str
    verdict: Literal["clean", "leaks"]
    radiographs: dict[Part, Count]
    leaking: dict[Part, Count]
    by_kind: dict[str, dict[str, Count]]
    leaking_pairs: Count
    pairs: list[LeakingPair]


def write(leakage: Leakage, to: Path = PATH) -> None:
    """Write what was found as JSON, keys in the order of the attributes."""
    write_row(leakage, to)


def read(source: Path = PATH) -> Leakage:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, or was written by another version of the pipeline.
    """
    return read_row(Leakage, source, "gate")
