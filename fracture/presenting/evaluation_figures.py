"""The figures of one system: its curves and confusion, its calibration, its subgroups."""

from collections.abc import Sequence
from itertools import cycle
from math import ceil
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fracture.artifacts.row import number, threshold_text
from fracture.artifacts.scores import Part, Point, Scores
from fracture.judging.sample import Sample
from fracture.params.evaluate import Rule, in_words
from fracture.presenting.evaluation_panels import (
    PRECISION,
    ROC,
    draw_band,
    draw_calibration,
    draw_matrix,
    legend_below,
    square,
    step_precision,
    step_roc,
)
from fracture.presenting.figures import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    SMALL,
    VERMILION,
    WIDTH,
    Look,
    head,
)
from fracture.presenting.forest import draw_estimate, name_rows
from fracture.presenting.words import mean_over, one_of
from fracture.targets import CLASSES

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
"""Markers of operating points: different in form and colour, and visible where they overlap."""

WEAKEST = Look("black", "D", "-")
"""Of the subgroup of least AUROC."""
MATRICES = 3
"""Confusion matrices side by side, at most."""
BESIDE = ((0.13, "right"), (0.4, "right"), (0.48, "left"))
"""Columns beside the subgroups: horizontal position, alignment."""


def performance(
    scores: Scores,
    rules: dict[str, Rule],
    roc: pd.DataFrame,
    precision_recall: pd.DataFrame,
    look: Look,
) -> Figure:
    """Draw the curves above the confusion matrices, on test radiographs.

    Args:
        scores: The scores of the system.
        rules: The rule of each operating point that is drawn, by name.
        roc: The columns that `roc` in fracture/judging/curves.py returns.
        precision_recall: The columns that `precision_recall` there returns.
        look: How the system is drawn.
    """
    test = scores.images.test
    lines = ceil(len(rules) / MATRICES)
    beside = ceil(len(rules) / lines)
    curves = 5.4 + 0.42 * len(rules)
    figure = plt.figure(figsize=(WIDTH, curves + 3.1 * lines + 0.5))
    grid = figure.add_gridspec(1 + lines, 2 * beside, height_ratios=(curves, *[3.1] * lines))
    left, right = (
        figure.add_subplot(grid[0, columns]) for columns in (slice(0, beside), slice(beside, None))
    )
    points = {name: test.points[name] for name in rules}
    _draw_roc(left, scores, points, roc, look)
    _draw_precision_recall(right, scores, points, precision_recall, look)
    for place, (name, rule) in enumerate(rules.items()):
        line, column = divmod(place, beside)
        axes = figure.add_subplot(grid[1 + line, 2 * column : 2 * column + 2])
        draw_matrix(axes, points[name].confusion.matrix, scores.classes)
        shown = threshold_text(scores.images.shown_thresholds[name])
        axes.set_title(f"{name}: {scores.classes[1]} from {shown} on\n{in_words(rule)}", size=SMALL)
    head(
        figure,
        f"{scores.model}: curves and confusion of test radiographs{one_of(scores.seeds)}",
        scores.basis,
    )
    return figure


def _draw_roc(
    axes: Axes, scores: Scores, points: dict[str, Point], roc: pd.DataFrame, look: Look
) -> None:
    """Draw the ROC curve, its band, chance and the operating points."""
    step_roc(axes, roc, look, label=f"AUROC {scores.auroc}", zorder=3)
    draw_band(axes, scores, roc, "false_positive_rate", look.colour)
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="chance")
    for mark, (name, point) in zip(cycle(MARKS), points.items(), strict=False):
        sensitivity, specificity = (point.scores[s] for s in ("sensitivity", "specificity"))
        label = f"{name}: sensitivity {sensitivity},\nspecificity {specificity}"
        place = 1 - (specificity.value or 0), sensitivity.value or 0
        axes.plot(*place, label=label, zorder=4, **mark)
    square(axes, *ROC)
    legend_below(axes)


def _draw_precision_recall(
    axes: Axes, scores: Scores, points: dict[str, Point], table: pd.DataFrame, look: Look
) -> None:
    """Draw the precision-recall curve, its band, chance and the operating points."""
    test = scores.images.test
    label = f"average precision {test.scores['average_precision']}"
    step_precision(axes, table, look, label=label, zorder=3)
    draw_band(axes, scores, table, "sensitivity", look.colour)
    share = test.counts[1] / test.n
    axes.plot([0, 1], [share, share], color=GREY, linestyle=":", label=f"chance {number(share)}")
    for mark, (name, point) in zip(cycle(MARKS), points.items(), strict=False):
        precision = point.scores["precision"]
        nothing = f"calls nothing {scores.classes[1]}"
        label = f"{name}: {nothing if precision.value is None else f'precision {precision}'}"
        height = np.nan if precision.value is None else precision.value
        axes.plot(point.scores["sensitivity"].value or 0, height, label=label, zorder=4, **mark)
    square(axes, *PRECISION)
    legend_below(axes)


def calibration(
    scores: Scores, points: Sequence[str], test: Sample, reliability: pd.DataFrame, look: Look
) -> Figure:
    """Draw the reliability diagram beside a histogram of the probabilities.

    Args:
        scores: The scores of the system.
        points: Names of the operating points whose thresholds are drawn.
        test: Test radiographs with their probabilities.
        reliability: The columns that `calibration` in fracture/judging/curves.py returns.
        look: How the system is drawn.
    """
    names, event = scores.classes, event_in_words(scores.classes)
    figure, histogram = draw_calibration(
        scores, reliability,
        {name: test.probabilities[test.labels == label] for label, name in enumerate(names)},
        (f"predicted probability of {event}", f"observed share of {names[1]}"),
        look,
    )  # fmt: skip
    for place, (mark, name) in enumerate(zip(cycle(MARKS), points, strict=False)):
        threshold = scores.images.thresholds[name]
        histogram.axvline(threshold, color=mark["color"], linewidth=1)
        # Each lower than the one before, so that equal thresholds do not hide each other.
        height, text = 0.97 - 0.07 * place, f"{name}: {number(threshold)}"
        histogram.plot(
            threshold, height, transform=histogram.get_xaxis_transform(), label=text, **mark
        )
    title = histogram.title
    title.set_text(f"{title.get_text()}\nmarked: thresholds of the operating points")
    legend_below(histogram, ncols=2)
    return figure


def subgroups(scores: Scores, look: Look) -> Figure:
    """Draw all radiographs, all studies and each subgroup; the weakest subgroup stands out.

    Args:
        scores: The scores of the system.
        look: How the system is drawn.
    """
    rows: list[tuple[str, Part | None, bool]] = [("all radiographs", scores.images.test, False)]
    if scores.studies is not None:
        rows.append(("all studies", scores.studies.test, False))
    weakest = scores.weakest
    for attribute, parts in scores.subgroups.items():
        rows.append((attribute, None, False))
        rows += [
            (value, part, weakest is not None and weakest[:2] == (attribute, value))
            for value, part in parts.items()
        ]
    figure, (axes, beside) = plt.subplots(
        1, 2, figsize=(WIDTH, 1.6 + 0.3 * len(rows)), width_ratios=(1.25, 1), sharey=True
    )
    _write(beside, ["n", scores.classes[1] if scores.binary else "accuracy", "AUROC"], -1)
    for row, (_, part, is_weakest) in enumerate(rows):
        if part is not None:
            auroc = part.scores["auroc"]
            draw_estimate(axes, row, auroc, WEAKEST if is_weakest else look)
            if auroc.value is None:
                axes.axhline(row, color=GREY, linestyle=":", linewidth=1)
            accuracy = number(part.scores["accuracy"].value) if part.positives is None else ""
            _write(
                beside, [str(part.n), accuracy or str(part.positives), auroc_in_words(part)], row
            )
    name_rows(axes, [name for name, _, _ in rows], scores.auroc.value or 0, "--")
    for label, (_, part, is_weakest) in zip(axes.get_yticklabels(), rows, strict=True):
        label.set(
            weight="bold" if part is None or is_weakest else "normal",
            style="italic" if part is None else "normal",
        )
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(rows) - 0.5, -1.5)
    axes.set_xlim(min(axes.get_xlim()[0], 0.48), 1.01)
    diamond = ", diamond: the weakest subgroup" if weakest else ""
    axes.set_xlabel(f"test AUROC; dashed: all radiographs{diamond}")
    beside.axis("off")
    head(
        figure,
        f"{scores.model}: test AUROC by subgroup{mean_over(len(scores.seeds))}",
        scores.basis,
    )
    return figure


def event_in_words(classes: Sequence[str]) -> str:
    """Return what the probability of a target with two classes is one of."""
    return "a fracture" if tuple(classes) == CLASSES else classes[1]


def auroc_in_words(part: Part) -> str:
    """Return the AUROC with its interval, or why there is none."""
    auroc = part.scores["auroc"]
    if auroc.value is None:
        return "undefined: one class"
    if auroc.low is None:
        return f"{auroc}, no interval: {'one group' if part.groups == 1 else 'too few'}"
    return str(auroc)


def _write(beside: Axes, texts: list[str], row: int) -> None:
    """Write a row of three columns."""
    for text, (place, side) in zip(texts, BESIDE, strict=True):
        beside.text(place, row, text, ha=side, va="center", size=SMALL)
