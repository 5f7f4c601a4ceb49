"""The figures of one system with more than two classes: curves, confusion, scores, calibration."""

from itertools import product

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fracture.artifacts.scores import Scores
from fracture.judging.multiclass import DECISION, top_label
from fracture.judging.sample import Sample
from fracture.presenting.evaluation_panels import (
    draw_band,
    draw_calibration,
    draw_matrix,
    legend_below,
    square,
    step_roc,
)
from fracture.presenting.figures import COLOURS, GREY, SMALL, WIDTH, Look, head
from fracture.presenting.forest import draw_estimate, name_rows, write_beside
from fracture.presenting.words import one_of, score_name

FEW = 7
"""Classes up to which the legend of their curves names them."""
LINES = [Look(colour, "o", line) for line, colour in product(("-", "--", ":"), (*COLOURS, GREY))]
"""How the lines of the classes look: 21 differ."""
MEAN = Look("black", "o", "-")


def performance(scores: Scores, roc: pd.DataFrame, by_class: pd.DataFrame, look: Look) -> Figure:
    """Draw curves and confusion above the scores with their intervals, on test radiographs.

    Args:
        scores: The scores of the system.
        roc: The columns that `roc` in fracture/judging/curves.py returns.
        by_class: The columns that `roc_by_class` there returns.
        look: How the system is drawn.
    """
    classes = len(scores.classes)
    heights = [5.6, max(5.6, 0.5 * classes)]
    heights += [0.9 + 0.3 * len(DECISION), 0.9 + 0.3 * (classes + 1)]
    figure, (curves, matrix, decisions, aurocs) = plt.subplots(
        len(heights), figsize=(WIDTH, sum(heights)), height_ratios=heights
    )
    _draw_roc(curves, scores, roc, by_class)
    draw_matrix(matrix, scores.matrix, scores.classes)
    matrix.set_title("Most probable class:\nradiographs, and their share of the actual class")
    _draw_decisions(decisions, scores, look)
    _draw_aurocs(aurocs, scores)
    head(
        figure,
        f"{scores.model}: curves and confusion of test radiographs{one_of(scores.seeds)}",
        scores.basis,
    )
    return figure


def _draw_roc(axes: Axes, scores: Scores, roc: pd.DataFrame, by_class: pd.DataFrame) -> None:
    """Draw the curve of each class, their mean with its band, and chance."""
    step_roc(axes, roc, MEAN, label=f"mean: AUROC {scores.auroc}", linewidth=2.4, zorder=4)
    draw_band(axes, scores, roc, "false_positive_rate", "black")
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", linewidth=1, label="chance")
    curves = {str(name): rows for name, rows in by_class.groupby("class", sort=False)}
    for name, line in zip(scores.classes, _lines(scores), strict=True):
        if name in curves:
            step_roc(axes, curves[name], line, label=name)
    square(
        axes, "ROC of each class against all others",
        "false positive rate: share of others taken for the class",
        "sensitivity: share of the class found",
    )  # fmt: skip
    handles, labels = axes.get_legend_handles_labels()
    if len(scores.classes) > FEW:
        # The panel below names each line, without hiding any.
        handles, labels = handles[: -len(curves)], labels[: -len(curves)]
    axes.legend(
        handles, labels, loc="upper center", bbox_to_anchor=(0.5, -0.13), fontsize=SMALL, ncols=2,
        title="classes: as in the panel below" if len(scores.classes) > FEW else None,
        title_fontsize=SMALL,
    )  # fmt: skip


def _draw_decisions(axes: Axes, scores: Scores, look: Look) -> None:
    """Draw the scores of the most probable class."""
    estimates = [scores.decisions[name] for name in DECISION]
    for row, estimate in enumerate(estimates):
        draw_estimate(axes, row, estimate, look)
        write_beside(axes, row, str(estimate))
    test = scores.images.test
    most = int(np.argmax(test.counts))
    name_rows(axes, [score_name(name) for name in DECISION], test.counts[most] / test.n)
    axes.set_xlim(min(axes.get_xlim()[0], 0), 1.01)
    axes.set(
        title="Most probable class",
        xlabel=f"dotted: accuracy of always predicting {scores.classes[most]}",
    )


def _draw_aurocs(axes: Axes, scores: Scores) -> None:
    """Draw the AUROC of each class against all others, and their mean."""
    test = scores.images.test
    names = [f"{name} ({n})" for name, n in zip(scores.classes, test.counts, strict=True)]
    aurocs = [test.scores[f"auroc/{name}"] for name in scores.classes]
    lines = [MEAN, *_lines(scores)]
    for row, (estimate, line) in enumerate(zip([scores.auroc, *aurocs], lines, strict=True)):
        draw_estimate(axes, row, estimate, line)
        write_beside(axes, row, str(estimate))
    name_rows(axes, ["mean", *names], 0.5)
    axes.set_xlim(min(axes.get_xlim()[0], 0.48), 1.01)
    axes.set(title="AUROC of each class against all others (radiographs)", xlabel="dotted: chance")


def _lines(scores: Scores) -> list[Look]:
    return [LINES[place % len(LINES)] for place in range(len(scores.classes))]


def calibration(scores: Scores, test: Sample, reliability: pd.DataFrame, look: Look) -> Figure:
    """Draw the reliability diagram of the most probable class beside a histogram.

    Args:
        scores: The scores of the system.
        test: Test radiographs with their probabilities.
        reliability: The columns that `calibration` in fracture/judging/curves.py returns.
        look: How the system is drawn.
    """
    top = top_label(test)
    groups = {"right": top.labels == 1, "wrong": top.labels == 0}
    figure, histogram = draw_calibration(
        scores, reliability,
        {name: top.probabilities[inside] for name, inside in groups.items()},
        ("probability of the most probable class", "observed share of right predictions"),
        look,
    )  # fmt: skip
    legend_below(histogram, ncols=2)
    return figure
