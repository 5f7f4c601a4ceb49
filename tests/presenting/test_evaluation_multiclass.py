import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from fracture.artifacts.scores import Scores
from fracture.judging import curves
from fracture.judging.evaluation import evaluate
from fracture.judging.multiclass import DECISION, top_label
from fracture.judging.sample import select_part
from fracture.presenting.evaluation import report
from fracture.presenting.evaluation_figures import subgroups
from fracture.presenting.evaluation_multiclass import calibration, performance
from fracture.presenting.figures import LOOKS
from fracture.targets import LABEL, Target
from tests.judging.evaluation.examples import PARTS, parts, section

SECTION = section(draws=100, confidence=0.9)
TABLE = parts()
SCORES = evaluate("bone_type", TABLE, PARTS, SECTION, 0)
TEST = select_part(TABLE, "test", PARTS.classes)
TITLE = "bone_type on synthetic, test part: 160 radiographs of 4 classes, 80 groups; 90 % intervals"


def performance_of(table: pd.DataFrame, scores: Scores, target: Target = PARTS) -> Figure:
    test = select_part(table, "test", target.classes)
    roc = curves.roc(test, SECTION, 0)
    return performance(scores, roc, curves.roc_by_class(test, target.classes), LOOKS[0])


def test_curves_confusion_and_scores() -> None:
    figure = performance_of(TABLE, SCORES)
    assert figure.get_suptitle() == (
        "bone_type: curves and confusion of test radiographs\n"
        "synthetic, test part: 160 radiographs of 4 classes, 80 groups; 90 % intervals"
    )
    roc, matrix, decisions, aurocs = figure.axes
    labels = [str(text.get_text()) for text in roc.get_legend().get_texts()]  # type: ignore[union-attr]
    mean = f"mean: AUROC {SCORES.auroc}"
    assert labels == [mean, "90 % interval at each point", "chance", *PARTS.classes]
    counts = [int(text.get_text().split("\n")[0]) for text in matrix.texts]
    assert counts == np.array(SCORES.matrix).ravel().tolist()
    assert [tick.get_text() for tick in matrix.get_yticklabels()] == list(PARTS.classes)
    test = SCORES.images.test
    assert [text.get_text() for text in decisions.texts] == [
        str(test.scores[name]) for name in DECISION
    ]
    assert [tick.get_text() for tick in aurocs.get_yticklabels()] == [
        "mean", "hand (40)", "hip (40)", "leg (40)", "shoulder (40)",
    ]  # fmt: skip
    assert [text.get_text() for text in aurocs.texts] == [
        str(test.scores[name]) for name in ("auroc", *(f"auroc/{name}" for name in PARTS.classes))
    ]
    plt.close(figure)


def test_a_class_that_is_not_there_has_no_curve() -> None:
    table = TABLE[(TABLE["part"] == "validation") | (TABLE[LABEL] != 2)]
    figure = performance_of(table, evaluate("bone_type", table, PARTS, SECTION, 0))
    legend = figure.axes[0].get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()][3:] == ["hand", "hip", "shoulder"]
    assert [text.get_text() for text in figure.axes[3].texts][3] == "-"
    plt.close(figure)


@pytest.mark.parametrize("count", [3, 7, 10])
def test_every_number_of_classes_is_drawn_within_the_figure(count: int) -> None:
    classes = tuple(f"class number {place}" for place in range(count))
    target, table = Target("kind", "kind", classes), parts(classes=classes)
    figure = performance_of(table, evaluate("kind", table, target, SECTION, 0), target)
    figure.canvas.draw()
    assert len(figure.axes[1].texts) == count**2
    width, height = figure.canvas.get_width_height()
    for axes in figure.axes:
        box = axes.get_tightbbox()
        assert box is not None
        assert box.x0 >= 0
        assert box.y0 >= 0
        assert box.x1 <= width
        assert box.y1 <= height
    plt.close(figure)


def test_reliability_and_histogram_of_the_most_probable_class() -> None:
    reliability = curves.calibration(TEST, SCORES.images.temperature, 0.9)
    figure = calibration(SCORES, TEST, reliability, LOOKS[0])
    left, right = figure.axes
    after = SCORES.images.test.scores["calibration_error"]
    beyond = SCORES.images.test.scores["calibration_error_beyond_chance"]
    told = f"calibration error {after},\nbeyond chance {beyond}"
    assert told in left.get_legend().get_texts()[2].get_text()  # type: ignore[union-attr]
    labels = top_label(TEST).labels
    texts = [text.get_text() for text in right.get_legend().get_texts()]  # type: ignore[union-attr]
    assert texts == [f"right: {labels.sum()}", f"wrong: {(1 - labels).sum()}"]
    plt.close(figure)


def test_subgroups_show_their_accuracy() -> None:
    figure = subgroups(SCORES, LOOKS[0])
    texts = [text.get_text() for text in figure.axes[1].texts]
    accuracy = SCORES.images.test.scores["accuracy"].value
    assert texts[:6] == ["n", "accuracy", "AUROC", "160", f"{accuracy:.3f}", str(SCORES.auroc)]
    plt.close(figure)


def test_the_report_tells_the_scores_of_each_class() -> None:
    text = report(SCORES, SECTION.points)
    test = SCORES.images.test
    assert text.startswith(TITLE)
    assert "operating point" not in text
    assert "most probable class    precision    recall" in text
    for row in ("accuracy", "balanced_accuracy", "macro_f1", "kappa", "auroc"):
        assert str(test.scores[row]) in text
    for name in PARTS.classes:
        (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ")]
        assert line.endswith(str(test.scores[f"auroc/{name}"]))
