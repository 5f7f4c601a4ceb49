"""The split: which part each radiograph belongs to, as CSV."""

from pathlib import Path
from typing import Literal

import pandas as pd

from fracture.artifacts.atomic import replacing

PATH = Path("data/split.csv")

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
        table = pd.DataFrame(sorted(split.items()), columns=["id", "part"])
        table.to_csv(beside, index=False, lineterminator="\n")


def read(path: Path = PATH) -> dict[str, Part]:
    """Read what `write` wrote."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return dict(zip(table["id"], table["part"], strict=True))
