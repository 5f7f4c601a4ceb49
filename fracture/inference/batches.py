"""Chosen radiographs in batches of one size."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from fracture.console import progress


def in_batches(
    images: npt.NDArray[np.uint8], rows: npt.NDArray[np.intp], batch_size: int, label: str
) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """Yield the radiographs at the given positions, in order.

    The last batch is filled up with its own radiographs again: for a batch of another size the
    network would be traced, and in JAX compiled, once more, which takes longer than computing it.

    Args:
        images: uint8 (n, height, width, 1); only a batch of them is read at a time.
        rows: Positions of the radiographs.
        batch_size: How many come together, unless there are fewer in all.
        label: Of the progress bar.

    Yields:
        Radiographs, uint8 (batch, height, width, 1), and how many of them, from the first on, were
        not yielded before.
    """
    size = min(batch_size, len(rows))
    starts = range(0, len(rows), batch_size)
    for start in progress(starts, len(starts), label, "batches"):
        chosen = rows[start : start + size]
        yield images[np.resize(chosen, size)], len(chosen)
