import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from sklearn.metrics import precision_recall_curve, roc_curve

from fracture.artifacts.row import Estimate
from fracture.judging import curves
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.curves import GRID
from fracture.judging.judge import Calibrated, judge
from fracture.judging.sample import Sample, select_part
from fracture.judging.tally import tally
from fracture.targets import CLASSES
from tests.judging.evaluation.examples import predictions, section
from tests.judging.examples import ROWS, of_rows, sample, several

TEST = select_part(predictions(), "test")
SECTION = section()
JUDGED = judge([Calibrated(TEST, 2.0, {})], Bootstrap(SECTION.draws, SECTION.confidence, 0))


def at(table: pd.DataFrame, rate: float) -> pd.Series:
    return table.iloc[int(np.argmin(np.abs(GRID - rate)))]


def test_the_roc_passes_through_its_vertices() -> None:
    (curve,) = curves.sensitivities(tally(TEST))
    false, true, _ = roc_curve(TEST.labels, TEST.probabilities, drop_intermediate=False)
    for rate, sensitivity in zip(GRID, curve, strict=True):
        assert sensitivity == true[false <= rate + 1e-9].max()


def test_the_roc_crosses_ties_in_a_straight_line() -> None:
    # From (0, 1/2) through the tie of one of each class to (1/2, 1), then to (1, 1).
    (curve,) = curves.sensitivities(tally(sample([1, 1, 0, 0], [0.9, 0.5, 0.5, 0.1])))
    assert curve == pytest.approx(np.minimum(0.5 + GRID, 1), abs=1e-6)
    (chance,) = curves.sensitivities(tally(sample([1, 0, 0], [0.5, 0.5, 0.5])))
    assert chance == pytest.approx(GRID, abs=1e-6)


def test_the_area_under_the_roc_is_the_auroc() -> None:
    (curve,) = curves.sensitivities(tally(TEST))
    assert np.mean(curve) == pytest.approx(JUDGED.scores["auroc"].value, abs=0.005)


@given(ROWS)
def test_precision_is_that_of_the_highest_threshold_that_suffices(
    rows: list[tuple[bool, float]],
) -> None:
    of = of_rows(rows)
    (curve,) = curves.precisions(tally(of))
    precision, recall, _ = precision_recall_curve(of.labels, of.probabilities)
    for rate, value in zip(GRID, curve, strict=True):
        # scikit-learn's thresholds ascend; its last row, recall 0, is a convention.
        expected = precision[:-1][recall[:-1] >= max(rate - 1e-9, 1e-9)][-1]
        assert value == pytest.approx(expected)


def test_the_area_under_precision_is_the_average_precision() -> None:
    (curve,) = curves.precisions(tally(TEST))
    expected = JUDGED.scores["average_precision"].value
    assert np.mean(curve[1:]) == pytest.approx(expected, abs=0.005)


def test_the_band_is_the_interval_of_sensitivity_at_a_specificity() -> None:
    table = curves.roc(TEST, SECTION, 0)
    assert list(table) == ["false_positive_rate", "sensitivity", "low", "high"]
    for specificity in (90, 95):
        row = at(table, 1 - specificity / 100)
        found = Estimate.rounded(row["sensitivity"], row["low"], row["high"])
        assert found == JUDGED.scores[f"sensitivity_at_specificity_{specificity}"]


def test_the_bands_hold_their_curves() -> None:
    for table in (curves.roc(TEST, SECTION, 0), curves.precision_recall(TEST, SECTION, 0)):
        assert len(table) == len(GRID)
        inner = table.iloc[10:-10]
        value = inner.iloc[:, 1]
        assert (inner["low"] <= value).all()
        assert (value <= inner["high"]).all()
        assert (inner["low"] < inner["high"]).mean() > 0.7


def test_one_group_has_curves_and_no_band() -> None:
    of = Sample(TEST.labels, TEST.probabilities, np.full(len(TEST.labels), "one", object))
    table = curves.roc(of, SECTION, 0)
    assert table["sensitivity"].notna().all()
    assert table[["low", "high"]].isna().all(axis=None)


def test_a_draw_of_one_class_has_no_curve() -> None:
    counts = tally(sample([0, 1], [0.1, 0.9]), np.array([[2, 0], [0, 2], [1, 1]]))
    for curve in (curves.sensitivities(counts), curves.precisions(counts)):
        assert np.isnan(curve).all(axis=1).tolist() == [True, True, False]
        assert np.isfinite(curve[2]).all()


def test_confusion_holds_a_row_for_each_radiograph() -> None:
    of = sample([0, 0, 0, 1, 1], [0.1, 0.4, 0.3, 0.3, 0.5])
    assert curves.confusion(of, CLASSES, 0.4).value_counts().to_dict() == {
        ("not fractured", "not fractured"): 2,
        ("not fractured", "fractured"): 1,
        ("fractured", "not fractured"): 1,
        ("fractured", "fractured"): 1,
    }


def test_reliability_by_hand() -> None:
    # Ten bins of two; only the last holds a fracture. At temperature 1 nothing moves.
    probabilities = (np.arange(20) / 20 + 0.01).tolist()
    table = curves.calibration(sample([0] * 19 + [1], probabilities), 1.0, 0.95)
    assert list(table) == ["predicted", "observed", "low", "high", "uncalibrated", "n"]
    assert table["n"].tolist() == [2] * 10
    assert table["observed"].tolist() == [0.0] * 9 + [0.5]
    assert table["predicted"].tolist() == pytest.approx([0.035 + i / 10 for i in range(10)])
    assert table["uncalibrated"].tolist() == pytest.approx(table["predicted"].tolist())
    # Wilson (1927), 0 of 2: from 0 to z^2 / (n + z^2).
    z = 1.959964
    assert table["low"][0] == pytest.approx(0)
    assert table["high"][0] == pytest.approx(z**2 / (2 + z**2), abs=1e-5)


@pytest.mark.parametrize(("column", "scores"), [("predicted", "scores"), ("uncalibrated",) * 2])
def test_the_diagram_and_the_calibration_error_agree(column: str, scores: str) -> None:
    table = curves.calibration(TEST, 2.0, 0.95)
    error = np.average((table[column] - table["observed"]).abs(), weights=table["n"])
    assert error == pytest.approx(getattr(JUDGED, scores)["calibration_error"].value, abs=1e-6)
    assert table["n"].sum() == len(TEST.labels)


def test_equal_probabilities_make_one_bin() -> None:
    table = curves.calibration(sample([0, 1, 1, 1], [0.4] * 4), 1.0, 0.95)
    assert table[["predicted", "observed", "n"]].to_numpy().tolist() == [
        [pytest.approx(0.4), 0.75, 4]
    ]


def test_the_roc_of_several_classes_is_the_mean_of_each_against_all_others() -> None:
    of = several(120, classes=3)
    by_class = curves.roc_by_class(of, ["a", "b", "c"])
    assert list(by_class["class"].unique()) == ["a", "b", "c"]
    each = by_class["sensitivity"].to_numpy().reshape(3, len(GRID))
    for place, curve in enumerate(each):
        labels = (of.labels == place).astype(int)
        false, true, _ = roc_curve(labels, of.probabilities[:, place], drop_intermediate=False)
        for rate, sensitivity in zip(GRID, curve, strict=True):
            assert sensitivity == true[false <= rate + 1e-9].max()
    table = curves.roc(of, SECTION, 0)
    assert table["sensitivity"].to_numpy() == pytest.approx(each.mean(axis=0))
    inner = table.iloc[10:-10]
    assert (inner["low"] <= inner["sensitivity"]).all()
    assert (inner["sensitivity"] <= inner["high"]).all()
    network = Calibrated(of, 1.0, {}, ("a", "b", "c"))
    part = judge([network], Bootstrap(200, 0.95, 0))
    assert table["sensitivity"].mean() == pytest.approx(part.scores["auroc"].value, abs=0.005)


def test_precision_of_several_classes_is_a_mean_too() -> None:
    of = several(120, classes=3)
    expected = [
        curves.precisions(tally(sample(labels.tolist(), of.probabilities[:, place].tolist())))[0]
        for place, labels in enumerate(np.eye(3, dtype=int)[of.labels].T)
    ]
    table = curves.precision_recall(of, SECTION, 0)
    assert table["precision"].to_numpy() == pytest.approx(np.mean(expected, axis=0))


def test_a_class_that_no_radiograph_has_is_left_out_of_the_curves() -> None:
    of = several(120, classes=3)
    kept = of.labels != 1
    of = Sample(of.labels[kept], of.probabilities[kept], of.groups[kept])
    by_class = curves.roc_by_class(of, ["a", "b", "c"])
    assert list(by_class["class"].unique()) == ["a", "c"]
    each = by_class["sensitivity"].to_numpy().reshape(2, len(GRID))
    found = curves.roc(of, SECTION, 0)["sensitivity"].to_numpy()
    assert found == pytest.approx(each.mean(axis=0))


def test_reliability_of_the_most_probable_class() -> None:
    of = several(200, classes=3)
    table = curves.calibration(of, 2.0, 0.95)
    part = judge([Calibrated(of, 2.0, {}, ("a", "b", "c"))], Bootstrap(100, 0.95, 0))
    error = np.average((table["predicted"] - table["observed"]).abs(), weights=table["n"])
    assert error == pytest.approx(part.scores["calibration_error"].value, abs=1e-6)
    assert table["n"].sum() == 200
    right = (of.probabilities.argmax(axis=1) == of.labels).mean()
    assert np.average(table["observed"], weights=table["n"]) == pytest.approx(right)
    mean = of.probabilities.max(axis=1).mean()
    assert np.average(table["uncalibrated"], weights=table["n"]) == pytest.approx(mean)


def test_each_radiograph_with_its_most_probable_class() -> None:
    of = Sample(np.array([2, 0]), np.array([[0.1, 0.2, 0.7], [0.3, 0.4, 0.3]]), TEST.groups[:2])
    table = curves.confusion(of, ["a", "b", "c"], None)
    assert table.to_numpy().tolist() == [["c", "c"], ["a", "b"]]
