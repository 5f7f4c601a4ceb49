"""The picture of explained predictions: right and wrong ones of both classes, the surest first."""

from textwrap import fill

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.localisation import Localisation
from fracture.inference.gradcam import Explained, enlarge, heatmap
from fracture.presenting.figures import BLUE, SKY, SMALL, VERMILION, WIDTH, head, outline
from fracture.presenting.words import called
from fracture.targets import FRACTURED

PICTURES = 6
"""Side by side, of two or three radiographs: each as it is, and under each heat."""
LETTERS = 115
"""In a line below the radiographs."""
ROWS = {
    "fractured, recognised": (1, True),
    "fractured, missed": (1, False),
    "not fractured, recognised": (0, True),
    "not fractured, false alarm": (0, False),
}
EVEN = 0.5
"""Heat is even where nine in ten places are hotter than this share of the hottest one."""
THRESHOLD = 0.5
"""From which probability on the picture says fractured; the operating points that are reported are
chosen when the predictions are scored."""


def colour_of(right: bool) -> str:
    """Return the colour of what a network calls rightly, or wrongly."""
    return BLUE if right else VERMILION


def _heat_colours() -> ListedColormap:
    """Return a map that reads in grey too, and lets the radiograph through where it is cold."""
    steps = np.linspace(0, 1, 256)
    colours = mpl.colormaps["inferno"](steps)
    colours[:, 3] = 0.75 * steps
    return ListedColormap(colours, name="heat")


HEAT = _heat_colours()


def show(
    ax: Axes, image: npt.NDArray[np.uint8], heat: npt.NDArray[np.floating] | None = None
) -> None:
    """Show a radiograph, perhaps under heat.

    Args:
        ax: Where.
        image: uint8 (height, width), 0 black to 255 white, whatever its own range.
        heat: Of the same shape, 0 to 1.
    """
    ax.imshow(image, cmap="gray", vmin=0, vmax=255)
    if heat is not None:
        ax.imshow(heat, cmap=HEAT, vmin=0, vmax=1)


def name_line(ax: Axes, caption: str, right: bool, rotation: float = 0) -> None:
    """Write what a line of radiographs shows to the left of its first.

    Args:
        ax: Of the first radiograph.
        caption: What is written.
        right: Whether they are called rightly.
        rotation: Of the text, degrees.
    """
    ax.text(
        -0.08, 0.5, caption, transform=ax.transAxes, rotation=rotation, va="center", ha="right",
        fontsize=SMALL, color=colour_of(right),
    )  # fmt: skip


def draw_overlays(
    packed: PackedImages,
    rows: npt.NDArray[np.intp],
    explained: Explained,
    localisation: Localisation,
    gradcam: npt.NDArray[np.float32] | None,
    title: str,
) -> Figure:
    """Draw up to three correctly and three wrongly called radiographs of each class; two with maps.

    Each stands there as it is and, beside it, under its heat, fracture boxes outlined where the
    data set gives them. A fracture map is shown as it is, with Grad-CAM as a third picture.

    Args:
        packed: Radiographs of all parts.
        rows: Positions of the n radiographs that may be shown.
        explained: Their probabilities of a fracture, (n,), and its heat, (n, rows, columns).
        localisation: How well the heatmaps point at the fractures: the text below the radiographs.
        gradcam: Heat of Grad-CAM, (n, rows, columns), where `explained` has that of a fracture map.
        title: Stands above, such as the model's name.
    """
    labels, probabilities = packed.table[FRACTURED].to_numpy()[rows], explained.probabilities
    right = (probabilities >= THRESHOLD) == labels
    maps, heat = ([], explained.heat) if gradcam is None else ([explained.heat], gradcam)
    size = packed.images.shape[1:3]
    columns = PICTURES // (2 + len(maps))
    figure, axes = plt.subplots(len(ROWS), columns, figsize=(WIDTH, 8.4))
    for ax in axes.flat:
        ax.axis("off")
    for line, (caption, (label, is_right)) in zip(axes, ROWS.items(), strict=True):
        found = np.flatnonzero((labels == label) & (right == is_right))
        surest = found[np.argsort(-abs(probabilities[found] - THRESHOLD), kind="stable")]
        names = caption.replace(", ", ",\n") + f"\n(n = {len(found)})"
        name_line(line[0], names, is_right, rotation=90)
        for ax, place in zip(line, surest, strict=False):
            hot = [enlarge(one[place], *size) for one in maps] + [heatmap(heat[place], *size)]
            _draw(ax, packed, rows[place], hot)
            above = f"{packed.table['body_part'].iloc[rows[place]]}, p = {probabilities[place]:.2f}"
            if said := evenness(heat[place]):
                above += f"\n{called('gradcam')} {said}"
            ax.set_title(above, fontsize=SMALL, color=colour_of(is_right))
    _draw_scale(figure, axes, "map: probability; Grad-CAM: " if maps else "")
    where = "fracture map, then Grad-CAM" if maps else called(localisation.kind)
    head(
        figure,
        f"{title}: test radiographs with the predicted probability of a fracture, "
        f"and where it is seen ({where})",
        f"fractured is called from {THRESHOLD} on; the surest stand first; fracture boxes outlined",
    )
    lines = caption_of(localisation).splitlines()
    figure.supxlabel("\n".join(fill(line, LETTERS) for line in lines), fontsize=SMALL)
    return figure


def evenness(heat: npt.NDArray[np.float32]) -> str:
    """Say that Grad-CAM points at no place, because it has no heat or is hot all over; else "".

    Args:
        heat: Of a radiograph, (rows, columns), 0 or more.
    """
    if heat.max() <= 0:
        return "has no heat"
    return "is hot all over" if np.quantile(heat, 0.1) > EVEN * heat.max() else ""


def caption_of(localisation: Localisation) -> str:
    """Return what was measured, a line for each measure; one where there are no boxes."""
    if not localisation.n:
        return "No fractured test radiograph has a fracture box: localisation is not measured."
    lines = [
        f"{name}: {called(localisation.kind)} {measure.network}, "
        + ", ".join(f"{called(kind)} {estimate}" for kind, estimate in measure.others)
        for name, measure in (
            ("Hottest pixel in a box", localisation.pointing),
            ("Share of heat in boxes", localisation.energy),
            ("Fractures marked at 0.5 false marks a radiograph", localisation.sensitivity["0.5"]),
        )
    ]
    basis = (
        f"n = {localisation.n} fractured radiographs with boxes, which cover "
        f"{100 * (localisation.box_area.value or 0):.1f} %, and {localisation.normal} without a "
        f"fracture; {100 * localisation.confidence:g} % intervals; without any heat "
        f"{localisation.empty}, with random weights {localisation.empty_random_weights}"
    )
    return "\n".join([*lines, basis])


def _draw(ax: Axes, packed: PackedImages, row: int, hot: list[npt.NDArray[np.float32]]) -> None:
    """Draw a radiograph, and again under each heat, side by side."""
    image = packed.images[row, :, :, 0]
    height, width = image.shape
    gap = np.full((height, width // 16), 255, np.uint8)
    heat = [side for one in hot for side in (0.0 * gap, one)]
    show(ax, np.hstack([image, *[gap, image] * len(hot)]), np.hstack([0.0 * image, *heat]))
    for place in range(len(hot)):
        shift = (place + 1) * (width + gap.shape[1])
        outline(ax, packed.boxes(row), SKY, width=1.2, shift=shift)


def _draw_scale(figure: Figure, axes: npt.NDArray[np.object_], before: str) -> None:
    """Draw what the colours of the heat mean beside all axes, after what stands before."""
    colours = mpl.cm.ScalarMappable(mpl.colors.Normalize(0, 1), HEAT)
    bar = figure.colorbar(colours, ax=axes, shrink=0.5, aspect=30)
    bar.set_label(f"{before}heat, relative to the hottest place of the radiograph")
    bar.ax.set_facecolor("gray")
