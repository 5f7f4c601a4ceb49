"""Trained networks looking at radiographs, each of them loaded once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from fracture.artifacts import network as networks
from fracture.artifacts.predictions import recorded
from fracture.console import progress
from fracture.imaging.variant import Image, View
from fracture.systems.formula import Leaf

if TYPE_CHECKING:
    import keras

    from fracture.inference.gradcam import Explained, Explainer

Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Member:
    """A network at rest, and how it looks at a radiograph.

    Attributes:
        folder: Holds the network; see fracture/artifacts/network.py.
        targets: What it predicts, by name, with the number of probabilities that it gives for each.
        view: What it sees.
        mirror: Whether what it says is averaged with what it says of the mirror image.
        batch_size: How many radiographs are predicted together.
    """

    folder: Path
    targets: tuple[tuple[str, int], ...]
    view: View
    mirror: bool
    batch_size: int


class Networks:
    """The networks of one system or of several, loaded.

    Attributes:
        loaded: The networks, by name.
        views: What they see, each view once, in the order of the members.
    """

    def __init__(
        self, members: Mapping[str, Member], load: Callable[[Path], Any] | None = None
    ) -> None:
        """Load the networks.

        Args:
            members: By name, as formulas know them; at least one.
            load: Loads the network of a folder; None: on the device that Keras uses.
        """
        load = load or networks.read
        self._members = members
        self.loaded = {name: load(member.folder) for name, member in members.items()}
        self.views = list(dict.fromkeys(member.view for member in members.values()))

    def predict(self, seen: Iterable[Sequence[Image]]) -> dict[Leaf, npt.NDArray[np.float64]]:
        """Return what each network says of each of its targets, as it would be recorded.

        Memory does not grow with the number of radiographs.

        Args:
            seen: Of each of n radiographs an image for each of `views`, in order.

        Returns:
            Probabilities, 0 to 1, as fracture/systems/formula.py takes them.
        """
        return self.explain(seen, {})[0]

    def explain(
        self, seen: Iterable[Sequence[Image]], explainers: "Mapping[str, Explainer]"
    ) -> "tuple[dict[Leaf, npt.NDArray[np.float64]], dict[str, list[Explained]]]":
        """Return what `predict` does and, from the same forward pass, why.

        Args:
            seen: As for `predict`.
            explainers: Of the networks that are to be explained, by name.

        Returns:
            What `predict` returns, and by name why: batch by batch, the last of which may repeat
            some of its own at its end.
        """
        explained: dict[str, list[Explained]] = {name: [] for name in explainers}
        parts: dict[str, list[Probabilities]] = {name: [] for name in self._members}
        full = 0
        for chunk in _chunks(seen, max(each.batch_size for each in self._members.values())):
            # Shorter than the first, the last chunk repeats its radiographs up to that length:
            # networks are traced once more for each length.
            full = full or len(chunk)
            rows = np.resize(np.arange(len(chunk)), full)
            images = dict(zip(self.views, map(np.stack, zip(*chunk, strict=True)), strict=True))
            for name, member in self._members.items():
                packed = images[member.view]
                if name in explainers:
                    explained[name].append(explain(explainers[name], member, packed, rows))
                    found = explained[name][-1].probabilities
                else:
                    found = predict(self.loaded[name], member, packed, rows)
                parts[name].append(found[: len(chunk)])
        leaves = {}
        for name, member in self._members.items():
            none = np.empty((0, sum(outputs for _, outputs in member.targets)))
            given, start = recorded(np.concatenate([none, *parts[name]], dtype=np.float64)), 0
            for target, outputs in member.targets:
                columns = slice(start, start + outputs) if outputs > 1 else start
                leaves[Leaf(network=name, target=target)] = given[:, columns]
                start += outputs
        return leaves, explained


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
    label: str = "",
) -> Probabilities:
    """Return the probabilities for each chosen radiograph, float32 (len(rows), outputs).

    Args:
        network: Radiographs in, probabilities (n, outputs) out.
        member: How it looks at them.
        images: uint8 (n, height, width, channels); only a batch of them is read at a time.
        rows: Positions of the radiographs.
        label: Of the progress bar; without one there is none.
    """
    size = member.batch_size
    upright = _predict(network, images, rows, size, label)
    if not member.mirror:
        return upright
    mirrored = _predict(network, images[:, :, ::-1], rows, size, _of_mirror_images(label))
    return _mean(upright, mirrored)


def explain(
    explainer: "Explainer",
    member: Member,
    images: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.intp],
    label: str = "",
) -> "Explained":
    """Return what `predict` does and, from the same forward passes, why.

    Where probabilities are averaged with those of mirror images, heat and fracture map are too,
    each mirrored back. Features are those of the radiographs as they are.

    Args:
        explainer: Of the network.
        member: How it looks at them.
        images: As for `predict`.
        rows: Positions of the radiographs.
        label: Of the progress bar; without one there is none.
    """
    upright = explainer.explain(images, rows, member.batch_size, label)
    if not member.mirror:
        return upright
    label = _of_mirror_images(label)
    mirrored = explainer.explain(images[:, :, ::-1], rows, member.batch_size, label)
    seen = None
    if upright.map is not None and mirrored.map is not None:
        seen = _mean(upright.map, mirrored.map[..., ::-1])
    return replace(
        upright,
        probabilities=_mean(upright.probabilities, mirrored.probabilities),
        heat=_mean(upright.heat, mirrored.heat[..., ::-1]),
        map=seen,
    )


def _mean(upright: Probabilities, mirrored: Probabilities) -> Probabilities:
    return np.float32(0.5) * (upright + mirrored)


def _of_mirror_images(label: str) -> str:
    return label and f"{label} mirror images"


def milliseconds(
    network: "keras.Model",
    member: Member,
    images: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.intp],
) -> float:
    """Return how long a radiograph takes, the median of three batches after a first one.

    Args:
        network: Radiographs in, probabilities (n, outputs) out.
        member: How it looks at them.
        images: uint8 (n, height, width, channels).
        rows: Positions of radiographs; the first batch of them is predicted.
    """
    batch = rows[: member.batch_size]

    def measure() -> float:
        start = perf_counter()
        predict(network, member, images, batch)
        return perf_counter() - start

    measure()  # which compiles the network
    return 1000 * median(measure() for _ in range(3)) / len(batch)


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
