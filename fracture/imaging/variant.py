"""Radiographs as the networks see them: scaled, enhanced, padded."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.imaging.canny import canny
from fracture.imaging.decode import decode_again, read_bytes
from fracture.imaging.letterbox import fit, pad
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage
from fracture.params.radiographs import Canny

Image = npt.NDArray[np.uint8]

MEND = "unlike when it was ingested: restore it, or run `dvc repro --force ingest`"

STEPS: dict[str, Callable[[Image, Any], Image]] = {"canny": canny}


def enhance(image: Image, size: int, steps: Sequence[Canny]) -> Image:
    """Return a radiograph as the networks see it, uint8 (size, size).

    Args:
        image: Decoded for this size, uint8 (height, width).
        size: Side of the square, pixels.
        steps: What is done between scaling and padding, in order; each names a key of `STEPS`.
    """
    image = fit(image, size)
    for step in steps:
        image = STEPS[step.step](image, step)
    # Last, because the border of the padding is no edge of the radiograph.
    return pad(image, size)


def render(
    radiographs: Sequence[Radiograph], root: Path, size: int, steps: Sequence[Canny]
) -> Iterator[Image]:
    """Yield each radiograph as the networks see it, uint8 (size, size), in order.

    Args:
        radiographs: As ingested.
        root: The folder to which their paths are relative.
        size: Side of the square, pixels.
        steps: See `enhance`.

    Raises:
        PipelineError: A file is no longer the one that was ingested.
    """
    return in_threads(partial(_render, root=root, size=size, steps=steps), radiographs, "packing")


def _render(radiograph: Radiograph, root: Path, size: int, steps: Sequence[Canny]) -> Image:
    path = root / radiograph.path
    try:
        content = read_bytes(path)
        if sha256(content).hexdigest() != radiograph.sha256:
            raise PipelineError(f"{path} has changed, {MEND}")
        # The same bytes as when it was ingested: whether a cut file is kept was decided there.
        return enhance(decode_again(content, at_least=size), size, steps)
    except UnreadableImage as reason:
        raise PipelineError(f"{path} is {reason}, {MEND}") from None
