"""Costs as people read them, and figures of them whose names do not overlap."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.text import Annotation

from fracture.artifacts.row import Estimate
from fracture.artifacts.trained import Footprint
from fracture.presenting import cost
from fracture.presenting.cost_figure import Priced, against, draw, spread
from fracture.presenting.figures import LOOKS, looks
from tests.presenting.report.examples import FOOTPRINT, MODELS, make_comparison, make_scores


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "0"),
        (7, "7"),
        (999, "999"),
        (1_281, "1.28 k"),
        (9_200_000, "9.20 M"),
        (300_000_000, "300 M"),
        (999_600, "1.00 M"),
        (11_500_000_000, "11.5 G"),
    ],
)
def test_quantities_have_three_digits(number: int, expected: str) -> None:
    assert cost.quantity(number) == expected


def test_a_row_for_each_system() -> None:
    systems = [make_scores("one", 0.8), make_scores("two", 0.7, footprint=None)]
    table = cost.table(systems)
    assert table.rows == (
        ("one", "1", "2.26 M", "1.28 k", "300 M", "9.20 MB", "12", "2,400"),
        ("two", *["-"] * 7),
    )
    assert len(table.columns) == 8
    assert cost.section(systems)[0] == "### Cost"
    assert cost.section(systems[1:]) == []


def test_numbers_for_machines_are_whole() -> None:
    assert cost.columns(FOOTPRINT)["multiply_adds"] == "300000000"
    assert list(cost.columns(None).values()) == [""] * len(Footprint.model_fields)


def test_footprints_add_up() -> None:
    total = Footprint.total([FOOTPRINT, FOOTPRINT, FOOTPRINT])
    assert (total.networks, total.multiply_adds, total.epochs) == (3, 900_000_000, 36)


def test_labels_are_apart_and_keep_their_order() -> None:
    assert spread([0.1, 0.9, 0.5], 0.1) == pytest.approx([0.1, 0.9, 0.5])
    assert spread([0.5, 0.5, 0.45], 0.1) == pytest.approx([0.55, 0.65, 0.45])
    assert spread([1.0, 1.0, 1.0], 0.2) == pytest.approx([0.6, 0.8, 1.0])
    assert spread([0.5] * 5, 0.9) == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])
    assert spread([0.3], 0.1) == [0.3]


@pytest.mark.parametrize("many", [1, 5, 20])
def test_no_name_lies_over_another(many: int) -> None:
    name = "a_name_of_thirty_letters_in_all"
    priced = [
        Priced(name, 10.0**n, Estimate(value=0.9 - n / 900), n == 0, n % 2 == 0, look)
        for n, look in enumerate(LOOKS[:many])
    ]
    figure = against(priced, "seconds", "10 radiographs; 95 % intervals", 1)
    figure.draw_without_rendering()
    boxes = sorted(
        (text.get_window_extent().y0, text.get_window_extent().y1, text.get_window_extent().x1)
        for text in figure.axes[0].texts
    )
    assert len(boxes) == many
    for (_, top, right), (bottom, _, _) in pairwise(boxes):
        assert bottom >= top - 1
        assert right <= figure.bbox.x1
    assert boxes[0][0] >= 0
    assert boxes[-1][1] <= figure.bbox.y1


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (1.68e8, ["155 M", "160 M", "165 M"]),
        (4e8, ["200 M", "300 M", "400 M"]),
        (9e8, ["200 M", "400 M", "600 M", "800 M"]),
        (1.6e9, ["200 M", "500 M", "1 G"]),
        (1e10, ["200 M", "500 M", "1 G", "2 G", "5 G", "10 G"]),
    ],
)
def test_ticks_are_few_and_have_prefixes(most: float, expected: list[str]) -> None:
    look = LOOKS[0]
    priced = [
        Priced(name, cost, Estimate(value=0.9), False, False, look)
        for name, cost in (("one", 1.55e8), ("other", most))
    ]
    figure = against(priced, "multiply-adds", "10 radiographs", 1)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    seen = [tick for tick in axes.xaxis.get_major_ticks() if low <= tick.get_loc() <= high]
    assert [tick.label1.get_text() for tick in seen] == expected
    assert not axes.xaxis.get_minor_ticks()


def test_what_is_not_told_apart_is_white_inside_and_the_title_says_so() -> None:
    priced = [
        Priced("first", 1e6, Estimate(value=0.9), True, True, LOOKS[0]),
        Priced("like it", 2e6, Estimate(value=0.8), False, False, LOOKS[1]),
    ]
    figure = against(priced, "multiply-adds", "10 radiographs; 95 % intervals", 1)
    dots = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() for dot in dots] == [LOOKS[0].colour, "white"]
    title = "Test AUROC against cost; bold: the system that validation chose"
    assert figure.get_suptitle().splitlines() == [
        title,
        "white inside: not distinguishable from it, of these trainings, one seed each",
        "10 radiographs; 95 % intervals",
    ]
    filled = against(priced[:1], "multiply-adds", "10 radiographs", 1).get_suptitle()
    assert filled == f"{title}\n10 radiographs"


def test_each_ranked_system_stands_at_its_cost() -> None:
    scores = {name: make_scores(name, 0.8) for name in MODELS}
    axes = draw(make_comparison(), scores, looks(MODELS)).axes[0]
    assert axes.get_xscale() == "log"
    assert [text.get_text() for text in axes.texts] == [f"{name}, 0.800" for name in MODELS]
    places = [text.xy for text in axes.texts if isinstance(text, Annotation)]
    # Of equal cost, 3 % apart.
    costs = 3e8 / 1.03, 3e8, 3e8 * 1.03
    assert np.array(places) == pytest.approx(np.array([(cost, 0.8) for cost in costs]))
    unknown = {name: make_scores(name, 0.8, footprint=None) for name in MODELS}
    assert draw(make_comparison(), unknown, looks(MODELS)).texts[0].get_text().startswith("What ")
