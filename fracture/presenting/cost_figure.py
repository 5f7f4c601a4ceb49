"""Figures of accuracy against cost: the test AUROC of each system, its name beside the plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from fracture.artifacts.comparison import Comparison
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Scores
from fracture.presenting.figures import GREY, Look, note

LABEL = 0.22
"""Height of a line of text, inches."""
MARGINS = 1.1
"""Height of title and axis together, inches."""


@dataclass(frozen=True)
class Priced:
    """A system, its cost and its accuracy.

    Attributes:
        name: Of the system.
        cost: Above 0.
        auroc: On test; it has a value.
        chosen: Whether it is the one that validation chose.
        look: How the system is drawn in every figure.
    """

    name: str
    cost: float
    auroc: Estimate
    chosen: bool
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
        Priced(name, each.footprint.multiply_adds, each.auroc, name == first, drawn[name])
        for name, each in ((name, scores[name]) for name in comparison.ranking)
        if each.footprint and each.footprint.multiply_adds and each.auroc.value is not None
    ]
    axis = "multiply-adds for a radiograph, sum over networks (logarithmic)"
    return against(priced, axis, comparison.confidence)


def against(priced: Sequence[Priced], axis: str, confidence: float) -> Figure:
    """Draw systems against what they cost; without any the figure says so.

    Args:
        priced: The systems.
        axis: What the cost is, and its unit.
        confidence: Of the intervals.
    """
    if not priced:
        return note("What the systems cost is not known.")
    height = max(4.0, LABEL * len(priced) + MARGINS + 0.5)
    figure, axes = plt.subplots(figsize=(9.5, height))
    values = [each.auroc.value or 0 for each in priced]
    costs = beside([each.cost for each in priced])
    for each, cost, value in zip(priced, costs, values, strict=True):
        low, high = (value if end is None else end for end in (each.auroc.low, each.auroc.high))
        axes.errorbar(
            cost, value, [[value - low], [high - value]], fmt=each.look.marker, capsize=3,
            linewidth=1.6, color=each.look.colour, zorder=3,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xlabel(axis)
    axes.set_ylabel(f"test AUROC, {100 * confidence:g} % interval")
    axes.set_title("Accuracy against cost; bold: the system that validation chose", size=11)
    bottom, top = axes.get_ylim()
    inside = [(value - bottom) / (top - bottom) for value in values]
    heights = spread(inside, LABEL / (height - MARGINS))
    for each, cost, value, at in zip(priced, costs, values, heights, strict=True):
        axes.annotate(
            f"{each.name}, {value:.3f}", (cost, value), (1.04, at), size=9, va="center",
            textcoords="axes fraction", weight="bold" if each.chosen else "normal", zorder=2,
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-", "color": GREY, "linewidth": 0.6, "alpha": 0.7,
                "relpos": (0, 0.5), "shrinkA": 2,
            },
        )  # fmt: skip
    return figure


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
