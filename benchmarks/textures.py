"""Packed radiographs that are nothing but noise, for measurements that no content changes."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts.arrays import COLUMNS, PackedImages
from fracture.artifacts.splits import Part

FRACTURED = 5
"""Of so many radiographs, one is called fractured."""


def tabulate_parts(counts: dict[Part, int]) -> pd.DataFrame:
    """Return a row for each radiograph, part after part, with the columns of packed arrays."""
    part = np.repeat(list(counts), list(counts.values()))
    numbers = np.arange(len(part))
    rows = {"id": [f"{number:06}" for number in numbers], "part": part}
    table = pd.DataFrame(rows | {"fractured": (numbers % FRACTURED == 0).astype(np.uint8)})
    table[[column for column in COLUMNS if column not in table]] = ""
    return table.assign(width=1, height=1, group=table["id"], boxes="[]")


def noise(count: int, size: int) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield radiographs, uint8 (size, size, 1), the same each time."""
    random = np.random.default_rng(0)
    for _ in range(count):
        yield random.integers(0, 256, (size, size, 1), np.uint8)


def pack(counts: dict[Part, int], size: int) -> PackedImages:
    """Return so many radiographs of each part, in memory."""
    table = tabulate_parts(counts)
    return PackedImages(np.stack(list(noise(len(table), size))), table)


def first_batch(packed: PackedImages, count: int) -> tuple[Any, Any, Any]:
    """Return the first radiographs, their labels (count, 1) and weights (count,)."""
    labels = packed.table["fractured"].to_numpy(np.float32)[:count]
    return packed.images[:count], labels[:, None], np.ones(count, np.float32)
