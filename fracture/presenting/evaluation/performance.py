"""How well a model tells fractures apart: ROC, precision-recall, confusion at operating points."""

from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fracture.artifacts.scores import CLASSES, Confusion, Scores, number
from fracture.params.evaluate import Rule, in_words
from fracture.presenting.figures import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILION

MARKS: list[dict[str, Any]] = [
    {
        "marker": marker,
        "color": colour,
        "markersize": size,
        "markeredgecolor": "black",
        "linestyle": "",
        "clip_on": False,
    }
    for marker, colour, size in [
        ("o", VERMILION, 13), ("s", ORANGE, 9), ("D", GREEN, 6), ("^", PURPLE, 9), ("v", SKY, 9),
        ("P", GREY, 9), ("X", BLUE, 9),
    ]
]  # fmt: skip
"""Of operating points, in their order: told apart by form and colour, also one on the other."""


def performance(
    scores: Scores, rules: dict[str, Rule], roc: pd.DataFrame, precision_recall: pd.DataFrame
) -> Figure:
    """Draw the curves above the confusion matrices, on test radiographs.

    Args:
        scores: Of the model.
        rules: Of the operating points to show, by name.
        roc: See fracture/judging/curves.py.
        precision_recall: Likewise.
    """
    figure = plt.figure(figsize=(max(11, 3.6 * len(rules)), 11))
    grid = figure.add_gridspec(2, 2 * len(rules), height_ratios=(7, 4))
    left, right = (
        figure.add_subplot(grid[0, columns])
        for columns in (slice(0, len(rules)), slice(len(rules), None))
    )
    draw_roc(left, scores, list(rules), roc)
    draw_precision_recall(right, scores, list(rules), precision_recall)
    for place, (name, rule) in enumerate(rules.items()):
        axes = figure.add_subplot(grid[1, 2 * place : 2 * place + 2])
        draw_confusion(axes, scores.images.test.points[name].confusion)
        threshold = number(scores.images.thresholds[name])
        axes.set_title(f"{name}: fractured from {threshold} on\n{in_words(rule)}", size=9.5)
    figure.suptitle(f"{scores.model} on {scores.basis}", size=11)
    return figure


def draw_roc(axes: Axes, scores: Scores, points: list[str], roc: pd.DataFrame) -> None:
    """Draw the ROC curve, its band, chance and the operating points."""
    heights, rates = roc["sensitivity"], roc["false_positive_rate"]
    axes.step(
        [0, *rates],
        [0, *heights],
        where="post",
        color=BLUE,
        label=f"AUROC {scores.auroc}",
        zorder=3,
    )
    _band(axes, scores, roc, "false_positive_rate")
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="chance")
    for mark, name in zip(cycle(MARKS), points, strict=False):
        at = scores.images.test.points[name].scores
        label = f"{name}: sensitivity {at['sensitivity']}, specificity {at['specificity']}"
        place = 1 - (at["specificity"].value or 0), at["sensitivity"].value or 0
        axes.plot(*place, label=label, zorder=4, **mark)
    _finish(axes, "ROC", "false positive rate (1 - specificity)", "sensitivity")


def draw_precision_recall(
    axes: Axes, scores: Scores, points: list[str], precision_recall: pd.DataFrame
) -> None:
    """Draw the precision-recall curve, its band, chance and the operating points."""
    test = scores.images.test
    axes.step(
        precision_recall["sensitivity"],
        precision_recall["precision"],
        where="pre",
        color=BLUE,
        label=f"average precision {test.scores['average_precision']}",
        zorder=3,
    )
    _band(axes, scores, precision_recall, "sensitivity")
    share = test.positives / test.n
    axes.plot([0, 1], [share, share], color=GREY, linestyle=":", label=f"chance {number(share)}")
    for mark, name in zip(cycle(MARKS), points, strict=False):
        at = test.points[name].scores
        label, precision = f"{name}: precision {at['precision']}", at["precision"].value
        if precision is None:
            label, precision = f"{name}: calls nothing fractured", np.nan
        axes.plot(at["sensitivity"].value or 0, precision, label=label, zorder=4, **mark)
    _finish(axes, "Precision and sensitivity", "sensitivity (recall)", "precision")


def draw_confusion(axes: Axes, confusion: Confusion) -> None:
    """Draw a confusion matrix: counts, coloured by their share of the actual class."""
    matrix = [[confusion.tn, confusion.fp], [confusion.fn, confusion.tp]]
    shares = [[count / max(sum(row), 1) for count in row] for row in matrix]
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for row in range(2):
        for column in range(2):
            share = shares[row][column]
            axes.text(
                column,
                row,
                f"{matrix[row][column]}\n{share:.0%}",
                ha="center",
                va="center",
                size=12,
                color="white" if share > 0.5 else "black",  # noqa: PLR2004 - legible on the blues
            )
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xticks([0, 1], CLASSES)
    axes.set_yticks([0, 1], CLASSES, rotation=90, va="center")
    axes.set(xlabel="called", ylabel="actual")


def _band(axes: Axes, scores: Scores, table: pd.DataFrame, horizontal: str) -> None:
    """Shade the pointwise interval; nothing where there is none, such as for a single group."""
    if table["low"].notna().any():
        label = f"{100 * scores.confidence:g} % interval at each point"
        axes.fill_between(
            table[horizontal],
            table["low"],
            table["high"],
            color=BLUE,
            alpha=0.18,
            lw=0,
            label=label,
        )


def _finish(axes: Axes, title: str, horizontal: str, vertical: str) -> None:
    """Give both curves the same square from 0 to 1 and the legend below it."""
    axes.set(
        title=title, xlabel=horizontal, ylabel=vertical, xlim=(-0.01, 1.01), ylim=(-0.01, 1.01)
    )
    axes.set_aspect("equal")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), fontsize=8.5)
