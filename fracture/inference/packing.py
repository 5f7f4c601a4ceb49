"""Rendered radiographs on disk while networks look at them: any number, little memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt


@contextmanager
def packing(count: int, size: int) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield a black array, uint8 (count, size, size, 1), in a file that goes when the block ends.

    Args:
        count: At least 1.
        size: Side of the squares, pixels.
    """
    with TemporaryFile() as file:
        yield np.memmap(file, np.uint8, "w+", shape=(count, size, size, 1))
