"""A few pictures of what would be read, so that people see whether it is what they meant."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.raw import data_root
from fracture.imaging.decode import decode_grey, read_bytes
from fracture.imaging.unreadable import UnreadableImage
from fracture.presenting.figures import ORANGE, outline, save
from fracture.presenting.sheets import sheet
from fracture.targets import CLASSES
from tools.look.trial import Trial

PICTURES = 5
TRIED = 20  # radiographs of each class that are decoded in search of so many


def draw(trial: Trial, plot: Path) -> bool:
    """Draw radiographs of both classes with their boxes; return whether any could be decoded.

    Args:
        trial: With what is read.
        plot: Where the pictures go.
    """
    pairs = list(islice(_decoded(trial), PICTURES))
    if not pairs:
        return False
    captions = [f"{CLASSES[one.fractured]}\n{one.body_part}" for one, _ in pairs]
    figure = sheet([image for _, image in pairs], captions, len(pairs))
    for axis, (radiograph, _) in zip(figure.axes, pairs, strict=True):
        outline(axis, radiograph.boxes, ORANGE, width=0.8)
    plot.parent.mkdir(parents=True, exist_ok=True)
    save(figure, plot, synthetic=False)
    return True


def _decoded(trial: Trial) -> Iterator[tuple[Radiograph, npt.NDArray[np.uint8]]]:
    """Yield radiographs of the one and the other class, each class evenly spaced."""
    root = data_root(trial.proposal.section["root"])
    classes = [[one for one in trial.kept if one.fractured == label] for label in (True, False)]
    spaced = [radiographs[:: max(1, len(radiographs) // TRIED)] for radiographs in classes]
    for pair in zip(*spaced, strict=False):
        for radiograph in pair:
            try:
                yield radiograph, decode_grey(read_bytes(root / radiograph.path))
            except UnreadableImage:
                continue
