"""Packed radiographs: one HDF5 file for each variant, read without decoding or copying."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import numpy.typing as npt
import pandas as pd

from stages.artifacts.atomic import replacing
from stages.artifacts.splits import Part

COLUMNS = ["id", "part", "fractured", "dataset", "body_part", "patient", "study", "group"]


@dataclass(frozen=True)
class PackedImages:
    """Radiographs of one size, ready to learn from.

    Attributes:
        images: uint8, (n, height, width, 1), 0 to 255; a read-only memory map once read.
        table: One row for each image, with the columns of `COLUMNS`; `fractured` is 0 or 1.
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


def path(variant: str) -> Path:
    """Return where the arrays of a variant stand."""
    return Path("data/arrays") / f"{variant}.h5"


@contextmanager
def writing(to: Path, table: pd.DataFrame, size: int) -> Iterator[h5py.Dataset]:
    """Yield the dataset to fill, uint8 (n, size, size, 1), row after row of `table`.

    The file appears at `to` once the block ends without an error. It holds no date and no chunks:
    the same content gives the same bytes.
    """
    with replacing(to) as beside, h5py.File(beside, "w") as file:
        for column in COLUMNS:
            if column == "fractured":
                file[column] = table[column].to_numpy(np.uint8)
            else:
                file[column] = np.char.encode(table[column].to_numpy(object).astype(str))
        yield file.create_dataset("images", (len(table), size, size, 1), np.uint8)


def read(source: Path) -> PackedImages:
    """Read what was written through `writing`; the images are mapped, not loaded."""
    with h5py.File(source) as file:
        table = pd.DataFrame(
            {
                column: file[column][:] if column == "fractured" else file[column].asstr("utf-8")[:]
                for column in COLUMNS
            }
        )
        images = file["images"]
        shape, offset = images.shape, images.id.get_offset()
    return PackedImages(np.memmap(source, np.uint8, "r", offset, shape), table)
