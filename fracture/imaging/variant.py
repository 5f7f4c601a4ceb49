"""Radiographs as the networks see them, scaled, enhanced and padded, and the table beside them."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts import arrays
from fracture.artifacts.manifest import Radiograph, require_same
from fracture.artifacts.splits import Part
from fracture.console import PipelineError
from fracture.imaging.decode import decode_again, read_bytes
from fracture.imaging.letterbox import fit, pad, place_boxes
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage
from fracture.params.radiographs import Canny, CannyChannel, Clahe, Edges, Step

Image = npt.NDArray[np.uint8]

MEND = "unlike when it was ingested: restore it, or run `dvc repro --force ingest`"


def find_edges(image: Image, step: Edges) -> Image:
    """Return the edges of a radiograph, 255 on 0.

    Args:
        image: uint8 (height, width).
        step: Blur before the search, and thresholds on the gradient of a 3 x 3 Sobel operator,
            measured as |dx| + |dy|.

    Returns:
        uint8 (height, width).

    Reference:
        Canny, "A Computational Approach to Edge Detection", IEEE TPAMI 8, 679-698 (1986).
    """
    smooth = cv2.GaussianBlur(image, (0, 0), step.blur) if step.blur else image
    return np.asarray(cv2.Canny(smooth, step.low, step.high), np.uint8)


def canny(image: Image, step: Canny) -> Image:
    """Return (1 - blend) x radiograph + blend x edges, uint8 (height, width).

    Args:
        image: uint8 (height, width).
        step: How edges are found, and their share; at 1 they replace the radiograph.
    """
    edges = find_edges(image, step)
    return cv2.addWeighted(image, 1 - step.blend, edges, step.blend, 0).astype(np.uint8, copy=False)


def canny_channel(image: Image, step: CannyChannel) -> Image:
    """Return radiograph, radiograph and edges, uint8 (height, width, 3).

    A backbone has three channels, and published weights expect much the same in each. So the
    radiograph keeps two: features of frozen backbones lost 0.009 of AUROC on FracAtlas, and 0.026
    where edges filled two (docs/experiments.md).

    Args:
        image: uint8 (height, width).
        step: How edges are found.
    """
    return np.stack([image, image, find_edges(image, step)], axis=-1)


def clahe(image: Image, step: Clahe) -> Image:
    """Return a radiograph whose contrast is made equal from tile to tile, uint8 (height, width).

    Args:
        image: uint8 (height, width).
        step: How far, and how many tiles.

    Reference:
        Zuiderveld, "Contrast Limited Adaptive Histogram Equalization", Graphics Gems IV, 474-485
        (1994).
    """
    equalise = cv2.createCLAHE(clipLimit=step.clip, tileGridSize=(step.tiles, step.tiles))
    return np.asarray(equalise.apply(image), np.uint8)


STEPS: dict[str, Callable[[Image, Any], Image]] = {
    "canny": canny,
    "canny_channel": canny_channel,
    "clahe": clahe,
}


@dataclass(frozen=True)
class View:
    """What a network sees of a radiograph.

    Attributes:
        size: Side of the square, pixels.
        steps: What is done between scaling and padding, in order; each names a key of `STEPS`.
    """

    size: int
    steps: tuple[Step, ...]

    @property
    def channels(self) -> int:
        """How many channels it has: 3 where edges have one of their own, else 1."""
        return 3 if any(isinstance(step, CannyChannel) for step in self.steps) else 1


def enhance(image: Image, view: View) -> Image:
    """Return a radiograph as a network sees it, uint8 (size, size, channels).

    Its longer side is scaled to the size (area average; bilinear to enlarge), the steps are done,
    and it is centred on black.

    Args:
        image: Decoded for the view's size, uint8 (height, width).
        view: Size and steps.
    """
    image = fit(image, view.size)
    for step in view.steps:
        image = STEPS[step.step](image, step)
    # Last, because the border of the padding is no edge of the radiograph.
    return pad(image, view.size).reshape(view.size, view.size, view.channels)


def see(
    content: bytes, views: Sequence[View], bits: int, whole: Image | None = None
) -> list[Image]:
    """Return a radiograph in each view, uint8 (size, size, channels); decoded once for each size.

    Upright 8-bit grey; a large JPEG is decoded at a half, a quarter or an eighth of its sides, as
    long as they keep 2.5 times the size.

    Args:
        content: Of a file that was found to be whole, or that may be cut short.
        views: At least one.
        bits: What the data set uses where a file of 16 bits does not say; 0 where not known.
        whole: What `decode` returned for it, which is not decoded again then.

    Raises:
        UnreadableImage: Nothing can be decoded.
    """
    sizes = {view.size for view in views}
    decoded = {
        size: decode_again(content, bits=bits, at_least=size) if whole is None else whole
        for size in sizes
    }
    return [enhance(decoded[view.size], view) for view in views]


def render(
    radiographs: Sequence[Radiograph], root: Path, views: Sequence[View]
) -> Iterator[list[Image]]:
    """Yield each radiograph in each view, uint8 (size, size, channels), in order.

    Args:
        radiographs: As ingested.
        root: The folder to which their paths are relative.
        views: At least one.

    Raises:
        PipelineError: A file is no longer the one that was ingested.
    """
    return in_threads(partial(_render, root=root, views=views), radiographs, "packing")


def _render(radiograph: Radiograph, root: Path, views: Sequence[View]) -> list[Image]:
    path = root / radiograph.path
    try:
        content = read_bytes(path)
        if sha256(content).hexdigest() != radiograph.sha256:
            raise PipelineError(f"{path} has changed, {MEND}")
        # The same bytes as when it was ingested: whether a cut file is kept was decided there.
        return see(content, views, radiograph.bits)
    except UnreadableImage as reason:
        raise PipelineError(f"{path} is {reason}, {MEND}") from None


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
    return table.assign(
        part=table["id"].map(parts),
        age=["" if each.age is None else f"{each.age:g}" for each in radiographs],
        flags=table["flags"].map(";".join),
        labels=table["labels"].map(json.dumps),
        boxes=boxes,
    )[arrays.COLUMNS]


def _boxes(radiograph: Radiograph, size: int) -> str:
    placed = place_boxes(radiograph.boxes, radiograph.width, radiograph.height, size)
    return json.dumps([[round(edge, 2) for edge in box] for box in placed])
