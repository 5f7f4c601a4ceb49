"""Trained networks looking at radiographs, each of them loaded once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from fracture.artifacts import network as networks
from fracture.console import progress
from fracture.imaging.variant import Image, View

if TYPE_CHECKING:
    import keras

Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Member:
    """A network at rest, and how it looks at a radiograph.

    Attributes:
        folder: Holds the network; see fracture/artifacts/network.py.
        view: What it sees.
        mirror: Whether its probability is averaged with that of the mirror image.
        batch_size: How many radiographs are predicted together.
    """

    folder: Path
    view: View
    mirror: bool
    batch_size: int


class Networks:
    """The networks of one system or of several, loaded.

    Attributes:
        views: What they see, each view once, in the order of the members.
    """

    def __init__(self, members: Iterable[Member]) -> None:
        """Load each network once, on the device that Keras uses.

        Args:
            members: At least one; the same one may come several times.
        """
        self._loaded = {member: networks.read(member.folder) for member in dict.fromkeys(members)}
        self.views = list(dict.fromkeys(member.view for member in self._loaded))

    def predict(self, seen: Iterable[Sequence[Image]]) -> dict[Member, npt.NDArray[np.float64]]:
        """Return each network's probabilities, float64 (n, outputs), 0 to 1, not rounded.

        Memory does not grow with the number of radiographs.

        Args:
            seen: Of each of n radiographs an image for each of `views`, in order.
        """
        parts: dict[Member, list[Probabilities]] = {member: [] for member in self._loaded}
        full = 0
        for chunk in _chunks(seen, max(member.batch_size for member in self._loaded)):
            # Shorter than the first, the last chunk repeats its radiographs up to that length:
            # networks are traced once more for each length.
            full = full or len(chunk)
            rows = np.resize(np.arange(len(chunk)), full)
            images = dict(zip(self.views, map(np.stack, zip(*chunk, strict=True)), strict=True))
            for member, network in self._loaded.items():
                packed = images[member.view]
                found = predict(network, member, packed, rows)
                parts[member].append(found[: len(chunk)])
        return {
            member: np.concatenate(found, dtype=np.float64) if found else np.empty((0, 1))
            for member, found in parts.items()
        }


def _chunks(seen: Iterable[Sequence[Image]], size: int) -> Iterator[list[Sequence[Image]]]:
    chunk = []
    for images in seen:
        chunk.append(images)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def predict(
    network: "keras.Model",
    member: Member,
    images: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.intp],
    upright: Probabilities | None = None,
    label: str = "",
) -> Probabilities:
    """Return the probabilities for each chosen radiograph, float32 (len(rows), outputs).

    Args:
        network: Radiographs in, probabilities (n, outputs) out.
        member: How it looks at them.
        images: uint8 (n, height, width, channels); only a batch of them is read at a time.
        rows: Positions of the radiographs.
        upright: Probabilities without mirroring, where they have been computed.
        label: Of the progress bar; without one there is none.
    """
    size = member.batch_size
    if upright is None:
        upright = _predict(network, images, rows, size, label)
    if not member.mirror:
        return upright
    label = label and f"{label} mirror images"
    return np.float32(0.5) * (upright + _predict(network, images[:, :, ::-1], rows, size, label))


def _predict(
    network: "keras.Model",
    images: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.intp],
    batch_size: int,
    label: str,
) -> Probabilities:
    batches = [
        np.asarray(network.predict_on_batch(batch))[:count]
        for batch, count in in_batches(images, rows, batch_size, label)
    ]
    return np.concatenate(batches).astype(np.float32)


def in_batches(
    images: npt.NDArray[np.uint8], rows: npt.NDArray[np.intp], batch_size: int, label: str
) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """Yield the radiographs at the given positions, in order, in batches of one size.

    The last batch is filled up with its own radiographs again: for a batch of another size the
    network would be traced, and in JAX compiled, once more, which takes longer than computing it.

    Args:
        images: uint8 (n, height, width, channels); only a batch of them is read at a time.
        rows: Positions of the radiographs.
        batch_size: How many come together, unless there are fewer in all.
        label: Of the progress bar; without one there is none.

    Yields:
        Radiographs, uint8 (batch, height, width, channels), and how many of them, from the first
        on, were not yielded before.
    """
    size = min(batch_size, len(rows))
    starts = range(0, len(rows), batch_size)
    for start in progress(starts, len(starts), label, "batches") if label else starts:
        chosen = rows[start : start + size]
        yield images[np.resize(chosen, size)], len(chosen)
