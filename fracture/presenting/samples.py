"""A contact sheet of training radiographs as the networks see them."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fracture.artifacts.arrays import PackedImages
from fracture.imaging.letterbox import Box
from fracture.presenting.figures import ORANGE
from fracture.presenting.sheet import sheet

COLUMNS, ROWS_OF_A_CLASS = 6, 2


def draw_samples(packed: PackedImages) -> Figure:
    """Draw training radiographs, fractured ones above; each class evenly spaced over its rows.

    The fracture boxes that the data set gives are outlined.
    """
    train = packed.rows("train")
    fractured = packed.table["fractured"].to_numpy()[train] == 1
    shown = np.concatenate([_spread(train[fractured]), _spread(train[~fractured])])
    rows = packed.table.iloc[shown]
    captions = [
        f"{'fractured' if label else 'not fractured'}\n{part}"
        for label, part in zip(rows["fractured"], rows["body_part"], strict=True)
    ]
    figure = sheet(list(packed.images[shown, :, :, 0]), captions, COLUMNS)
    for axis, row in zip(figure.axes, shown, strict=False):
        for box in packed.boxes(row):
            _outline(axis, box)
    return figure


def _spread(rows: np.ndarray) -> np.ndarray:
    count = min(len(rows), COLUMNS * ROWS_OF_A_CLASS)
    return rows[np.linspace(0, len(rows) - 1, count).round().astype(int)]


def _outline(axis: Axes, box: Box) -> None:
    left, top, right, bottom = box
    corner = (left - 0.5, top - 0.5)  # Matplotlib's first pixel reaches from -0.5 to 0.5
    axis.add_patch(Rectangle(corner, right - left, bottom - top, fill=False, ec=ORANGE, lw=0.8))
