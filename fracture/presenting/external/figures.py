"""External validation as a picture: for each model, the AUROC at home and away."""

from collections.abc import Mapping, Sequence
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fracture.artifacts.external import External
from fracture.artifacts.scores import Estimate, Scores
from fracture.presenting.external.report import counts, ranked
from fracture.presenting.figures import BLUE, GREY, VERMILION

HOME, AWAY = "o", "D"
WIDTH, LEGEND, TITLE, ROW = 9.5, 0.4, 1.1, 0.42
"""Of the picture; of its legend, what stands around a data set's models, and each; inches."""
APART = 0.14
"""Of the two estimates from the middle of their row, in rows."""


def dumbbells(externals: Sequence[External], scores: Mapping[str, Scores]) -> Figure:
    """Draw one panel for each data set, one row for each model.

    Args:
        externals: As scored; without any the picture says so.
        scores: Of each model on its own data set.
    """
    if not externals:
        figure, axes = plt.subplots(figsize=(WIDTH, 1.2))
        _say(axes, "No other data set is named under external in params.yaml.")
        return figure
    heights = [TITLE + ROW * max(1, len(external.parts)) for external in externals]
    figure, panels = plt.subplots(
        len(externals),
        figsize=(WIDTH, LEGEND + sum(heights)),
        gridspec_kw={"height_ratios": heights},
        squeeze=False,
    )
    for axes, external in zip(panels[:, 0], externals, strict=True):
        _panel(axes, external, scores, _floor(externals, scores))
    n = max(one.images.test.n for one in scores.values())
    figure.legend(
        [Line2D([], [], color=BLUE, marker=HOME), Line2D([], [], color=VERMILION, marker=AWAY)],
        [f"internal: test part of {externals[0].trained_on} (n = {n})", "external: named above"],
        loc="outside lower center",
        ncols=2,
    )
    return figure


def _panel(axes: Axes, external: External, scores: Mapping[str, Scores], floor: float) -> None:
    names = ranked(external, scores)
    if not names:
        _say(axes, f"{external.name}: {counts(external)}.")
        return
    for row, name in enumerate(names):
        home, away = scores[name].auroc, external.parts[name].scores["auroc"]
        apart = [row - APART, row + APART]
        axes.plot(_ends(home.value, away.value), apart, ":", color=GREY, lw=1, zorder=1)
        _draw(axes, home, apart[0], BLUE, HOME)
        _draw(axes, away, apart[1], VERMILION, AWAY)
        axes.annotate(
            f"drop {external.drop[name]}",
            (1.02, row),
            xycoords=("axes fraction", "data"),
            va="center",
            annotation_clip=False,
        )
    axes.axvline(0.5, color=GREY, linewidth=0.8, linestyle="--")
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(floor, 1.01)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel(
        f"AUROC with {100 * external.confidence:g} % interval; dashed: as good as guessing"
    )
    axes.set_title(fill(f"{external.name}: {counts(external)}", 95), size=10)


def _floor(externals: Sequence[External], scores: Mapping[str, Scores]) -> float:
    """Return where every panel begins, so that they compare: below all that is drawn and 0.5."""
    drawn = [one.auroc for one in scores.values()]
    drawn += [part.scores["auroc"] for one in externals for part in one.parts.values()]
    return (
        min(0.5, *(end for one in drawn for end in (one.value, one.low) if end is not None)) - 0.03
    )


def _draw(axes: Axes, auroc: Estimate, row: float, colour: str, marker: str) -> None:
    axes.plot(_ends(auroc.low, auroc.high), [row, row], color=colour, linewidth=2)
    axes.plot(_ends(auroc.value), row, marker, color=colour, markersize=6)


def _ends(*values: float | None) -> list[float]:
    """Return what Matplotlib draws, which is nothing where a value is undefined."""
    return [np.nan if value is None else value for value in values]


def _say(axes: Axes, text: str) -> None:
    axes.axis("off")
    axes.text(0.5, 0.5, fill(text, 95), ha="center", va="center", transform=axes.transAxes)
