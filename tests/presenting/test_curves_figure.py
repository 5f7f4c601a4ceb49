"""The curves of all systems over one another."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from fracture.presenting.curves_figure import BACKGROUND, draw
from fracture.presenting.figures import looks
from tests.presenting import drawn
from tests.presenting.report.examples import make_scores


def table(_: str, curve: str) -> pd.DataFrame:
    keys = {
        "roc": ["false_positive_rate", "sensitivity"],
        "precision_recall": ["sensitivity", "precision"],
    }
    return pd.DataFrame({key: [0.0, 0.5, 1.0] for key in keys[curve]})


def figure_of(count: int, headline: int, seeds: int = 2) -> tuple[list[str], Figure]:
    names = drawn.names(count, 5)
    scores = {name: make_scores(name, 0.9 - place / 100) for place, name in enumerate(names)}
    kept = dict([*scores[names[0]].seeds.items()][:seeds])
    scores = {name: one.model_copy(update={"seeds": kept}) for name, one in scores.items()}
    compared = drawn.comparison(names, scores)
    return names, draw(compared, scores, looks(names), names[headline], table)


@pytest.mark.parametrize(
    ("count", "headline", "coloured"),
    [(2, 0, [0, 1]), (5, 4, [0, 1, 2, 3, 4]), (20, 17, [0, 1, 2, 3, 4, 5, 17])],
)
def test_the_best_few_and_the_headline_are_named_in_their_colours(
    count: int, headline: int, coloured: list[int]
) -> None:
    names, figure = figure_of(count, headline)
    (legend,) = figure.legends
    told = [text.get_text() for text in legend.get_texts()]
    scored = [f"{names[place]}: AUROC {0.9 - place / 100:.3f} (" for place in coloured]
    assert [text[: len(each)] for text, each in zip(told, scored, strict=False)] == scored
    others = count - len(coloured)
    assert told[len(coloured) :] == [*[f"{others} other systems"] * bool(others), "chance"]
    for axes in figure.axes:
        colours = [line.get_color() for line in axes.lines if len(np.asarray(line.get_xdata())) > 2]
        expected = [looks(names)[names[place]].colour for place in coloured]
        # The best is drawn last, over all others.
        assert colours == [BACKGROUND.colour] * others + expected[::-1]
    plt.close(figure)


def test_the_title_says_which_training_is_shown_where_there_are_several() -> None:
    _, figure = figure_of(2, 0)
    assert "(training seed 0, the first of 2)\n" in figure.get_suptitle()
    _, one = figure_of(2, 0, seeds=1)
    assert "seed" not in one.get_suptitle()
    plt.close("all")
