"""The picture of sample predictions: right and wrong ones of both classes, the surest first."""

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from stages.figures import BLUE, VERMILION

COLUMNS = 4
ROWS = {
    "fractured, recognised": (1, True),
    "fractured, missed": (1, False),
    "not fractured, recognised": (0, True),
    "not fractured, false alarm": (0, False),
}


def draw_samples(images: npt.NDArray[np.uint8], table: pd.DataFrame, title: str) -> Figure:
    """Draw up to four radiographs for each of right and wrong in both classes.

    A radiograph is called fractured from a probability of 0.5 here; the operating point that is
    reported is chosen when the predictions are scored.

    Args:
        images: uint8 (n, height, width, 1).
        table: n rows with `fractured`, `probability`, `body_part`.
        title: Stands above, such as the model's name.
    """
    labels, probabilities = table["fractured"].to_numpy(), table["probability"].to_numpy()
    right = (probabilities >= 0.5) == labels  # noqa: PLR2004
    figure, axes = plt.subplots(len(ROWS), COLUMNS, figsize=(8, 9))
    for line, (caption, (label, is_right)) in zip(axes, ROWS.items(), strict=True):
        found = np.flatnonzero((labels == label) & (right == is_right))
        surest = found[np.argsort(-abs(probabilities[found] - 0.5), kind="stable")][:COLUMNS]
        colour = BLUE if is_right else VERMILION
        for ax in line:
            ax.axis("off")
        for ax, row in zip(line, surest, strict=False):
            ax.imshow(images[row, :, :, 0], cmap="gray", vmin=0, vmax=255)
            body_part = table["body_part"].iloc[row]
            ax.set_title(f"{body_part}, p = {probabilities[row]:.2f}", fontsize=8, color=colour)
        line[0].text(
            -0.08, 0.5, f"{caption}\n(n = {len(found)})", transform=line[0].transAxes,
            rotation=90, va="center", ha="right", fontsize=9, color=colour,
        )  # fmt: skip
    figure.suptitle(f"{title}: test radiographs with the predicted probability of a fracture")
    return figure
