from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from fracture.artifacts.scores import Scores
from fracture.judging import curves
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.evaluation import evaluate
from fracture.judging.judge import Calibrated, judge
from fracture.judging.sample import select_part
from fracture.presenting import figures
from fracture.presenting.evaluation_figures import (
    auroc_in_words,
    calibration,
    performance,
    subgroups,
)
from fracture.targets import FRACTURE
from tests.judging.evaluation.examples import mura, predictions, section
from tests.judging.examples import sample

SECTION = section(draws=100, confidence=0.9)
TABLE = predictions()
SCORES = evaluate("small", TABLE, FRACTURE, SECTION, 0)
TEST = select_part(TABLE, "test")
LOOK = figures.LOOKS[0]
TITLE = (
    "small: curves and confusion of test radiographs\n"
    "synthetic, test part: 120 radiographs, 40 fractured, 60 groups; 90 % intervals"
)


def curves_of(table: pd.DataFrame, scores: Scores) -> Figure:
    test = select_part(table, "test")
    roc, pr = (f(test, SECTION, 0) for f in (curves.roc, curves.precision_recall))
    return performance(scores, SECTION.points, roc, pr, LOOK)


def test_curves_and_operating_points() -> None:
    figure = curves_of(TABLE, SCORES)
    assert figure.get_suptitle() == TITLE
    left, right, *matrices = figure.axes
    labels = [str(text.get_text()) for text in left.get_legend().get_texts()]  # type: ignore[union-attr]
    assert labels[:3] == [f"AUROC {SCORES.auroc}", "90 % interval at each point", "chance"]
    points = SCORES.images.test.points
    assert [label.split(":")[0] for label in labels[3:]] == list(points)
    for line, point in zip(left.lines[2:], points.values(), strict=True):
        found = [float(values[0]) for values in np.asarray(line.get_data())]
        specificity, sensitivity = (
            point.scores[name].value or 0 for name in ("specificity", "sensitivity")
        )
        assert found == pytest.approx([1 - specificity, sensitivity])
    assert len(right.lines) == 2 + len(points)
    for axes, (name, point) in zip(matrices, points.items(), strict=True):
        assert axes.get_title().startswith(f"{name}: ")
        counts = [text.get_text().split("\n")[0] for text in axes.texts]
        cells = point.confusion
        assert counts == [str(count) for count in (cells.tn, cells.fp, cells.fn, cells.tp)]
    plt.close(figure)


def test_points_lie_on_the_curves() -> None:
    roc = curves.roc(TEST, SECTION, 0)
    for point in SCORES.images.test.points.values():
        rate = 1 - (point.scores["specificity"].value or 0)
        nearby = np.interp(rate, roc["false_positive_rate"], roc["sensitivity"])
        assert point.scores["sensitivity"].value == pytest.approx(nearby, abs=0.03)


def test_equal_probabilities_are_drawn() -> None:
    table = TABLE.assign(probability=0.3)
    figure = curves_of(table, evaluate("small", table, FRACTURE, SECTION, 0))
    texts = [str(text.get_text()) for text in figure.axes[1].get_legend().get_texts()]  # type: ignore[union-attr]
    assert "specific: calls nothing fractured" in texts
    plt.close(figure)


def test_one_group_has_no_band() -> None:
    table = TABLE.assign(group="one")
    figure = curves_of(table, evaluate("small", table, FRACTURE, SECTION, 0))
    assert not figure.axes[0].collections
    plt.close(figure)


def test_reliability_and_histogram() -> None:
    reliability = curves.calibration(TEST, SCORES.images.temperature, 0.9)
    figure = calibration(SCORES, ["balanced", "sensitive"], TEST, reliability, LOOK)
    left, right = figure.axes
    assert left.get_title() == (
        "Reliability in bins of equal mass: 10 of 12 radiographs\nbars: 90 % Wilson intervals"
    )
    before = np.asarray(left.lines[1].get_data())
    np.testing.assert_allclose(before, reliability[["uncalibrated", "observed"]].T)
    texts = [str(text.get_text()) for text in right.get_legend().get_texts()]  # type: ignore[union-attr]
    thresholds = SCORES.images.thresholds
    assert set(texts) == {
        "not fractured: 80",
        "fractured: 40",
        f"balanced: {thresholds['balanced']:.3f}",
        f"sensitive: {thresholds['sensitive']:.3f}",
    }
    plt.close(figure)


def test_the_forest_shows_every_subgroup_and_why_one_is_undefined() -> None:
    figure = subgroups(SCORES, LOOK)
    names = ["all radiographs"]
    texts = ["n", "fractured", "AUROC", "120", "40", str(SCORES.auroc)]
    for attribute, parts in SCORES.subgroups.items():
        names += [attribute, *parts]
        for part in parts.values():
            texts += [str(part.n), str(part.positives), auroc_in_words(part)]
    left, right = figure.axes
    assert [label.get_text() for label in left.get_yticklabels()] == names
    assert [text.get_text() for text in right.texts] == texts
    assert auroc_in_words(SCORES.subgroups["hardware"]["hardware"]) == "undefined: one class"
    plt.close(figure)


def test_why_there_is_no_interval() -> None:
    one = judge([Calibrated(sample([1, 0], [0.9, 0.1], [0, 0]), 1.0, {})], Bootstrap(100, 0.9, 0))
    assert auroc_in_words(one) == "1.000, no interval: one group"
    # Half of the draws hold both classes, a little more or less.
    few = [
        judge([Calibrated(sample([1, 0], [0.9, 0.1]), 1.0, {})], Bootstrap(101, 0.9, seed))
        for seed in range(20)
    ]
    assert {auroc_in_words(part) for part in few} == {
        "1.000 (1.000 to 1.000)",
        "1.000, no interval: too few",
    }


def test_the_weakest_subgroup_is_the_only_diamond() -> None:
    figure = subgroups(SCORES, LOOK)
    (weakest,) = [line for line in figure.axes[0].lines if line.get_marker() == "D"]
    assert SCORES.weakest is not None
    assert np.asarray(weakest.get_xdata())[0] == SCORES.weakest[2].scores["auroc"].value
    plt.close(figure)


def test_studies_stand_beside_radiographs() -> None:
    figure = subgroups(evaluate("small", mura(), FRACTURE, SECTION, 0), LOOK)
    assert "all studies" in [label.get_text() for label in figure.axes[0].get_yticklabels()]
    plt.close(figure)


def test_a_picture_is_saved_and_closed(tmp_path: Path) -> None:
    figure = subgroups(SCORES, LOOK)
    figures.save(figure, tmp_path / "subgroups.png", synthetic=True)
    image = cv2.imread(str(tmp_path / "subgroups.png"))
    assert image is not None
    assert image.shape[1] > 1000
    assert not plt.fignum_exists(figure.number)
