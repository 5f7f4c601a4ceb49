"""No figure has a text over another, over a line or over a marker, whatever it shows."""

from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from fracture.presenting.figures import LOOKS, looks, save
from tests.presenting import drawn
from tests.presenting.layout import faults


def faulty(figures: drawn.Drawn) -> dict[str, list[str]]:
    """Return the faults of the figures that have some, by their names."""
    found = {name: faults(draw()) for name, draw in figures.items()}
    plt.close("all")
    assert found
    return {name: said for name, said in found.items() if said}


@pytest.mark.parametrize(("systems", "letters"), [(2, 3), (2, 30), (5, 30), (20, 30)])
def test_figures_of_all_systems(systems: int, letters: int) -> None:
    assert faulty(drawn.of_all(systems, letters)) == {}


@pytest.mark.parametrize("letters", [3, 30])
def test_figures_of_one_system(letters: int) -> None:
    assert faulty(drawn.of_one(letters)) == {}


@pytest.mark.parametrize(("classes", "letters"), [(3, 30), (12, 3)])
def test_figures_of_several_classes(classes: int, letters: int) -> None:
    figures = drawn.of_classes(classes, letters)
    if classes > 3:
        del figures["heat"]  # takes long, and shows at most six
    assert faulty(figures) == {}


def test_figures_of_the_data(tmp_path: Path) -> None:
    assert faulty(drawn.of_data(tmp_path)) == {}


def test_what_lies_over_what_is_found() -> None:
    figure, (left, right) = plt.subplots(1, 2, layout="none")
    left.text(0.5, 0.5, "one")
    left.text(0.51, 0.51, "other")
    right.axvline(0.5, linestyle="--")
    right.text(0.4, 0.5, "a long text")
    right.text(0.4, 0.9, "turned", rotation=90)
    right.plot(0.2, 0.2, "o")
    right.text(0.19, 0.19, "marked")
    right.set(xlim=(0, 1), ylim=(0, 1))
    assert faults(figure) == [
        "'one' lies over 'other'",
        "'a long text' lies over a line --",
        "'marked' lies over a marker o",
    ]
    plt.close(figure)


def test_what_is_too_small_on_a_page_is_found() -> None:
    figure, axes = plt.subplots(figsize=(12.6, 2), layout="none")
    axes.text(0.5, 0.5, "small", size=8)
    axes.text(0.5, 0.1, "large", size=14)
    axes.set(xticks=[], yticks=[], position=(0, 0, 1, 1))
    assert faults(figure) == ["'small' is printed at 4.0 pt"]
    plt.close(figure)


def test_turned_texts_side_by_side_are_no_fault() -> None:
    figure, axes = plt.subplots(layout="none")
    names = ["a long name of a system", "another long name of one"]
    axes.set_xticks([0, 0.2], names, rotation=45, ha="left", rotation_mode="anchor")
    assert faults(figure) == []
    axes.set_xticks([0, 0.2], names, rotation=0)
    assert faults(figure) == [f"'{names[0]}' lies over '{names[1]}'"]
    plt.close(figure)


@pytest.mark.parametrize("suffix", ["png", "pdf", "svg"])
def test_the_same_figure_has_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    figures = [tmp_path / f"{name}.{suffix}" for name in ("one", "other")]
    for path in figures:
        save(drawn.of_all(2, 3)["verdicts"](), path, synthetic=True)
    one, other = (path.read_bytes() for path in figures)
    assert one == other
    assert b"Date" not in one
    assert b"Matplotlib" not in one


def test_the_stamp_stands_below_the_legend_and_that_below_the_axes(tmp_path: Path) -> None:
    figure = drawn.of_all(2, 3)["verdicts"]()
    save(figure, tmp_path / "verdicts.png", synthetic=True)
    (stamp,) = (text for text in figure.texts if text.get_text() == "synthetic radiographs")
    (legend,) = figure.legends
    assert stamp.get_window_extent().y1 <= legend.get_window_extent().y0
    assert legend.get_window_extent().y1 <= figure.axes[0].get_window_extent().y0


def test_a_system_looks_the_same_whichever_come_after_it() -> None:
    few, many = looks(drawn.names(2, 3)), looks(drawn.names(24, 3))
    assert few.items() <= many.items()
    assert len(set(LOOKS)) == len({*many.values()}) == 24
    assert len(looks(drawn.names(30, 3))) == 30
