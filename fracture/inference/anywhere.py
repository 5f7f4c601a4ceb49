"""Radiographs that belong to no data set: found, rendered, predicted; what is unreadable named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fracture.imaging.decode import decode_grey, read_bytes
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage
from fracture.imaging.variant import Image, enhance
from fracture.inference.packing import packing
from fracture.inference.probabilities import predict
from fracture.judging.pool import pool
from fracture.params.radiographs import Canny, Variant

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Outcome:
    """What became of files.

    Attributes:
        probabilities: Of a fracture, as the network gives them, of the files that could be read.
        unreadable: Why the others could not be.
    """

    probabilities: dict[Path, float]
    unreadable: dict[Path, str]


def find_files(paths: Sequence[Path]) -> list[Path]:
    """Return files as given and those in folders, however deep, by name; each once.

    What begins with a dot, as systems and editors leave it behind, is passed over in folders. A
    path that does not exist is returned as it is: reading it tells.
    """
    return list(dict.fromkeys(file for path in paths for file in _files(path)))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for file in sorted(path.rglob("*")):
        hidden = any(name.startswith(".") for name in file.relative_to(path).parts)
        if not hidden and not file.is_dir():
            yield file


def predict_files(
    network: "keras.Model",
    files: Sequence[Path],
    variant: Variant,
    batch_size: int,
    *,
    mirror: bool,
) -> Outcome:
    """Return the probability of each file, rendered as large as the network's own input.

    Args:
        network: Radiographs in, probabilities (n, 1) out.
        files: At least one.
        variant: What the network was trained on.
        batch_size: How many are predicted together.
        mirror: Whether the network looks at mirror images too.
    """
    size = network.input_shape[1]
    unreadable: dict[Path, str] = {}
    with packing(len(files), size) as packed:
        work = partial(_look, size=size, steps=variant.steps)
        for row, image in enumerate(in_threads(work, files, "reading")):
            if isinstance(image, UnreadableImage):
                unreadable[files[row]] = str(image)
            else:
                packed[row, :, :, 0] = image
        readable = [row for row, file in enumerate(files) if file not in unreadable]
        if not readable:
            return Outcome({}, unreadable)
        probabilities = predict(network, packed, np.array(readable), batch_size, mirror=mirror)
    found = zip((files[row] for row in readable), map(float, probabilities), strict=True)
    return Outcome(dict(found), unreadable)


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """Return what several networks say of the same files together.

    Args:
        outcomes: Of one network or more; which files can be read does not depend on it.
    """
    files = outcomes[0].probabilities
    pooled = pool([np.array(list(each.probabilities.values())) for each in outcomes])
    return Outcome(dict(zip(files, pooled.tolist(), strict=True)), outcomes[0].unreadable)


def _look(file: Path, size: int, steps: Sequence[Canny]) -> Image | UnreadableImage:
    try:
        return enhance(decode_grey(read_bytes(file), at_least=size), size, steps)
    except UnreadableImage as reason:
        return reason
