"""The curves of all systems over one another: ROC, and precision against sensitivity."""

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fracture.artifacts.comparison import Comparison
from fracture.artifacts.scores import Scores
from fracture.presenting.evaluation_panels import PRECISION, ROC, square, step_precision, step_roc
from fracture.presenting.figures import GREY, SMALL, WIDTH, Look, head
from fracture.presenting.words import count, one_of

COLOURED = 6
"""Systems that validation puts first, each in its colour; so is the headline, others are grey."""
BACKGROUND = Look("#BBBBBB", "", "-")


def draw(
    comparison: Comparison,
    scores: Mapping[str, Scores],
    drawn: Mapping[str, Look],
    headline: str,
    table: Callable[[str, str], pd.DataFrame],
) -> Figure:
    """Draw ROC and precision-recall curves of the ranked systems, the best few in colour.

    Args:
        comparison: Of the headline's target.
        scores: Of all systems, by name.
        drawn: How each of them is drawn.
        headline: The system that params.yaml names.
        table: Gives a curve of a system, a key of `COLUMNS` in fracture/artifacts/curves.py.
    """
    coloured = [*comparison.ranking[:COLOURED]]
    coloured += [name for name in comparison.ranking[COLOURED:] if name == headline]
    others = [name for name in comparison.ranking if name not in coloured]
    figure, (left, right) = plt.subplots(1, 2, figsize=(WIDTH, 5.4 + 0.21 * len(coloured)))
    first = scores[comparison.ranking[0]]
    test = first.images.test
    chance = test.counts[1] / test.n if first.binary else 1 / len(first.classes)
    left.plot([0, 1], [0, 1], color=GREY, linestyle=":")
    right.plot([0, 1], [chance, chance], color=GREY, linestyle=":", label="chance")
    # The best last, over all others.
    for place, name in enumerate(reversed([*coloured, *others])):
        look = drawn[name] if name in coloured else BACKGROUND
        width = 1.8 if name in coloured else 0.8
        step_roc(left, table(name, "roc"), look, linewidth=width, zorder=2 + place)
        step_precision(
            right, table(name, "precision_recall"), look, linewidth=width, zorder=2 + place
        )
    square(left, *ROC)
    square(right, *PRECISION)
    _name(figure, right, [(_said(scores[name]), drawn[name]) for name in coloured], len(others))
    seeds = max((scores[name].seeds for name in comparison.ranking), key=len)
    title = f"Curves of test radiographs, best on validation first{one_of(seeds)}"
    head(figure, title, first.basis)
    return figure


def _said(scores: Scores) -> str:
    """Return the name of a system and what its curves enclose."""
    served = scores.as_served
    text = f"{scores.model}: AUROC {served.auroc}"
    if scores.binary:
        text += f", average precision {served.images.test.scores['average_precision']}"
    return text


def _name(figure: Figure, axes: Axes, coloured: list[tuple[str, Look]], others: int) -> None:
    """Write the legend below both panels: the systems in colour, then the others together."""
    handles = [
        axes.plot([], [], look.line, color=look.colour, linewidth=1.8, label=text)[0]
        for text, look in coloured
    ]
    if others:
        label = f"{count(others, 'other system')}"
        handles += axes.plot([], [], color=BACKGROUND.colour, linewidth=0.8, label=label)
    handles += [line for line in axes.get_lines() if line.get_label() == "chance"]
    figure.legend(handles=handles, loc="outside lower center", fontsize=SMALL)
