"""Forest plots: the test AUROC of each model, and what each variant changes of it."""

from collections.abc import Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fracture.artifacts.comparison import Comparison
from fracture.artifacts.compositions import Composition
from fracture.artifacts.scores import Estimate, Scores
from fracture.judging.comparison.comparing import against_first
from fracture.judging.comparison.measuring import Measured
from fracture.presenting.comparison.markdown import signed
from fracture.presenting.figures import BLUE, GREY, VERMILION


def forest(
    comparison: Comparison, ranked: list[Measured], ensembles: Mapping[str, Composition]
) -> Figure:
    """Draw baselines above, then models; filled is what differs from the model chosen.

    Args:
        comparison: Of all models and ensembles.
        ranked: The same, best on validation first.
        ensembles: By name.
    """
    baselines, pairs = comparison.baselines, against_first(comparison)
    rows = len(baselines) + len(ranked)
    figure, axes = plt.subplots(figsize=(9.5, 2.3 + 0.34 * rows))
    for row, baseline in enumerate(baselines):
        _interval(axes, row, baseline.auroc, color=GREY, marker="s")
        _beside(axes, row, str(baseline.auroc))
        _diamond(axes, row, baseline.validation_auroc)
    for row, each in enumerate(ranked, start=len(baselines)):
        chosen = each is ranked[0]
        differs = chosen or pairs[each.model].verdict != "not distinguishable"
        colour = VERMILION if chosen else BLUE
        face = colour if differs else "white"
        _interval(axes, row, each.test, color=colour, marker="o", markerfacecolor=face)
        _beside(axes, row, str(each.test))
        _diamond(axes, row, each.validation.value)
    if baselines:
        axes.axhline(len(baselines) - 0.5, color=GREY, linewidth=0.8)
    axes.axvline(0.5, color=GREY, linestyle=":", linewidth=1.2)
    names = [each.name for each in baselines]
    names += [
        f"{name} (mean of {len(ensembles[name].weights)})" if name in ensembles else name
        for name in comparison.ranking
    ]
    axes.set_yticks(range(rows), names)
    for label in axes.get_yticklabels()[: len(baselines)]:
        label.set(color=GREY, style="italic")
    axes.get_yticklabels()[len(baselines)].set(color=VERMILION, weight="bold")
    axes.set_xlabel("AUROC (dotted: chance)")
    _finish(axes, rows, _title(ranked[0].scores))
    figure.legend(handles=_legend(comparison), loc="outside lower left", ncols=2, fontsize=8.5)
    return figure


def ablation(comparison: Comparison, scores: Scores) -> Figure:
    """Draw the difference that each variant makes to each backbone, and to all pooled."""
    if not comparison.ablations:
        return note(
            "No ablation: no backbone in params.yaml has\n"
            "both a plain model and one on another variant."
        )
    rows = len(comparison.ablations)
    figure, axes = plt.subplots(figsize=(9.5, 2.1 + 0.4 * rows))
    for row, each in enumerate(comparison.ablations):
        pooled = each.plain is None
        colour, marker = (VERMILION, "D") if pooled else (BLUE, "o")
        face = "white" if each.verdict == "not distinguishable" else colour
        _interval(axes, row, each.difference, color=colour, marker=marker, markerfacecolor=face)
        _beside(axes, row, f"{signed(each.difference)}  {each.verdict}")
    axes.axvline(0, color=GREY, linestyle=":", linewidth=1.2)
    names = [
        f"{each.backbone if each.plain else 'all, pooled'}: {each.variant}"
        for each in comparison.ablations
    ]
    axes.set_yticks(range(rows), names)
    axes.set_xlabel("test AUROC on the variant minus that on plain radiographs")
    _finish(
        axes,
        rows,
        f"{scores.basis}\nfilled: distinguishable from no change, corrected over these rows",
    )
    return figure


def note(text: str) -> Figure:
    """Return a figure that says why there is nothing to draw."""
    figure, axes = plt.subplots(figsize=(6, 1.6))
    axes.set_axis_off()
    axes.text(0.5, 0.5, text, ha="center", va="center", size=11, transform=axes.transAxes)
    return figure


def _interval(axes: Axes, row: int, estimate: Estimate, **style: Any) -> None:
    """Draw a value with its interval, `style` being that of the marker; nothing where undefined."""
    low, value, high = (
        np.nan if end is None else end for end in (estimate.low, estimate.value, estimate.high)
    )
    axes.plot([low, high], [row, row], color=style["color"], linewidth=2.2)
    axes.plot(value, row, markersize=7, markeredgewidth=1.6, **style)


def _beside(axes: Axes, row: int, text: str) -> None:
    """Write at the right of the axes."""
    place = (1.02, row)
    axes.annotate(
        text, place, xycoords=("axes fraction", "data"), va="center", size=9, annotation_clip=False
    )


def _diamond(axes: Axes, row: int, validation: float | None) -> None:
    """Draw the validation AUROC a little above the row, where no dot hides it."""
    if validation is not None:
        axes.plot(validation, row - 0.25, "D", color=GREY, fillstyle="none", markersize=4.5)


def _finish(axes: Axes, rows: int, title: str) -> None:
    axes.set_ylim(rows - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.set_title(title, size=10)


def _title(scores: Scores) -> str:
    return f"{scores.basis}\nmodels ordered by validation, first the one chosen"


def _legend(comparison: Comparison) -> list[Line2D]:
    first = comparison.ranking[0]

    def handle(label: str, marker: str, colour: str, face: str) -> Line2D:
        return Line2D(
            [], [], linestyle="none", marker=marker, color=colour, markerfacecolor=face, label=label
        )

    validation = handle("validation", "D", GREY, "none")
    baseline = handle("test, without a network", "s", GREY, GREY)
    if not comparison.pairs:
        return [handle("test", "o", VERMILION, VERMILION), validation, baseline]
    return [
        handle(f"test, told apart from {first}", "o", BLUE, BLUE),
        validation,
        handle(f"test, not distinguishable from {first}", "o", BLUE, "white"),
        baseline,
    ]
