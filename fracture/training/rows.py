"""Rows of an array that lies on the disk, read as they are asked for."""

import mmap
import os
from typing import Any
from weakref import finalize

import numpy as np
import numpy.typing as npt

from fracture.console import PipelineError


class Rows:
    """Chosen rows of an array; none is read before it is asked for.

    Those of a memory map are read out of its file: through the map each page would cost a fault and
    count as this process's memory, which would grow with the data set. The file is kept open, also
    where another process removes it.
    """

    def __init__(self, array: npt.NDArray[Any], chosen: npt.NDArray[np.intp] | None = None) -> None:
        """Keep the array; nothing is copied.

        Args:
            array: (n, ...), of any type, in memory or a memory map.
            chosen: Positions of the rows, (m,); None: all of them, in their order.
        """
        self.array = array
        self.chosen = np.arange(len(array)) if chosen is None else chosen
        self.file: int | None = None
        self.name, self.offset = "", 0
        # A part of a map does not know its place in the file.
        if isinstance(array, np.memmap) and isinstance(array.base, mmap.mmap):
            self.name, self.offset = str(array.filename), int(array.offset)
            self.file = os.open(self.name, os.O_RDONLY)
            finalize(self, os.close, self.file)

    def __len__(self) -> int:
        """Return how many rows are chosen."""
        return len(self.chosen)

    def __getitem__(self, index: slice | npt.NDArray[np.intp]) -> npt.NDArray[Any]:
        """Return a copy of the rows at an index among the chosen ones, in the index's order.

        Raises:
            PipelineError: The file ends before them.
        """
        chosen = self.chosen[index]
        if self.file is None:
            return self.array[chosen]
        rows = np.empty((len(chosen), *self.array.shape[1:]), self.array.dtype)
        for row, place in zip(rows, chosen, strict=True):
            if os.preadv(self.file, [row], self.offset + int(place) * row.nbytes) < row.nbytes:
                raise PipelineError(f"{self.name} was cut short while it was read")
        return rows
