"""Contact sheets: many small radiographs in one figure, each with its caption."""

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from fracture.artifacts.arrays import PackedImages
from fracture.presenting.figures import ORANGE, SMALL, WIDTH, head, letters_in, outline
from fracture.targets import CLASSES, FRACTURED

SIDE, LINE = 2.0, 0.17  # inches: a radiograph at most, a line of a caption
COLUMNS, ROWS_OF_A_CLASS = 6, 2


def sheet(images: list[npt.NDArray[np.uint8]], captions: list[str], columns: int) -> Figure:
    """Return a figure of radiographs, row after row, each under its caption.

    Args:
        images: uint8 (height, width), 0 black to 255 white, whatever their own range.
        captions: One for each image; may hold several lines.
        columns: Images in a row; the last row may hold fewer.

    Raises:
        ValueError: There are not as many captions as images.
    """
    side = min(SIDE, WIDTH / columns)
    captions = [_broken(caption, letters_in(side)) for caption in captions]
    pairs = list(zip(images, captions, strict=True))
    rows = -(-len(pairs) // columns)
    lines = 1 + max(caption.count("\n") for caption in captions)
    height = rows * (side + lines * LINE) + LINE
    figure, axes = plt.subplots(rows, columns, squeeze=False, figsize=(columns * side, height))
    for axis in axes.flat:
        axis.axis("off")
    for axis, (image, caption) in zip(axes.flat, pairs, strict=False):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(caption, fontsize=SMALL)
    return figure


def _broken(caption: str, letters: int) -> str:
    """Return a caption whose lines have so many letters at most."""
    return "\n".join(fill(line, letters) for line in caption.split("\n"))


def sample_sheet(packed: PackedImages, variant: str) -> Figure:
    """Draw training radiographs as the networks see them, fracture boxes outlined.

    The fractured ones stand above; each class is evenly spaced over its rows of the table. Edges
    that have a channel of their own stand to the right of their radiograph.

    Args:
        packed: Radiographs of all parts.
        variant: What they went through, a key of `variants` in params.yaml.
    """
    train = packed.rows("train")
    fractured = packed.table[FRACTURED].to_numpy()[train] == 1
    channels = [0] if packed.images.shape[-1] == 1 else [1, 2]
    count = COLUMNS // len(channels) * ROWS_OF_A_CLASS
    chosen = np.concatenate([_evenly(train[rows], count) for rows in (fractured, ~fractured)])
    rows = packed.table.iloc[chosen]
    captions = [
        caption
        for label, part in zip(rows[FRACTURED], rows["body_part"], strict=True)
        for caption in (f"{CLASSES[label]}\n{part}", "its edges\n(third channel)")[: len(channels)]
    ]
    images = [packed.images[row, :, :, channel] for row in chosen for channel in channels]
    figure = sheet(images, captions, COLUMNS)
    for axis, row in zip(figure.axes, np.repeat(chosen, len(channels)), strict=False):
        outline(axis, packed.boxes(row), ORANGE, width=0.8)
    size = " x ".join(map(str, packed.images.shape[1:3]))
    head(
        figure,
        f"Variant {variant}: training radiographs as networks see them, {size} pixels; fracture "
        "boxes outlined",
    )
    return figure


def augmentation_sheet(views: list[npt.NDArray[np.uint8]]) -> Figure:
    """Draw a radiograph in each row: first as it is, then augmented.

    Args:
        views: uint8 (n, height, width, 1), the n radiographs as they are and each random draw.
    """
    captions = ["as it is", *(f"draw {draw}" for draw in range(1, len(views)))]
    by_radiograph = np.stack(views, axis=1)[..., 0]
    images = [image for row in by_radiograph for image in row]
    figure = sheet(images, captions * len(by_radiograph), len(views))
    head(figure, "Training radiographs and random draws of their augmentation")
    return figure


def _evenly(rows: npt.NDArray[np.intp], count: int) -> npt.NDArray[np.intp]:
    """Return at most `count` of the rows, at equal distances from the first to the last."""
    count = min(len(rows), count)
    return rows[np.linspace(0, len(rows) - 1, count).round().astype(int)]
