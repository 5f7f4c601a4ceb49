"""The picture of explained predictions: right and wrong ones of both classes, the surest first."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.localisation import Localisation
from fracture.inference.gradcam import Explained, heatmap
from fracture.presenting.figures import BLUE, SKY, VERMILION, outline
from fracture.targets import FRACTURED

COLUMNS = 3
ROWS = {
    "fractured, recognised": (1, True),
    "fractured, missed": (1, False),
    "not fractured, recognised": (0, True),
    "not fractured, false alarm": (0, False),
}
THRESHOLD = 0.5
"""From which probability on the picture says fractured; the operating points that are reported are
chosen when the predictions are scored."""


def _heat_colours() -> ListedColormap:
    """Return a map that reads in grey too, and lets the radiograph through where it is cold."""
    steps = np.linspace(0, 1, 256)
    colours = mpl.colormaps["inferno"](steps)
    colours[:, 3] = 0.75 * steps
    return ListedColormap(colours, name="heat")


HEAT = _heat_colours()


def draw_overlays(
    packed: PackedImages,
    rows: npt.NDArray[np.intp],
    explained: Explained,
    localisation: Localisation,
) -> Figure:
    """Draw up to three correctly and three wrongly called radiographs of each class.

    Each stands there as it is and, beside it, under its heat, fracture boxes outlined where the
    data set gives them.

    Args:
        packed: Radiographs of all parts.
        rows: Positions of the n radiographs that may be shown.
        explained: Their probabilities of a fracture, (n,), and its heat, (n, rows, columns).
        localisation: How well the heatmaps point at the fractures: the text below the radiographs.
    """
    labels, probabilities = packed.table[FRACTURED].to_numpy()[rows], explained.probabilities
    right = (probabilities >= THRESHOLD) == labels
    figure, axes = plt.subplots(len(ROWS), COLUMNS, figsize=(11, 9))
    for line, (caption, (label, is_right)) in zip(axes, ROWS.items(), strict=True):
        found = np.flatnonzero((labels == label) & (right == is_right))
        surest = found[np.argsort(-abs(probabilities[found] - THRESHOLD), kind="stable")]
        colour = BLUE if is_right else VERMILION
        for ax in line:
            ax.axis("off")
        for ax, place in zip(line, surest, strict=False):
            _draw(ax, packed, rows[place], explained.heat[place])
            body_part = packed.table["body_part"].iloc[rows[place]]
            title = f"{body_part}, p = {probabilities[place]:.2f}"
            ax.set_title(title, fontsize=8, color=colour)
        line[0].text(
            -0.08, 0.5, f"{caption}\n(n = {len(found)})", transform=line[0].transAxes,
            rotation=90, va="center", ha="right", fontsize=9, color=colour,
        )  # fmt: skip
    bar = figure.colorbar(
        mpl.cm.ScalarMappable(mpl.colors.Normalize(0, 1), HEAT), ax=axes, shrink=0.5, aspect=30
    )
    bar.set_label("heat, relative to the hottest place of the radiograph")
    bar.ax.set_facecolor("gray")
    figure.suptitle(
        f"{localisation.model}: test radiographs with the predicted probability of a fracture, "
        f"and where it is seen (Grad-CAM)\n"
        f"fractured is called from {THRESHOLD} on; the surest stand first; fracture boxes outlined"
    )
    figure.supxlabel(caption_of(localisation), fontsize=8)
    return figure


def caption_of(localisation: Localisation) -> str:
    """Return what was measured, in three lines; one where there are no boxes."""
    if not localisation.n:
        return "No fractured test radiograph has a fracture box: localisation is not measured."
    lines = [
        f"{name}: {measure.network}, random weights {measure.random_weights}, "
        f"centred blob {measure.centred_blob}"
        for name, measure in (
            ("Hottest pixel in a box", localisation.pointing),
            ("Share of heat in boxes", localisation.energy),
        )
    ]
    basis = (
        f"n = {localisation.n} fractured radiographs with boxes, which cover "
        f"{100 * (localisation.box_area.value or 0):.1f} %; {100 * localisation.confidence:g} % "
        f"intervals; without any heat {localisation.empty}, "
        f"with random weights {localisation.empty_random_weights}"
    )
    return "\n".join([*lines, basis])


def _draw(ax: Axes, packed: PackedImages, row: int, heat: npt.NDArray[np.float32]) -> None:
    image = packed.images[row, :, :, 0]
    height, width = image.shape
    gap = np.full((height, width // 16), 255, np.uint8)
    hot = heatmap(heat, height, width)
    ax.imshow(np.hstack([image, gap, image]), cmap="gray", vmin=0, vmax=255)
    ax.imshow(np.hstack([0.0 * image, 0.0 * gap, hot]), cmap=HEAT, vmin=0, vmax=1)
    outline(ax, packed.boxes(row), SKY, width=1.2, shift=width + gap.shape[1])
