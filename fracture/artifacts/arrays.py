"""Packed radiographs: one HDF5 file for each variant, read without decoding or copying."""

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts.atomic import NOTE_TEXT, leave_note, replacing, reserve, write_text
from fracture.artifacts.reading import reading
from fracture.artifacts.splits import Part
from fracture.targets import FRACTURED

COLUMNS = [
    "id", "part", FRACTURED, "dataset", "body_part", "view", "age", "sex", "flags", "width",
    "height", "patient", "study", "group", "labels", "boxes",
]  # fmt: skip
NUMBERS = {FRACTURED: np.uint8, "width": np.int32, "height": np.int32}

AUGMENTED = Path("plots/preprocess/augmented.png")
"""Radiographs beside random draws of their augmentation."""


@dataclass(frozen=True)
class PackedImages:
    """Radiographs of one size, ready to learn from.

    Attributes:
        images: uint8, (n, height, width, channels), 0 to 255; a read-only memory map once read. Of
            one channel it is the radiograph as its variant shows it; of three, two are the
            radiograph and the last is its edges.
        table: One row for each image, with the columns of `COLUMNS`; `fractured` is 0 or 1,
            `age` is text, empty where unknown, `flags` are joined by `;`, `width` and `height` are
            pixels of the radiograph before it was scaled, `labels` and `boxes` are JSON.
    """

    images: npt.NDArray[np.uint8]
    table: pd.DataFrame

    @property
    def synthetic(self) -> bool:
        """Whether the radiographs are drawn."""
        return bool((self.table["dataset"] == "synthetic").any())

    def rows(self, part: Part) -> npt.NDArray[np.intp]:
        """Return the positions of a part's radiographs, ascending, shape (n_part,)."""
        return np.flatnonzero(self.table["part"] == part)

    @property
    def judged(self) -> npt.NDArray[np.intp]:
        """The positions of the radiographs of validation and test, ascending."""
        return np.flatnonzero(self.table["part"].isin(["validation", "test"]))

    def boxes(self, row: int) -> list[tuple[float, float, float, float]]:
        """Return a row's fractures as (left, top, right, bottom), in pixels of its image.

        The first pixel reaches from 0 to 1. Empty where the data set gives no boxes.
        """
        return [tuple(box) for box in json.loads(self.table["boxes"].iloc[row])]


def path(variant: str) -> Path:
    """Return where the arrays of a variant stand."""
    return Path("data/arrays") / f"{variant}.h5"


def picture(variant: str) -> Path:
    """Return where the sheet of some radiographs of a variant stands."""
    return AUGMENTED.with_name(variant) / "samples.png"


def leave_out(variant: str) -> None:
    """Leave notes for a variant that no model of the run sees, and for its sheet."""
    write_text(path(variant), NOTE_TEXT)
    leave_note(picture(variant).parent)


def write(
    to: Path,
    table: pd.DataFrame,
    size: int,
    images: Iterable[npt.NDArray[np.uint8]],
    channels: int = 1,
) -> None:
    """Write radiographs as they come, none of them kept in memory.

    The file appears at `to` once all are written. It holds no date and no chunks: the same content
    gives the same bytes.

    Args:
        to: See `path`.
        table: One row for each image, with the columns of `COLUMNS`.
        size: Side of the square images, pixels.
        images: uint8 (size, size, channels), 0 to 255, in the order of the rows; of one channel
            also (size, size).
        channels: Of each image.
    """
    with replacing(to) as beside:
        shape = size, size, channels
        offset = _reserve(beside, table, shape)
        with beside.open("r+b") as file:
            file.seek(offset)  # a write through HDF5 costs as much as shrinking a radiograph
            for _, image in zip(table.index, images, strict=True):
                file.write(np.ascontiguousarray(image, np.uint8).reshape(shape).data)


def _reserve(to: Path, table: pd.DataFrame, shape: tuple[int, int, int]) -> int:
    """Write all but the images; return the position in the file at which they have to stand."""
    columns: dict[str, npt.NDArray[Any]] = {
        column: table[column].to_numpy(NUMBERS[column])
        if column in NUMBERS
        else np.char.encode(table[column].to_numpy(object).astype(str))
        for column in COLUMNS
    }
    described = sum(values.nbytes + 4096 for values in columns.values())
    reserve(described + len(table) * math.prod(shape), to.parent)
    with h5py.File(to, "w") as file:
        for column, values in columns.items():
            file[column] = values
        images = file.create_dataset("images", (len(table), *shape), np.uint8)
        images[-1, -1, -1, -1] = 0  # HDF5 finds a place for all at the first write of any
        offset: int = images.id.get_offset()
    return offset


def read(source: Path) -> PackedImages:
    """Read what `write` wrote; the images are mapped, not loaded.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    with reading(source, f"preprocess@{source.stem}"):
        with h5py.File(source) as file:
            table = pd.DataFrame(
                {
                    column: file[column][:] if column in NUMBERS else file[column].asstr("utf-8")[:]
                    for column in COLUMNS
                }
            )
            images = file["images"]
            shape, offset = images.shape, images.id.get_offset()
        return PackedImages(np.memmap(source, np.uint8, "r", offset, shape), table)
