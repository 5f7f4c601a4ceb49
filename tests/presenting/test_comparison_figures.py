import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from fracture.artifacts.comparison import Comparison
from fracture.judging.comparison.comparing import baselines, compare
from fracture.judging.comparison.systems import Measured
from fracture.presenting.comparison_figures import ablations, ranking, verdicts
from tests.judging.comparison.examples import audit, measured
from tests.run_files import make_mean, make_system

MODELS = {
    "good": {"backbone": "vgg16", "variant": "plain", "target": "fractured"},
    "fair": {"backbone": "xception", "variant": "plain", "target": "fractured"},
    "poor": {"backbone": "vgg16", "variant": "canny", "target": "fractured"},
}
RANKED = [measured("good", 3.0), measured("fair", 2.8, 2), measured("poor", 0.2, 3)]


@pytest.fixture(autouse=True)
def closed() -> object:
    yield
    plt.close("all")


def compared(ranked: list[Measured] = RANKED, **more: None) -> Comparison:
    models = {each.model: MODELS[each.model] for each in ranked}
    return compare(models, ranked, baselines(audit(**more), ranked[0].scores))


SCORES = {each.model: each.scores for each in RANKED}
MADE = {name: make_system(name) for name in MODELS}


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def notes(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def test_the_forest_has_a_row_for_each_baseline_and_model() -> None:
    figure = ranking([compared()], SCORES, MADE)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "hash look-up", "shortcut: file size", "good", "fair", "poor",
    ]  # fmt: skip
    assert texts(figure)[:2] == ["0.500 (0.500 to 0.500)", "0.600 (0.500 to 0.700)"]
    assert texts(figure)[2:] == [str(each.test) for each in RANKED]
    bottom, top = axes.get_ylim()
    assert bottom > top  # the first row stands on top
    figure.canvas.draw()


def test_an_ensemble_is_named_as_one() -> None:
    made = MADE | {"fair": make_mean("fair", ["good", "poor", "good"])}
    (axes,) = ranking([compared()], SCORES, made).axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names[2:] == ["good", "fair (mean of 2)", "poor"]


def test_what_is_not_told_apart_is_hollow() -> None:
    (axes,) = ranking([compared()], SCORES, MADE).axes
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, True, False]


def legend(figure: Figure) -> list[str]:
    return [text.get_text() for each in figure.legends for text in each.get_texts()]


def test_the_legend_names_what_is_drawn_and_no_more() -> None:
    apart = "filled: good itself, or told apart from it on test"
    hollow = "white inside: test, not distinguishable from good"
    chosen, validation, baseline = "chosen on validation", "validation", "test, without a network"
    assert legend(ranking([compared()], SCORES, MADE)) == [
        chosen, apart, hollow, validation, baseline,
    ]  # fmt: skip
    without = compared([RANKED[0], RANKED[2]]).model_copy(update={"baselines": []})
    assert legend(ranking([without], SCORES, MADE)) == [chosen, apart, validation]
    one = compared(RANKED[:1])
    assert legend(ranking([one], SCORES, MADE)) == [chosen, validation, baseline]


def test_the_forest_of_one_model_and_undefined_baselines() -> None:
    undefined = dict.fromkeys(["auroc", "auroc_low", "auroc_high"])
    alone = RANKED[:1]
    figure = ranking([compared(alone, **undefined)], SCORES, MADE)
    assert texts(figure)[:2] == ["-", "-"]
    figure.canvas.draw()


def test_the_matrix_shows_each_pair_from_both_sides() -> None:
    figure = verdicts(compared(), SCORES)
    cells = {
        (round(text.get_position()[1]), round(text.get_position()[0])): text.get_text()
        for text in figure.axes[0].texts
    }
    assert cells.keys() == {(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)}
    assert cells[0, 2].startswith("▲\n+0.")
    assert cells[2, 0].startswith("▼\n-0.")
    assert cells[0, 1].startswith("≈\n+0.")
    assert cells[0, 2][2:].strip("+") == cells[2, 0][2:].strip("-")
    assert len(cells[0, 1]) == len("≈\n+0.003")
    assert "interval" not in figure.get_suptitle()
    figure.canvas.draw()


@pytest.mark.parametrize(
    ("seeds", "expected"),
    [(1, "on these trainings, one seed each"), (3, "on trainings with 3 seeds each")],
)
def test_figures_with_verdicts_say_of_which_trainings_these_are(seeds: int, expected: str) -> None:
    one = compared()
    spreads = [each.model_copy(update={"seeds": seeds}) for each in one.spreads]
    one = one.model_copy(update={"spreads": spreads})
    (axes,) = ranking([one], SCORES, MADE).axes
    assert axes.get_title().endswith(f"; verdicts {expected}")
    assert expected in verdicts(one, SCORES).get_suptitle()
    (axes,) = ranking([compared(RANKED[:1])], SCORES, MADE).axes
    assert "verdicts" not in axes.get_title()


def test_one_model_alone_has_a_figure_that_says_so() -> None:
    figure = verdicts(compared(RANKED[:1]), SCORES)
    assert notes(figure) == ["One system alone: no pairs to compare."]


def test_ablations() -> None:
    figure = ablations(compared(), SCORES)
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == ["vgg16: canny"]
    assert texts(figure)[0].endswith("worse")
    assert legend(figure) == []
    figure.canvas.draw()


def test_pooled_ablations_have_another_marker_that_the_legend_names() -> None:
    models = MODELS | {"more": {"backbone": "xception", "variant": "canny"}}
    ranked = [*RANKED, measured("more", 0.1, 4)]
    figure = ablations(compare(models, ranked, []), SCORES)
    (axes,) = figure.axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    markers = [line.get_marker() for line in axes.lines if line.get_marker() in {"o", "D"}]
    assert list(zip(names, markers, strict=True)) == [
        ("vgg16: canny", "o"), ("xception: canny", "o"), ("all, pooled: canny", "D"),
    ]  # fmt: skip
    assert legend(figure) == ["one backbone", "all backbones, pooled"]
    assert len(axes.get_xticks()) <= 6


def test_a_line_parts_the_variants() -> None:
    models = MODELS | {
        "more": {"backbone": "vgg16", "variant": "edges"},
        "least": {"backbone": "vgg16", "variant": "canny_channels"},
    }
    ranked = [*RANKED, measured("more", 0.1, 4), measured("least", 0.1, 5)]
    (axes,) = ablations(compare(models, ranked, []), SCORES).axes
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["vgg16: canny", "vgg16: edges", "vgg16: canny_channels"]
    heights = [np.unique(np.asarray(line.get_ydata())).tolist() for line in axes.lines]
    assert [height for height in heights if height in ([0.5], [1.5])] == [[0.5], [1.5]]


def test_without_ablations_a_figure_says_so() -> None:
    figure = ablations(compared(RANKED[:2]), SCORES)
    assert notes(figure)[0].startswith("No ablation: no backbone")


def test_a_panel_for_each_further_target() -> None:
    other = compared(RANKED[:1]).model_copy(update={"target": "side", "baselines": []})
    figure = ranking([compared(), other], SCORES, MADE)
    first, second = figure.axes
    assert first.get_title().startswith(
        "Test AUROC of each system, target fractured\nsynthetic, test"
    )
    assert second.get_title().startswith("Test AUROC of each system, target side\nsynthetic, test")
    assert [label.get_text() for label in second.get_yticklabels()] == ["good"]
    assert notes(ranking([], SCORES, MADE)) == ["All systems of this run predict one target."]
