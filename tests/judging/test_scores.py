"""Each score against scikit-learn, or by hand where scikit-learn has none."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from fracture.judging.sample import Sample
from fracture.judging.scores import BINS, DECISION, PROBABILITY, RANKING, bins_of, cells
from fracture.judging.tally import tally
from tests.judging.examples import PROBABILITIES, ROWS, of_rows, sample

Labels = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]


def sensitivity_at(specificity: float) -> Callable[[Labels, Numbers], float]:
    def reference(labels: Labels, probabilities: Numbers) -> float:
        false, true, _ = metrics.roc_curve(labels, probabilities, drop_intermediate=False)
        return float(
            max(t for f, t in zip(false, true, strict=True) if 1 - f >= specificity - 1e-12)
        )

    return reference


def specificity_at(sensitivity: float) -> Callable[[Labels, Numbers], float]:
    def reference(labels: Labels, probabilities: Numbers) -> float:
        false, true, _ = metrics.roc_curve(labels, probabilities, drop_intermediate=False)
        return float(
            max(1 - f for f, t in zip(false, true, strict=True) if t >= sensitivity - 1e-12)
        )

    return reference


def calibration_error(labels: Labels, probabilities: Numbers) -> float:
    """Ties go, all together, to the bin in which the middle one of them lies."""
    n, seen, total = len(labels), 0, 0.0
    members: dict[int, list[int]] = {}
    for probability in sorted(set(probabilities)):
        tied = np.flatnonzero(probabilities == probability)
        members.setdefault(min(BINS * (2 * seen + len(tied)) // (2 * n), BINS - 1), []).extend(tied)
        seen += len(tied)
    for rows in members.values():
        total += abs(labels[rows].sum() - probabilities[rows].sum())
    return total / n


BY_PROBABILITY: dict[str, Callable[[Labels, Numbers], float]] = {
    "auroc": metrics.roc_auc_score,
    "average_precision": metrics.average_precision_score,
    "sensitivity_at_specificity_90": sensitivity_at(0.90),
    "sensitivity_at_specificity_95": sensitivity_at(0.95),
    "specificity_at_sensitivity_90": specificity_at(0.90),
    "specificity_at_sensitivity_95": specificity_at(0.95),
    "log_loss": metrics.log_loss,
    "brier": metrics.brier_score_loss,
    "calibration_error": calibration_error,
}
BY_DECISION: dict[str, Callable[..., float]] = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "sensitivity": metrics.recall_score,
    "specificity": lambda actual, called: metrics.recall_score(actual, called, pos_label=0),
    "precision": lambda actual, called: metrics.precision_score(
        actual, called, zero_division=np.nan
    ),
    "negative_predictive_value": lambda actual, called: metrics.precision_score(
        actual, called, pos_label=0, zero_division=np.nan
    ),
    "f1": metrics.f1_score,
    "kappa": metrics.cohen_kappa_score,
    "mcc": metrics.matthews_corrcoef,
}


def test_every_score_has_a_reference() -> None:
    assert list(BY_PROBABILITY) == [*RANKING, *PROBABILITY]
    assert list(BY_DECISION) == list(DECISION)


def of_each_draw(drawn: Sample, weights: Labels) -> list[tuple[Labels, Numbers]]:
    """Repeat each radiograph as often as it is drawn."""
    return [(np.repeat(drawn.labels, row), np.repeat(drawn.probabilities, row)) for row in weights]


@st.composite
def weighted(draw: st.DrawFn) -> tuple[Sample, Labels]:
    rows = draw(ROWS)
    counts = st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows))
    # The last two, one of each class, are in each draw.
    weights = np.array(draw(st.lists(counts, min_size=1, max_size=3)))
    weights[:, -2:] += 1
    return of_rows(rows), weights


@pytest.mark.parametrize("name", BY_PROBABILITY)
@given(weighted())
def test_score_of_probabilities(name: str, case: tuple[Sample, Labels]) -> None:
    drawn, weights = case
    score = (RANKING | PROBABILITY)[name](tally(drawn, weights))
    expected = [BY_PROBABILITY[name](*repeated) for repeated in of_each_draw(drawn, weights)]
    assert score == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("name", BY_DECISION)
@given(weighted(), st.one_of(st.sampled_from(PROBABILITIES), st.floats(0, 1.1)))
def test_score_of_a_decision(name: str, case: tuple[Sample, Labels], threshold: float) -> None:
    drawn, weights = case
    score = DECISION[name](cells(tally(drawn, weights), threshold))
    for value, (labels, probabilities) in zip(score, of_each_draw(drawn, weights), strict=True):
        expected = BY_DECISION[name](labels, (probabilities >= threshold).astype(int))
        if name == "mcc" and math.isnan(value):
            expected = expected or math.nan  # scikit-learn says 0 where it is undefined
        assert value == pytest.approx(expected, abs=1e-12, nan_ok=True)


# Called fractured from 0.375 on: the second and the fourth; one radiograph in each cell.
EXAMPLE = sample([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
GOLDEN: dict[str, float] = {
    "auroc": 3 / 4,  # of four pairs, only (0.35, 0.4) stands the wrong way round
    "average_precision": (1 / 1 + 2 / 3) / 2,
    "sensitivity_at_specificity_90": 1 / 2,  # above 0.4
    "sensitivity_at_specificity_95": 1 / 2,
    "specificity_at_sensitivity_90": 1 / 2,  # from 0.35 on
    "specificity_at_sensitivity_95": 1 / 2,
    "log_loss": -math.log(0.9 * 0.6 * 0.35 * 0.8) / 4,
    "brier": (0.1**2 + 0.4**2 + 0.65**2 + 0.2**2) / 4,
    "calibration_error": (0.1 + 0.65 + 0.4 + 0.2) / 4,  # a bin each
}


@pytest.mark.parametrize("name", GOLDEN)
def test_score_by_hand(name: str) -> None:
    (value,) = (RANKING | PROBABILITY)[name](tally(EXAMPLE))
    assert value == pytest.approx(GOLDEN[name], abs=1e-12)


def test_published_scores_follow_from_their_counts() -> None:
    # ResNet152V2 on FracAtlas: P 0.73 R 0.48 F1 0.58 (143), P 0.90 R 0.96 F1 0.93 (674).
    tp, fn, fp, tn = 69, 74, 26, 648
    labels = [1] * (tp + fn) + [0] * (fp + tn)
    published = sample(labels, [0.9] * tp + [0.1] * fn + [0.9] * fp + [0.1] * tn)
    matrix = cells(tally(published), 0.5)
    assert [int(cell[0]) for cell in matrix] == [tn, fp, fn, tp]
    scores = {name: round(float(score(matrix)[0]), 2) for name, score in DECISION.items()}
    assert scores["precision"] == 0.73
    assert scores["sensitivity"] == 0.48
    assert scores["f1"] == 0.58
    assert scores["specificity"] == 0.96
    assert scores["negative_predictive_value"] == 0.90
    assert scores["accuracy"] == 0.88


def test_bins_hold_equally_many() -> None:
    probabilities = np.random.default_rng(0).permutation(np.linspace(0, 0.99, 50))
    labels = (np.arange(50) % 3 == 0).astype(int)
    drawn = sample(labels.tolist(), probabilities.tolist())
    assert bins_of(tally(drawn)).tolist() == [[index // 5 for index in range(50)]]
    order = np.argsort(probabilities)
    gaps = [
        abs(labels[rows].mean() - probabilities[rows].mean()) for rows in np.array_split(order, 10)
    ]
    assert PROBABILITY["calibration_error"](tally(drawn))[0] == pytest.approx(np.mean(gaps))


def test_equal_probabilities_share_a_bin_whatever_their_order() -> None:
    # 8 of 10 at 0.5, of which the half is fractured: their middle, 5 of 10, lies in bin 5.
    drawn = sample([0, *[0, 1] * 4, 1], [0.1, *[0.5] * 8, 0.9])
    assert bins_of(tally(drawn)).tolist() == [[0, 5, 9]]
    error = PROBABILITY["calibration_error"](tally(drawn))[0]
    assert error == pytest.approx((0.1 + 0 + 0.1) / 10)


@pytest.mark.parametrize("label", [0, 1])
def test_what_needs_both_classes_is_undefined_for_one(label: int) -> None:
    counts = tally(sample([label] * 3, [0.1, 0.5, 0.9]))
    undefined = {name for name, score in RANKING.items() if np.isnan(score(counts)[0])}
    assert undefined == RANKING.keys() - ({"average_precision"} if label else set())
    assert not any(np.isnan(score(counts)[0]) for score in PROBABILITY.values())
    matrix = cells(counts, 0.5)
    assert np.isnan(DECISION["balanced_accuracy"](matrix)[0])
    assert np.isnan(DECISION["sensitivity"](matrix)[0]) == (label == 0)
    assert np.isnan(DECISION["specificity"](matrix)[0]) == (label == 1)


def test_a_draw_of_nothing_is_undefined_throughout() -> None:
    counts = tally(EXAMPLE, np.zeros((1, 4), np.int64))
    matrix = cells(counts, 0.5)
    values: list[Any] = [score(counts)[0] for score in (RANKING | PROBABILITY).values()]
    values += [score(matrix)[0] for score in DECISION.values()]
    assert np.isnan(values).all()


def test_precision_is_undefined_where_nothing_is_called_fractured() -> None:
    matrix = cells(tally(EXAMPLE), 0.9)
    scores = {name: float(score(matrix)[0]) for name, score in DECISION.items()}
    assert math.isnan(scores["precision"])
    assert math.isnan(scores["mcc"])
    assert (scores["sensitivity"], scores["f1"], scores["specificity"]) == (0, 0, 1)
    assert scores["negative_predictive_value"] == 0.5


def test_log_loss_of_a_certain_mistake_is_finite() -> None:
    # One of four is wrong for certain: -log of the machine's epsilon is 36.04.
    (loss,) = PROBABILITY["log_loss"](tally(sample([0, 1, 0, 1], [1.0, 1.0, 0.0, 1.0])))
    assert loss == pytest.approx(36.04 / 4, abs=0.01)
