"""The comparison as a forest plot: test AUROC and interval of each model."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from stages.artifacts.scores import Scores, interval, number
from stages.compare.ranking import basis
from stages.figures import BLUE, GREY, VERMILION


def forest(ranked: list[Scores]) -> Figure:
    """Draw one row for each model, top to bottom; the first, the one chosen, stands out."""
    height = 1.9 + 0.36 * len(ranked)
    figure, axes = plt.subplots(figsize=(9.5, height))
    for row, scores in enumerate(ranked):
        colour = VERMILION if row == 0 else BLUE
        low, high, test, validation = [
            np.nan if value is None else value
            for value in (
                scores.test["auroc_low"],
                scores.test["auroc_high"],
                scores.test["auroc"],
                scores.validation["auroc"],
            )
        ]
        axes.plot([low, high], [row, row], color=colour, linewidth=2.5)
        axes.plot(test, row, "o", color=colour, markersize=7)
        axes.plot(validation, row, "D", color=GREY, fillstyle="none", markersize=5)
        axes.annotate(
            f"{number(scores.test['auroc'])}  ({interval(scores)})",
            (1.02, row),
            xycoords=("axes fraction", "data"),
            va="center",
            annotation_clip=False,
        )
    axes.set_yticks(range(len(ranked)), [scores.model for scores in ranked])
    axes.get_yticklabels()[0].set(color=VERMILION, weight="bold")
    axes.set_ylim(len(ranked) - 0.5, -0.5)
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("AUROC on test (dot, with interval) and on validation (diamond)")
    axes.set_title(basis(ranked[0]) + "\nordered by validation, first the model chosen", size=10)
    return figure
