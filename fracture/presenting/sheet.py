"""Contact sheets: many small radiographs in one figure, each with its caption."""

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

SIDE, LINE = 2.0, 0.16  # inches: a radiograph, a line of a caption


def sheet(images: list[npt.NDArray[np.uint8]], captions: list[str], columns: int) -> Figure:
    """Return a figure of radiographs, row after row, each under its caption.

    Args:
        images: uint8 (height, width), 0 black to 255 white, whatever their own range.
        captions: One for each image; may hold several lines.
        columns: Images in a row; the last row may hold fewer.

    Raises:
        ValueError: There are not as many captions as images.
    """
    pairs = list(zip(images, captions, strict=True))
    rows = -(-len(pairs) // columns)
    lines = 1 + max(caption.count("\n") for caption in captions)
    height = rows * (SIDE + lines * LINE) + LINE
    figure, axes = plt.subplots(rows, columns, squeeze=False, figsize=(columns * SIDE, height))
    free = LINE / height  # below the images, for the stamp of synthetic ones
    figure.set_layout_engine("constrained", rect=(0, free, 1, 1 - free))
    for axis in axes.flat:
        axis.axis("off")
    for axis, (image, caption) in zip(axes.flat, pairs, strict=False):
        axis.imshow(image, cmap="gray", vmin=0, vmax=255)
        axis.set_title(caption, fontsize=8)
    return figure
