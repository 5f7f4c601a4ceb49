"""Estimates with their intervals: forest plots, a row each, the first on top; upright on curves."""

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fracture.artifacts.row import Estimate
from fracture.presenting.figures import GREY, SMALL, WIDTH, Look


def stacked(heights: Sequence[float], legend: float) -> tuple[Figure, list[Axes]]:
    """Return a figure with panels one below the other.

    Args:
        heights: Of the panels, inches.
        legend: What is left for a legend below them, inches.
    """
    figure, panels = plt.subplots(
        len(heights), figsize=(WIDTH, legend + sum(heights)), squeeze=False,
        gridspec_kw={"height_ratios": heights},
    )  # fmt: skip
    return figure, list(panels[:, 0])


def draw_estimate(
    axes: Axes, row: float, estimate: Estimate, look: Look, filled: bool = True
) -> None:
    """Draw a value and its interval; whichever of the two is undefined is left out.

    Args:
        axes: Whose horizontal axis is the score.
        row: Vertical position; rows are 1 apart.
        estimate: The value and the ends of its interval.
        look: Of what is estimated.
        filled: Whether the marker is filled, or white inside.
    """
    low, value, high = (
        np.nan if end is None else end for end in (estimate.low, estimate.value, estimate.high)
    )
    axes.plot([low, high], [row, row], look.line, color=look.colour, linewidth=2.2)
    face = look.colour if filled else "white"
    axes.plot(
        value, row, look.marker, color=look.colour, markerfacecolor=face, markersize=7,
        markeredgewidth=1.6,
    )  # fmt: skip


def draw_upright(
    axes: Axes, across: float, estimate: Estimate, look: Look, filled: bool = True
) -> None:
    """Draw a value and its interval upright; an end that is undefined is left out.

    Args:
        axes: Whose vertical axis is the score.
        across: Horizontal position.
        estimate: The value, 0 where it is undefined, and the ends of its interval.
        look: Of what is estimated.
        filled: Whether the marker is filled, or white inside.
    """
    value = estimate.value or 0
    low, high = (value if end is None else end for end in (estimate.low, estimate.high))
    axes.errorbar(
        across, value, [[value - low], [high - value]], color=look.colour, marker=look.marker,
        markerfacecolor=look.colour if filled else "white", capsize=3, linestyle="",
        clip_on=False, zorder=3,
    )  # fmt: skip


def write_beside(axes: Axes, row: float, text: str) -> None:
    """Write a text to the right of a row.

    Args:
        axes: Of the forest plot.
        row: Vertical position; rows are 1 apart.
        text: What is written.
    """
    axes.annotate(
        text, (1.02, row), xycoords=("axes fraction", "data"), va="center", size=SMALL,
        annotation_clip=False,
    )  # fmt: skip


def name_rows(axes: Axes, names: Sequence[str], reference: float, style: str = ":") -> None:
    """Name the rows from top to bottom, and draw the value that they are compared with.

    Args:
        axes: With all estimates drawn.
        names: One for each row.
        reference: Where the vertical line stands.
        style: The style of that line, as Matplotlib names it.
    """
    axes.axvline(reference, color=GREY, linestyle=style, linewidth=1.2, zorder=1)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
