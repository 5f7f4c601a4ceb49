"""A contact sheet of training radiographs as the networks see them."""

import numpy as np
from matplotlib.figure import Figure

from stages.artifacts.arrays import PackedImages
from stages.imaging.sheet import sheet

COLUMNS, ROWS_OF_A_CLASS = 6, 2


def draw_samples(packed: PackedImages) -> Figure:
    """Draw training radiographs, fractured ones above; each class evenly spaced over its rows."""
    train = packed.rows("train")
    fractured = packed.table["fractured"].to_numpy()[train] == 1
    shown = np.concatenate([_spread(train[fractured]), _spread(train[~fractured])])
    rows = packed.table.iloc[shown]
    captions = [
        f"{'fractured' if label else 'not fractured'}\n{part}"
        for label, part in zip(rows["fractured"], rows["body_part"], strict=True)
    ]
    return sheet(list(packed.images[shown, :, :, 0]), captions, COLUMNS)


def _spread(rows: np.ndarray) -> np.ndarray:
    count = min(len(rows), COLUMNS * ROWS_OF_A_CLASS)
    return rows[np.linspace(0, len(rows) - 1, count).round().astype(int)]
