"""The figures of the comparisons: all systems ranked, all pairs, what each variant changes."""

from collections.abc import Mapping
from itertools import pairwise
from math import ceil

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from fracture.artifacts.comparison import PATH, Comparison, Pair, Verdict
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import System
from fracture.presenting.figures import (
    BLUE,
    GREY,
    HEAD,
    ORANGE,
    PURPLE,
    SMALL,
    WIDTH,
    Look,
    head,
    letters_in,
    looks,
    note,
    text_colour,
)
from fracture.presenting.forest import draw_estimate, name_rows, stacked, write_beside
from fracture.presenting.words import count, mean_over, signed, trainings, with_sign

LEGEND, MARGIN, ROW = 0.6, 1.7, 0.34
"""Heights, inches: of the legend, around the rows of a target, of each row."""
OPEN: Verdict = "not distinguishable"
CHOSEN = "#FFF1D6"
"""What stands behind the row of the system chosen."""
LEAST, CELL, BARE = 7.0, 0.47, 0.24
"""Inches: width of the verdicts at least, of each of their cells, and of one without a number."""
NUMBERED = 11
"""Systems up to which verdicts stand with the difference: numbers of more would be too small."""
SINGLE, POOLED = Look(BLUE, "o", "-"), Look(PURPLE, "D", "-")
"""Of an ablation: of one backbone, and of all together."""
BASELINE = Look(GREY, "d", "-")
SYMBOLS: dict[Verdict, str] = {"worse": "▼", "not distinguishable": "≈", "better": "▲"}
COLOURS: dict[Verdict, str] = {"worse": ORANGE, "not distinguishable": "#EEEEEE", "better": BLUE}


def ranking(
    comparisons: list[Comparison], scores: Mapping[str, Scores], made: Mapping[str, System]
) -> Figure:
    """Draw a panel for each target: the AUROC of baselines and systems.

    A filled marker differs from the system chosen, whose row is coloured.

    Args:
        comparisons: One for each target; without any the figure says so.
        scores: Of all systems, by name.
        made: What the systems are, by name.
    """
    if not comparisons:
        return note("All systems of this run predict one target.")
    heights = [MARGIN + ROW * (len(one.baselines) + len(one.ranking)) for one in comparisons]
    figure, panels = stacked(heights, LEGEND)
    for axes, comparison in zip(panels, comparisons, strict=True):
        _draw_ranking(axes, comparison, scores, made)
    handles = {handle.get_label(): handle for one in comparisons for handle in _legend(one)}
    labels, half = list(map(str, handles)), ceil(len(handles) / 2)
    wide = sum(max(map(len, side), default=0) for side in (labels[:half], labels[half:]))
    figure.legend(
        handles=list(handles.values()), loc="outside lower left", fontsize=SMALL,
        ncols=2 if wide < letters_in(WIDTH) else 1,
    )  # fmt: skip
    return figure


def _draw_ranking(
    axes: Axes, comparison: Comparison, scores: Mapping[str, Scores], made: Mapping[str, System]
) -> None:
    baselines, first, drawn = comparison.baselines, comparison.ranking[0], looks(made)
    names, validation = [], []
    for row, baseline in enumerate(baselines):
        draw_estimate(axes, row, baseline.auroc, BASELINE)
        write_beside(axes, row, str(baseline.auroc))
        names.append(baseline.name)
        validation.append(baseline.validation_auroc)
    for row, name in enumerate(comparison.ranking, start=len(baselines)):
        filled = name not in comparison.not_told_apart
        draw_estimate(axes, row, scores[name].auroc, drawn[name], filled)
        write_beside(axes, row, str(scores[name].auroc))
        names.append(name if made[name].kind == "model" else f"{name} ({made[name].label})")
        validation.append(scores[name].validation_auroc.value)
    for row, value in enumerate(validation):
        if value is not None:  # a little above the row, where no dot hides it
            axes.plot(value, row - 0.3, "D", color=GREY, fillstyle="none", markersize=4.5)
    if baselines:
        axes.axhline(len(baselines) - 0.5, color=GREY, linewidth=0.8)
    axes.axhspan(len(baselines) - 0.5, len(baselines) + 0.5, color=CHOSEN, zorder=0)
    name_rows(axes, names, 0.5)
    for label in axes.get_yticklabels()[: len(baselines)]:
        label.set(color=GREY, style="italic")
    axes.get_yticklabels()[len(baselines)].set(weight="bold")
    mean = "" if comparison.binary else ", mean over the classes, each against all others"
    axes.set_xlabel(f"AUROC{mean} (dotted: chance)")
    told = f"; verdicts on {trainings(comparison.seeds)}" if comparison.pairs else ""
    shown = f"Test AUROC of each system{mean_over(comparison.seeds)}, target {comparison.title}"
    axes.set_title(
        f"{shown}\n{scores[first].basis}\n"
        f"ordered by validation AUROC, the best of which is chosen{told}",
        size=HEAD,
    )


def _legend(comparison: Comparison) -> list[Line2D | Patch]:
    first = comparison.ranking[0]
    found = comparison.verdicts(first)
    handles: list[Line2D | Patch] = [Patch(color=CHOSEN, label="chosen on validation")]
    if found.total() > found[OPEN]:
        handles.append(
            _handle(f"filled: {first} itself, or told apart from it on test", "o", "black", "black")
        )
    if found[OPEN]:
        handles.append(_handle(f"white inside: test, {OPEN} from {first}", "o", "black", "white"))
    handles.append(_handle("validation", "D", GREY, "none"))
    if comparison.baselines:
        handles.append(_handle("test, without a network", "d", GREY, GREY))
    return handles


def _handle(label: str, marker: str, colour: str, face: str) -> Line2D:
    """Return an entry of a legend.

    Args:
        label: What it says.
        marker: The shape of the marker, as Matplotlib names it.
        colour: Of the marker's edge.
        face: Of its inside.
    """
    return Line2D(
        [], [], linestyle="none", marker=marker, color=colour, markerfacecolor=face, label=label
    )


def ablations(comparison: Comparison, scores: Mapping[str, Scores]) -> Figure:
    """Draw the difference that each variant makes to each backbone, and to all pooled.

    Args:
        comparison: The systems of a target.
        scores: Of all systems, by name.
    """
    if not comparison.ablations:
        return note(
            "No ablation: no backbone of this run has both a plain model and one on another "
            "variant."
        )
    figure, axes = plt.subplots(figsize=(WIDTH, 2.1 + 0.4 * len(comparison.ablations)))
    for row, each in enumerate(comparison.ablations):
        look = POOLED if each.plain is None else SINGLE
        draw_estimate(axes, row, each.difference, look, each.verdict != OPEN)
        write_beside(axes, row, f"{signed(each.difference)}  {each.verdict}")
    names = [
        f"{each.backbone if each.plain else 'all, pooled'}: {each.variant}"
        for each in comparison.ablations
    ]
    for row, (above, below) in enumerate(pairwise(comparison.ablations)):
        if above.variant != below.variant:
            axes.axhline(row + 0.5, color=GREY, linewidth=0.8)
    name_rows(axes, names, 0)
    axes.locator_params(axis="x", nbins=5)  # labels such as -0.175 are wide
    axes.set_xlabel("difference of test AUROC (dotted: no change)")
    if any(each.plain is None for each in comparison.ablations):
        entries = {"one backbone": SINGLE, "all backbones, pooled": POOLED}
        handles = [
            _handle(label, look.marker, look.colour, look.colour) for label, look in entries.items()
        ]
        figure.legend(handles=handles, loc="outside lower left", ncols=2, fontsize=SMALL)
    head(
        figure,
        "What each variant changes: test AUROC minus that of its backbone on plain radiographs",
        scores[comparison.ranking[0]].basis,
        f"filled: distinguishable from no change, of {trainings(comparison.seeds)}, corrected over "
        "these rows; intervals are not",
    )
    return figure


def verdicts(comparison: Comparison, scores: Mapping[str, Scores]) -> Figure:
    """Draw the row's system against the column's: symbol, colour, difference of test AUROC.

    Args:
        comparison: The systems of a target.
        scores: Of all systems, by name.
    """
    if not comparison.pairs:
        return note("One system alone: no pairs to compare.")
    names, order = comparison.ranking, list(SYMBOLS)
    codes = np.full((len(names), len(names)), np.nan)
    numbered = len(names) <= NUMBERED
    side = (CELL if numbered else BARE) * len(names)
    figure, axes = plt.subplots(figsize=(max(LEAST, 3.2 + side), 3.0 + 0.8 * side))
    for row, name in enumerate(names):
        for other, pair in comparison.against(name).items():
            column = names.index(other)
            codes[row, column] = order.index(pair.verdict)
            colour = text_colour(COLOURS[pair.verdict])
            axes.text(
                column, row, _cell(pair) if numbered else SYMBOLS[pair.verdict], ha="center",
                va="center", size=8, color=colour, linespacing=1.1,
            )  # fmt: skip
    axes.imshow(codes, cmap=ListedColormap(list(COLOURS.values())), vmin=0, vmax=2)
    axes.set_aspect(0.8)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="left", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    axes.xaxis.tick_top()
    axes.grid(visible=False)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    head(
        figure,
        "Is the row's system better than the column's? Difference of test AUROC"
        + ("" if numbered else f": {PATH}"),
        scores[names[0]].sample,
        f"paired bootstrap on {trainings(comparison.seeds)}; Holm's correction over "
        f"{count(len(comparison.pairs), 'pair')}",
    )
    patches = [
        Patch(facecolor=COLOURS[verdict], edgecolor="grey", label=f"{symbol}  {verdict}")
        for verdict, symbol in SYMBOLS.items()
    ]
    figure.legend(handles=patches, loc="outside lower center", ncols=3)
    return figure


def _cell(pair: Pair) -> str:
    """Return the verdict as a symbol above the difference; one that rounds to 0 has no sign."""
    difference = pair.difference.value
    if difference is None:
        return f"{SYMBOLS[pair.verdict]}\n-"
    return f"{SYMBOLS[pair.verdict]}\n{with_sign(difference)}"
