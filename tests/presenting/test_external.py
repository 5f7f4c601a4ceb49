import matplotlib.pyplot as plt
import numpy as np
import pytest

from fracture.artifacts.external import External
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Part
from fracture.presenting.external import counts, drops, markdown
from fracture.presenting.figures import looks
from fracture.presenting.words import NOT_CLINICAL, SYNTHETIC
from tests.inference.external.examples import scores

HOME = {name: scores(name) for name in ("small", "edges")}


def external(**changes: object) -> External:
    parts = {name: one.images.test for name, one in HOME.items()}
    drop = {name: Estimate(value=0.25, low=0.1, high=0.4) for name in parts}
    given = {
        "name": "hospital",
        "dataset": "mura",
        "synthetic": False,
        "trained_on": "synthetic",
        "found": 30,
        "left_out": {"seen in training data": 4, "truncated": 2},
        "confidence": 0.95,
        "draws": 200,
        "parts": parts,
        "drop": drop,
        "passed_over": {},
    }
    return External.model_validate(given | changes)


def test_a_row_says_what_is_internal_what_external_and_what_is_lost() -> None:
    text = markdown([external()], HOME)
    auroc = str(HOME["small"].auroc)
    row = next(line for line in text.splitlines() if line.startswith("| small"))
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    drop = "0.250 (0.100 to 0.400)"
    assert cells[:6] == ["small", "fractured", auroc, auroc, drop, "balanced"]
    assert "30 radiographs, 6 left out (4 seen in training data, 2 truncated): n = 24, 12 " in text
    assert "radiologists called the study abnormal" in text
    assert f"**{SYNTHETIC} {NOT_CLINICAL}**" in text
    assert "95 %, 200 bootstrap draws" in text


def test_systems_stand_in_the_order_given() -> None:
    text = markdown([external()], dict(reversed(HOME.items())))
    assert text.index("| edges") < text.index("| small")


def test_one_class_is_told() -> None:
    part = HOME["small"].images.test
    alone = Part.model_validate(part.model_dump() | {"positives": part.n})
    assert "one class only" in counts(external(parts={"small": alone}), HOME)


@pytest.mark.parametrize("number", [1, 2])
def test_a_panel_for_each_data_set_with_both_scores_of_each_model(number: int) -> None:
    figure = drops(
        [external(), external(name="clinic", parts={}, drop={})][:number], HOME, looks(HOME)
    )
    first, *others = figure.axes
    assert [label.get_text() for label in first.get_yticklabels()] == ["small", "edges"]
    marks = {line.get_marker(): np.asarray(line.get_xdata())[0] for line in first.lines}
    assert marks["o"] == marks["D"] == HOME["small"].auroc.value
    assert [text.get_text() for text in first.texts] == ["drop 0.250 (0.100 to 0.400)"] * 2
    assert ["none is left" in axes.texts[0].get_text() for axes in others] == [True] * (number - 1)
    plt.close(figure)


def test_without_other_data_sets_it_says_so() -> None:
    (text,) = drops([], {}, {}).texts
    assert text.get_text().startswith("No other data set is named under external in params.yaml.")
    assert "other_hospital: {dataset: class_folders" in markdown([], {})
    plt.close("all")


def test_systems_of_several_targets_are_told_apart() -> None:
    side = HOME["small"].model_copy(
        update={"model": "side", "target": "side", "classes": ["left", "middle", "right"]}
    )
    part = HOME["small"].images.test.model_copy(update={"positives": None, "points": {}, "n": 9})
    parts = {"small": HOME["small"].images.test, "side": part}
    text = counts(external(parts=parts), HOME | {"side": side})
    assert text.endswith("fractured: n = 24, 12 fractured, 6 groups; side: n = 9, 6 groups")
    drop = dict.fromkeys(parts, Estimate(value=0.25, low=0.1, high=0.4))
    said = markdown([external(parts=parts, drop=drop)], HOME | {"side": side})
    assert "| side" in said
    assert "None" not in said
