"""What the figures of all systems share: a confusion matrix, the frame of a curve, reliability."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fracture.artifacts.row import Estimate, number
from fracture.artifacts.scores import Scores
from fracture.presenting.figures import GREY, SMALL, VERMILION, WIDTH, Look, head, text_colour
from fracture.presenting.words import one_of

BINS = np.linspace(0, 1, 26).tolist()
GROUPS: tuple[dict[str, Any], ...] = (
    {"color": GREY, "alpha": 0.45},
    {"color": VERMILION, "histtype": "step", "hatch": "///"},
)
"""How the two groups of a histogram look: the second is seen over the first."""


ROC = "ROC", "false positive rate (1 - specificity)", "sensitivity"
PRECISION = "Precision and sensitivity", "sensitivity (recall)", "precision"
"""Title, horizontal and vertical axis of the curves of two classes."""


def draw_matrix(axes: Axes, matrix: list[list[int]], classes: Sequence[str]) -> None:
    """Draw a confusion matrix: counts, coloured by their share of the actual class.

    Args:
        axes: Where.
        matrix: Radiographs by actual and predicted class.
        classes: Their names.
    """
    several = len(classes) > 2  # noqa: PLR2004
    shares = [[count / max(sum(row), 1) for count in row] for row in matrix]
    colours = plt.colormaps["Blues"]
    axes.imshow(shares, cmap=colours, vmin=0, vmax=1)
    for row, column in product(range(len(classes)), repeat=2):
        share = shares[row][column]
        # Of many classes, most cells are empty: less is easier to read.
        text = f"{matrix[row][column]}\n{_percent(share)}" if share or not several else "0"
        size = max(SMALL, 14 - 0.7 * len(classes)) if several else 12
        colour = text_colour(colours(share))
        axes.text(column, row, text, ha="center", va="center", size=size, color=colour)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)
    places = range(len(classes))
    if several:
        axes.set_xticks(places, classes, rotation=45, ha="right", rotation_mode="anchor")
        axes.set_yticks(places, classes)
    else:
        axes.set_xticks(places, classes)
        axes.set_yticks(places, classes, rotation=90, va="center")
    axes.set(xlabel="predicted" if several else "called", ylabel="actual")


def _percent(share: float) -> str:
    """Return a share, 0 to 1, in whole percent; what is not none and not all is not called so."""
    if 0 < share < 0.01:  # noqa: PLR2004
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{share:.0%}"  # noqa: PLR2004


def draw_band(
    axes: Axes, scores: Scores, table: pd.DataFrame, horizontal: str, colour: str
) -> None:
    """Shade the pointwise interval; nothing where there is none, such as for a single group.

    Args:
        axes: With the curve.
        scores: Say which interval it is.
        table: The curve: its column `horizontal`, `low` and `high`.
        horizontal: Name of that column.
        colour: Of the curve.
    """
    if table["low"].notna().any():
        label = f"{100 * scores.confidence:g} % interval at each point"
        ends = table[horizontal], table["low"], table["high"]
        axes.fill_between(*ends, color=colour, alpha=0.18, lw=0, label=label)


def step_roc(axes: Axes, table: pd.DataFrame, look: Look, **line: Any) -> None:
    """Draw a ROC curve.

    Args:
        axes: Where.
        table: Its columns false_positive_rate and sensitivity.
        look: How the system is drawn.
        **line: More of the line, as Matplotlib names it.
    """
    rates, heights = ([0, *table[key]] for key in ("false_positive_rate", "sensitivity"))
    axes.step(rates, heights, look.line, where="post", color=look.colour, **line)


def step_precision(axes: Axes, table: pd.DataFrame, look: Look, **line: Any) -> None:
    """Draw a precision-recall curve.

    Args:
        axes: Where.
        table: Its columns sensitivity and precision.
        look: How the system is drawn.
        **line: More of the line, as Matplotlib names it.
    """
    along, heights = table["sensitivity"], table["precision"]
    axes.step(along, heights, look.line, where="pre", color=look.colour, **line)


def square(axes: Axes, title: str, horizontal: str, vertical: str) -> None:
    """Give a curve the square from 0 to 1.

    Args:
        axes: With the curve.
        title: Of the axes.
        horizontal: What lies on the horizontal axis.
        vertical: What lies on the vertical one.
    """
    axes.set(
        title=title, xlabel=horizontal, ylabel=vertical, xlim=(-0.01, 1.01), ylim=(-0.01, 1.01)
    )
    axes.set_aspect("equal")


def _calibration_error(of: dict[str, Estimate]) -> str:
    """Return the calibration error and what of it is beyond chance."""
    beyond = of["calibration_error_beyond_chance"]
    return f"calibration error {of['calibration_error']},\nbeyond chance {beyond}"


def draw_calibration(
    scores: Scores,
    reliability: pd.DataFrame,
    probabilities: Mapping[str, npt.NDArray[np.float64]],
    names: tuple[str, str],
    look: Look,
) -> tuple[Figure, Axes]:
    """Draw the reliability diagram beside a histogram of the probabilities.

    Args:
        scores: The scores of the system.
        reliability: The columns that `calibration` in fracture/judging/curves.py returns.
        probabilities: As the network gives them, of two groups of test radiographs by their names.
        names: Of the probability, and of the share that is observed.
        look: How the system is drawn.

    Returns:
        The figure, and its histogram, which has no legend yet.
    """
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 5.4))
    probability, share = names
    draw_reliability(left, scores, reliability, look)
    left.set(xlabel=f"mean {probability}", ylabel=share)
    for (name, values), style in zip(probabilities.items(), GROUPS, strict=True):
        right.hist(values, BINS, label=f"{name}: {len(values)}", **style)
    right.set(
        title="Probabilities as the network gives them", xlabel=probability, ylabel="radiographs"
    )
    for axes in (left, right):
        axes.set_xlim(-0.02, 1.02)
        axes.title.set_fontsize(10.5)
    head(
        figure, f"{scores.model}: are its probabilities right?{one_of(scores.seeds)}", scores.basis
    )
    return figure, right


def draw_reliability(axes: Axes, scores: Scores, reliability: pd.DataFrame, look: Look) -> None:
    """Draw observed share against mean probability, before and after temperature scaling.

    Args:
        axes: Where.
        scores: The scores of the system.
        reliability: The columns that `calibration` in fracture/judging/curves.py returns.
        look: How the system is drawn.
    """
    test, observed = scores.images.test, reliability["observed"]
    before, after = map(_calibration_error, (test.uncalibrated, test.scores))
    axes.plot([0, 1], [0, 1], color=GREY, linestyle=":", label="as it should be: the diagonal")
    label = f"as the network gives it:\n{before}"
    axes.plot(reliability["uncalibrated"], observed, "x--", color=GREY, label=label)
    label = f"temperature {number(scores.images.temperature)}:\n{after}"
    bars = [observed - reliability["low"], reliability["high"] - observed]
    axes.errorbar(
        reliability["predicted"], observed, bars, color=look.colour, marker=look.marker,
        linestyle=look.line, capsize=3, label=label,
    )  # fmt: skip
    least, most = reliability["n"].min(), reliability["n"].max()
    each = f"{least}" if least == most else f"{least} to {most}"
    axes.set(
        title=f"Reliability in bins of equal mass: {len(reliability)} of {each} radiographs\n"
        f"bars: {100 * scores.confidence:g} % Wilson intervals",
        ylim=(-0.02, 1.02),
    )
    axes.set_aspect("equal")
    legend_below(axes)


def legend_below(axes: Axes, ncols: int = 1) -> None:
    """Put the legend of axes below them.

    Args:
        axes: With all that it names.
        ncols: Its columns.
    """
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.14), fontsize=SMALL, ncols=ncols)
