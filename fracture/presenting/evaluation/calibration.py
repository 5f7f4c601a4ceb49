"""Whether probabilities mean what they say: reliability, and how they spread by class."""

from itertools import cycle
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fracture.artifacts.scores import CLASSES, Scores, number
from fracture.judging.sample import Sample
from fracture.presenting.evaluation.performance import MARKS
from fracture.presenting.figures import BLUE, GREY, VERMILION


def calibration(
    scores: Scores, points: list[str], test: Sample, reliability: pd.DataFrame
) -> Figure:
    """Draw the reliability diagram beside a histogram of the probabilities.

    Args:
        scores: Of the model.
        points: Names of the operating points whose thresholds to show.
        test: What was scored.
        reliability: See `calibration` in fracture/judging/curves.py.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 5.6))
    draw_reliability(left, scores, reliability)
    draw_histogram(right, {name: scores.images.thresholds[name] for name in points}, test)
    figure.suptitle(f"{scores.model} on {scores.basis}", size=11)
    return figure


def draw_reliability(axes: Axes, scores: Scores, reliability: pd.DataFrame) -> None:
    """Draw observed share against mean probability, before and after temperature scaling."""
    test, observed = scores.images.test, reliability["observed"]
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="as it should be")
    axes.plot(
        reliability["uncalibrated"],
        observed,
        "s--",
        color=VERMILION,
        markerfacecolor="white",
        label="as the network gives it: calibration error "
        f"{test.uncalibrated['calibration_error']}",
    )
    axes.errorbar(
        reliability["predicted"],
        observed,
        [observed - reliability["low"], reliability["high"] - observed],
        fmt="o-",
        color=BLUE,
        capsize=3,
        label=f"temperature {number(scores.images.temperature)}: calibration error "
        f"{test.scores['calibration_error']}",
    )
    least, most = reliability["n"].min(), reliability["n"].max()
    each = f"{least}" if least == most else f"{least} to {most}"
    axes.set(
        title=f"Reliability in bins of equal mass: {len(reliability)} of {each} radiographs\n"
        f"bars: {100 * scores.confidence:g} % Wilson intervals",
        xlabel="mean predicted probability of a fracture",
        ylabel="observed share of fractured",
        xlim=(-0.02, 1.02),
        ylim=(-0.02, 1.02),
    )
    axes.title.set_fontsize(10.5)
    axes.set_aspect("equal")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), fontsize=8.5)


def draw_histogram(axes: Axes, thresholds: dict[str, float], test: Sample) -> None:
    """Draw the probabilities of each class, and the thresholds that they are held against."""
    bins = np.linspace(0, 1, 26).tolist()
    styles: tuple[dict[str, Any], ...] = (
        {"color": GREY, "alpha": 0.45},
        {"color": BLUE, "histtype": "step", "hatch": "///"},
    )
    for label, (name, style) in enumerate(zip(CLASSES, styles, strict=True)):
        values = test.probabilities[test.labels == label]
        axes.hist(values, bins, label=f"{name}: {len(values)}", **style)
    for place, (mark, (name, threshold)) in enumerate(
        zip(cycle(MARKS), thresholds.items(), strict=False)
    ):
        axes.axvline(threshold, color=mark["color"], linewidth=1)
        # Each lower than the one before, so that equal thresholds do not hide each other.
        axes.plot(
            threshold,
            0.97 - 0.07 * place,
            transform=axes.get_xaxis_transform(),
            label=f"{name}: {number(threshold)}",
            **mark,
        )
    axes.set(
        title="Probabilities as the network gives them\nmarked: thresholds of the operating points",
        xlabel="predicted probability of a fracture",
        ylabel="radiographs",
        xlim=(-0.02, 1.02),
    )
    axes.title.set_fontsize(10.5)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), fontsize=8.5, ncols=2)
