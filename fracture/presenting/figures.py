"""One style for every figure: colour-blind safe, and the same bytes from the same data."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import cycle, product
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
from PIL import Image

from fracture.artifacts.atomic import replacing

# Okabe and Ito (2008), distinguishable with the common colour vision deficiencies.
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, GREY = (
    "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#555555",
)  # fmt: skip
COLOURS = (BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY)
"""Of lines that are told apart; grey is of what they are held against."""
HEAD, SMALL = 10.5, 9.0
"""Sizes of the title of a figure and of its smallest text, points."""
WIDTH = 9.0
"""Of a figure, inches: on a page whose text is 16 cm wide, `SMALL` is printed at 6.3 points."""

mpl.use("Agg")
plt.rcParams.update(
    {
        "axes.grid": True,
        "axes.prop_cycle": cycler(color=[*COLOURS, GREY]),
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.dpi": 110,
        "figure.constrained_layout.use": True,
        "font.size": 10,
        "grid.alpha": 0.3,
        "legend.frameon": False,
        "pdf.fonttype": 42,  # letters stay letters, which journals ask for
        "savefig.bbox": "tight",  # what a long name pushes over the edge is not cut
        "svg.hashsalt": "fracture",  # instead of a random one
    }
)

METADATA: dict[str, dict[str, str | None]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".svg": {"Date": None, "Creator": None},
}
"""What a file says of itself by its format: neither when nor by which version it was drawn."""
NOTE = "nothing to show"
"""What the PNG of a note says of itself, so that nobody takes it for a figure."""


@dataclass(frozen=True)
class Look:
    """How a system is drawn: colour, marker and line, as Matplotlib names them."""

    colour: str
    marker: str
    line: str


LOOKS = tuple(
    Look(colour, marker, line)
    for (marker, line), colour in product(
        (("o", "-"), ("s", "--"), ("^", "-."), ("v", ":")),
        COLOURS,
    )
)
"""24 that differ; where a colour returns, marker and line are others."""


def looks(names: Iterable[str]) -> dict[str, Look]:
    """Return how each system of a run is drawn, the same in every figure.

    Args:
        names: All systems of the run, in their order.
    """
    return dict(zip(names, cycle(LOOKS), strict=False))


def save(figure: Figure, path: Path, synthetic: bool) -> None:
    """Save a figure without date or version, then close it.

    Args:
        figure: What to save.
        path: Where, its suffix is a key of `METADATA`; the file appears there once it is complete.
        synthetic: Whether its radiographs are drawn: the figure is then stamped as synthetic.
    """
    if synthetic:
        # Below the figure, which grows by this line: the stamp hides nothing.
        figure.text(
            1, 0, "synthetic radiographs", ha="right", va="top", color=VERMILION, size=SMALL
        )
    figure.draw_without_rendering()  # places everything, with room for legends at the edges
    figure.set_layout_engine("none")
    for legend in figure.legends:
        # By default it stays at the edge of the file, which "tight" moves away from the figure's.
        legend.set_bbox_to_anchor((0, 0, 1, 1), figure.transFigure)
    metadata = dict(METADATA[path.suffix])
    if path.suffix == ".png" and not figure.axes:
        metadata["Comment"] = NOTE
    with replacing(path) as beside:
        figure.savefig(beside, metadata=metadata)
    plt.close(figure)


def note(text: str) -> Figure:
    """Return a figure that says why there is nothing to draw."""
    figure = plt.figure(figsize=(6, 1.4))
    figure.text(0.5, 0.5, fill(text, 60), ha="center", va="center", size=11)
    return figure


def is_note(picture: Path) -> bool:
    """Return whether a PNG that `save` wrote shows a note in place of a figure."""
    with Image.open(picture) as image:
        return image.info.get("Comment") == NOTE


def letters_in(inches: float) -> int:
    """Return how many letters of the smallest text stand side by side in a width, roughly."""
    return max(4, int(inches * 72 / (0.6 * SMALL)))


def head(figure: Figure, *lines: str) -> None:
    """Write the title of a figure: what it shows, then what it rests on.

    Args:
        figure: Whose width the lines are broken to.
        lines: Of the title, each broken where it is too long.
    """
    letters = int(figure.get_figwidth() * 72 / (0.58 * HEAD))  # 0.58: a wide letter, in its size
    figure.suptitle("\n".join(fill(line, letters) for line in lines), size=HEAD)


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
