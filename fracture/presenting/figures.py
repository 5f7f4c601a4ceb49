"""One style for every figure: colour-blind safe, and the same bytes from the same data."""

from collections.abc import Iterable
from pathlib import Path
from textwrap import fill

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.typing import ColorType

from fracture.artifacts.atomic import replacing

# Okabe and Ito (2008), distinguishable with the common colour vision deficiencies.
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#555555",
)  # fmt: skip

mpl.use("Agg")
plt.rcParams.update(
    {
        "axes.grid": True,
        "axes.prop_cycle": cycler(color=[BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, GREY]),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.dpi": 110,
        "figure.constrained_layout.use": True,
        "font.size": 10,
        "grid.alpha": 0.3,
        "legend.frameon": False,
    }
)


def save(figure: Figure, path: Path, synthetic: bool) -> None:
    """Save a figure as PNG without date or version, then close it.

    Args:
        figure: What to save.
        path: Where; the file appears there once it is complete.
        synthetic: Whether its radiographs are drawn: the figure is then stamped as synthetic.
    """
    if synthetic:
        figure.text(
            0.995, 0.005, "synthetic radiographs", ha="right", va="bottom", color=VERMILION, size=8
        )
    with replacing(path) as beside:
        figure.savefig(beside, metadata={"Software": None})
    plt.close(figure)


def note(text: str) -> Figure:
    """Return a figure that says why there is nothing to draw."""
    figure = plt.figure(figsize=(6, 1.4))
    figure.text(0.5, 0.5, fill(text, 60), ha="center", va="center", size=11)
    return figure


def text_colour(background: ColorType) -> str:
    """Return black or white, whichever contrasts more with a colour by WCAG 2."""
    colour = np.asarray(to_rgb(background), np.float64)
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - sRGB
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    # Where (luminance + 0.05) / 0.05 equals 1.05 / (luminance + 0.05).
    return "black" if luminance > 0.1791 else "white"  # noqa: PLR2004


def outline(
    axes: Axes,
    boxes: Iterable[tuple[float, float, float, float]],
    colour: str,
    width: float,
    shift: float = 0,
) -> None:
    """Outline fractures on a radiograph.

    Args:
        axes: With the radiograph as an image.
        boxes: (left, top, right, bottom) in pixels; the first pixel reaches from 0 to 1.
        colour: The colour of the lines.
        width: The width of the lines, points.
        shift: Where the radiograph begins in the image, pixels from the left.
    """
    for left, top, right, bottom in boxes:
        corner = (shift + left - 0.5, top - 0.5)  # Matplotlib's first pixel begins at -0.5.
        size = right - left, bottom - top
        axes.add_patch(Rectangle(corner, *size, fill=False, ec=colour, lw=width))
