"""One picture of a model on the test radiographs: ROC, precision-recall, confusion."""

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from stages.artifacts.scores import CLASSES, Scores, interval, number
from stages.figures import BLUE, GREY, VERMILION


def panel(scores: Scores, roc: pd.DataFrame, precision_recall: pd.DataFrame) -> Figure:
    """Draw the three figures side by side; the tables are those of stages/evaluate/curves.py."""
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(13.5, 4.9))
    draw_roc(left, scores, roc)
    draw_precision_recall(middle, scores, precision_recall)
    draw_confusion(right, scores)
    test = scores.test
    figure.suptitle(
        f"{scores.model} on {scores.dataset}, test: {test['n']} radiographs, "
        f"{test['positives']} fractured, {test['groups']} groups"
    )
    return figure


def draw_roc(axes: Axes, scores: Scores, roc: pd.DataFrame) -> None:
    """Draw the ROC curve, chance and the operating point."""
    test = scores.test
    axes.plot(
        roc["false_positive_rate"],
        roc["true_positive_rate"],
        color=BLUE,
        label=f"AUROC {number(test['auroc'])} "
        f"({100 * scores.confidence:g} % interval {interval(scores)})",
        zorder=3,
    )
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="chance")
    axes.plot(
        1 - (test["specificity"] or 0),
        test["recall"] or 0,
        "o",
        color=VERMILION,
        label=f"threshold {scores.threshold:.3f}: sensitivity {number(test['recall'])}, "
        f"specificity {number(test['specificity'])}",
        zorder=4,
    )
    finish(axes, "ROC", "1 - specificity", "sensitivity")


def draw_precision_recall(axes: Axes, scores: Scores, precision_recall: pd.DataFrame) -> None:
    """Draw the precision-recall curve, chance and the operating point."""
    test = scores.test
    axes.step(
        precision_recall["recall"],
        precision_recall["precision"],
        where="post",
        color=BLUE,
        label=f"average precision {number(test['average_precision'])}",
        zorder=3,
    )
    share = (test["positives"] or 0) / (test["n"] or 1)
    axes.plot([0, 1], [share, share], color=GREY, linestyle=":", label=f"chance {number(share)}")
    if test["precision"] is not None:
        axes.plot(
            test["recall"] or 0,
            test["precision"],
            "o",
            color=VERMILION,
            label=f"threshold {scores.threshold:.3f}: precision {number(test['precision'])}, "
            f"recall {number(test['recall'])}",
            zorder=4,
        )
    finish(axes, "Precision and recall", "recall", "precision")


def draw_confusion(axes: Axes, scores: Scores) -> None:
    """Draw the confusion matrix: counts, coloured by their share of the actual class."""
    counts = scores.confusion
    matrix = [[counts["tn"], counts["fp"]], [counts["fn"], counts["tp"]]]
    shares = [[count / sum(row) for count in row] for row in matrix]
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
                size=13,
                color="white" if share > 0.5 else "black",  # noqa: PLR2004 - legible on the blues
            )
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xticks([0, 1], CLASSES)
    axes.set_yticks([0, 1], CLASSES, rotation=90, va="center")
    axes.set(
        title=f"Confusion at threshold {scores.threshold:.3f}",
        xlabel="predicted",
        ylabel="actual",
    )


def finish(axes: Axes, title: str, horizontal: str, vertical: str) -> None:
    """Give both curves the same square from 0 to 1 and the legend below it."""
    axes.set(
        title=title, xlabel=horizontal, ylabel=vertical, xlim=(-0.01, 1.01), ylim=(-0.01, 1.01)
    )
    axes.set_aspect("equal")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), fontsize=8.5)
