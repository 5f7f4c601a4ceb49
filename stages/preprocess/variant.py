"""One variant of all radiographs: scaled, enhanced, padded, packed in the order of the manifest."""

import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from stages.artifacts import arrays
from stages.artifacts.manifest import Radiograph, require_same
from stages.artifacts.splits import Part
from stages.console import PipelineError
from stages.imaging.decode import decode_grey, read_bytes
from stages.imaging.letterbox import fit, pad, place_boxes
from stages.imaging.threads import in_threads
from stages.imaging.unreadable import UnreadableImage
from stages.params.preprocess import Canny
from stages.preprocess.canny import canny

Image = npt.NDArray[np.uint8]

MEND = "unlike when it was ingested: restore it, or run `dvc repro --force ingest`"

STEPS: dict[str, Callable[[Image, Any], Image]] = {"canny": canny}


def tabulate_parts(
    radiographs: Sequence[Radiograph], parts: dict[str, Part], size: int
) -> pd.DataFrame:
    """Return one row for each radiograph, in order, with the columns of `arrays.COLUMNS`.

    Args:
        radiographs: As ingested.
        parts: Of the split, by id.
        size: Side of the squares, pixels, in which the boxes are placed, to 0.01 pixels.

    Raises:
        PipelineError: The split is not one of these radiographs.
    """
    require_same(radiographs, parts)
    table = pd.DataFrame(radiographs)
    boxes = [_boxes(radiograph, size) for radiograph in radiographs]
    return table.assign(part=table["id"].map(parts), boxes=boxes)[arrays.COLUMNS]


def _boxes(radiograph: Radiograph, size: int) -> str:
    placed = place_boxes(radiograph.boxes, radiograph.width, radiograph.height, size)
    return json.dumps([[round(edge, 2) for edge in box] for box in placed])


def render(
    radiographs: Sequence[Radiograph], root: Path, size: int, steps: Sequence[Canny]
) -> Iterator[Image]:
    """Yield each radiograph as the networks see it, uint8 (size, size), in order.

    Args:
        radiographs: As ingested.
        root: The folder to which their paths are relative.
        size: Side of the square, pixels.
        steps: What is done between scaling and padding, in order; each names a key of `STEPS`.

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
        image = fit(decode_grey(content, at_least=size, truncated=True), size)
    except UnreadableImage as reason:
        raise PipelineError(f"{path} is {reason}, {MEND}") from None
    for step in steps:
        image = STEPS[step.step](image, step)
    # Last, because the border of the padding is no edge of the radiograph.
    return pad(image, size)
