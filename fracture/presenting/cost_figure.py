"""Figures of the test AUROC of each system against its cost, its name beside the plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, MaxNLocator

from fracture.artifacts.comparison import Comparison
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Scores
from fracture.presenting.figures import GREY, SMALL, WIDTH, Look, head, note
from fracture.presenting.forest import draw_upright
from fracture.presenting.words import mean_over, trainings

LABEL = 0.22
"""Height of a line of text, inches."""
MARGINS = 1.3
"""Height of title and axis together, inches."""
NARROW = 10
"""Where the highest cost is less than so many times the lowest, ticks are evenly spaced: 1, 2, 5
and so on might be two."""


@dataclass(frozen=True)
class Priced:
    """A system, its cost and its test AUROC.

    Attributes:
        name: Of the system.
        cost: Above 0.
        auroc: On test; it has a value.
        chosen: Whether it is the one that validation chose.
        filled: Whether its marker is filled, or white inside: not told apart from the one chosen.
        look: How the system is drawn in every figure.
    """

    name: str
    cost: float
    auroc: Estimate
    chosen: bool
    filled: bool
    look: Look


def draw(comparison: Comparison, scores: Mapping[str, Scores], drawn: Mapping[str, Look]) -> Figure:
    """Draw the ranked systems against the multiply-adds for a radiograph.

    Args:
        comparison: Of the headline's target.
        scores: Of all systems, by name.
        drawn: How each of them is drawn.
    """
    first = comparison.ranking[0]
    priced = [
        Priced(
            name, each.footprint.multiply_adds, each.auroc, name == first,
            name not in comparison.not_told_apart, drawn[name],
        )
        for name, each in ((name, scores[name]) for name in comparison.ranking)
        if each.footprint and each.footprint.multiply_adds and each.auroc.value is not None
    ]  # fmt: skip
    axis = "multiply-adds for a radiograph, sum over networks (logarithmic)"
    return against(priced, axis, scores[first].basis, comparison.seeds)


def against(priced: Sequence[Priced], axis: str, basis: str, seeds: int) -> Figure:
    """Draw systems against what they cost; without any the figure says so.

    Args:
        priced: The systems.
        axis: What the cost is, and its unit.
        basis: What the scores rest on.
        seeds: Of each training.
    """
    if not priced:
        return note("What the systems cost is not known.")
    height = max(4.0, LABEL * len(priced) + MARGINS + 0.5)
    figure, axes = plt.subplots(figsize=(WIDTH, height))
    costs = beside([each.cost for each in priced])
    for each, cost in zip(priced, costs, strict=True):
        draw_upright(axes, cost, each.auroc, each.look, each.filled)
    axes.set_xscale("log")
    narrow = max(costs) < NARROW * min(costs)
    even = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], min_n_ticks=3)
    axes.xaxis.set_major_locator(even if narrow else LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(EngFormatter())
    axes.minorticks_off()
    axes.set(xlabel=axis, ylabel="test AUROC")
    _name_systems(axes, costs, priced, LABEL / (height - MARGINS))
    title = [f"Test AUROC{mean_over(seeds)} against cost; bold: the system that validation chose"]
    if not all(each.filled for each in priced):
        title.append(f"white inside: not distinguishable from it, of {trainings(seeds)}")
    head(figure, *title, basis)
    return figure


def _name_systems(axes: Axes, costs: list[float], systems: Sequence[Priced], gap: float) -> None:
    """Write name and AUROC of each system beside the plot, joined to its marker by a line.

    Args:
        axes: With all systems drawn.
        costs: Where each stands.
        systems: As many.
        gap: Least distance of the names, as a share of the height of the axes.
    """
    bottom, top = axes.get_ylim()
    values = [each.auroc.value or 0 for each in systems]
    heights = spread([(value - bottom) / (top - bottom) for value in values], gap)
    for each, cost, value, at in zip(systems, costs, values, heights, strict=True):
        axes.annotate(
            f"{each.name}, {value:.3f}", (cost, value), (1.04, at), size=SMALL, va="center",
            textcoords="axes fraction", weight="bold" if each.chosen else "normal", zorder=2,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": GREY, "linewidth": 0.6, "alpha": 0.7,
                "relpos": (0, 0.5), "shrinkA": 2,
            },
        )  # fmt: skip


def beside(costs: Sequence[float]) -> list[float]:
    """Return where systems stand: those of equal cost 3 % apart, so that intervals are told apart.

    Args:
        costs: Of the systems, above 0.
    """
    places = []
    for at, cost in enumerate(costs):
        before, all_of_it = list(costs[:at]).count(cost), list(costs).count(cost)
        places.append(float(cost * 1.03 ** (before - (all_of_it - 1) / 2)))
    return places


def spread(heights: Sequence[float], gap: float) -> list[float]:
    """Return heights that are a gap apart or more, in the same order, moved up where they crowd.

    Args:
        heights: Of labels, 0 to 1.
        gap: Least distance; where there is no room for that within 0 to 1, the even distance.
    """
    order = np.argsort(heights, kind="stable")
    gap = min(gap, 1 / max(len(heights) - 1, 1))
    steps = gap * np.arange(len(heights))
    # With the gaps below it taken off, no height may lie below the one before.
    lowest = np.maximum.accumulate(np.asarray(heights)[order] - steps)
    found = np.empty(len(heights))
    found[order] = np.clip(lowest, 0, 1 - steps[-1]) + steps
    return [float(each) for each in found]
