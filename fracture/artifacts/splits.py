"""The split: which part each radiograph belongs to, as CSV."""

from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from fracture.artifacts.atomic import replacing
from fracture.artifacts.reading import read_table, reading

PATH = Path("data/split.csv")
COLUMNS = ["id", "part"]

Part = Literal["train", "validation", "test", "unused"]
PARTS: tuple[Part, ...] = ("train", "validation", "test")
"""What is learned from, chosen on and judged on. A radiograph that a given split does not list is
`unused`: it stands in the split, so that it can be named, and in none of these."""
NAMES: dict[str, Part] = {
    "train": "train", "training": "train", "trainset": "train",
    "validation": "validation", "val": "validation", "valid": "validation",
    "test": "test", "testing": "test", "testset": "test",
}  # fmt: skip
"""What folders and tables call the parts, in any case."""


def write(split: dict[str, Part], path: Path = PATH) -> None:
    """Write radiograph ids and their parts, sorted by id."""
    with replacing(path) as beside:
        table = pd.DataFrame(sorted(split.items()), columns=COLUMNS)
        table.to_csv(beside, index=False, lineterminator="\n")


def read(path: Path = PATH) -> dict[str, Part]:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    table = read_table(path, "split", COLUMNS, {})
    with reading(path, "split"):
        if unknown := set(table["part"]) - set(get_args(Part)):
            raise ValueError(f"a part {unknown.pop()!r}; expected {', '.join(get_args(Part))}")
    return dict(zip(table["id"], table["part"], strict=True))
