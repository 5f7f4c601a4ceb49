"""The split: which part each radiograph belongs to, as CSV."""

from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from stages.artifacts.atomic import replacing

PATH = Path("data/split.csv")

Part = Literal["train", "validation", "test"]
PARTS: tuple[Part, ...] = get_args(Part)


def write(split: dict[str, Part], path: Path = PATH) -> None:
    """Write radiograph ids and their parts, sorted by id."""
    with replacing(path) as beside:
        table = pd.DataFrame(sorted(split.items()), columns=["id", "part"])
        table.to_csv(beside, index=False, lineterminator="\n")


def read(path: Path = PATH) -> dict[str, Part]:
    """Read what `write` wrote."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    return dict(zip(table["id"], table["part"], strict=True))
