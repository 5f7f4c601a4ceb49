"""Each score of several classes against scikit-learn, under the weights of a draw too."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from fracture.judging import multiclass
from fracture.judging.bootstrap import Bootstrap
from fracture.judging.judge import Calibrated, judge
from fracture.judging.logits import calibrate
from fracture.judging.multiclass import DECISION, PROBABILITY
from fracture.judging.sample import Sample
from fracture.judging.scores import WITHOUT_INTERVAL
from tests.judging.examples import drawn, names, several
from tests.judging.test_scores import calibration_error

Labels = npt.NDArray[np.int64]

BY_DECISION: dict[str, Callable[[Labels, Labels], float]] = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
    "macro_f1": lambda actual, called: metrics.f1_score(actual, called, average="macro"),
    "kappa": metrics.cohen_kappa_score,
}
CLASSES = ("hand", "hip", "leg", "shoulder")


@st.composite
def weighted(draw: st.DrawFn) -> tuple[Sample, Labels]:
    """A sample of four classes, and how often each radiograph is in each of three draws."""
    share = st.sampled_from([0.0, 0.1, 0.2, 0.5, 1.0])
    row = st.tuples(st.integers(0, 3), st.tuples(share, share, share, share))
    rows = draw(st.lists(row, min_size=1, max_size=25))
    # The last four, one of each class and of different probabilities, are in each draw.
    labels = np.array([label for label, _ in rows] + [0, 1, 2, 3])
    shares = np.array([shares for _, shares in rows] + [*(np.eye(4) + 0.1).tolist()]) + 0.01
    counts = st.lists(st.integers(0, 3), min_size=len(labels), max_size=len(labels))
    weights = np.array(draw(st.lists(counts, min_size=3, max_size=3)))
    weights[:, -4:] += 1
    of = Sample(labels, shares / shares.sum(axis=1, keepdims=True), names(range(len(labels))))
    return of, weights


def repeated(of: Sample, weights: Labels) -> Sample:
    """Repeat each radiograph as often as it is drawn."""
    return Sample(*(np.repeat(column, weights, axis=0) for column in vars(of).values()))


@given(weighted())
def test_the_confusion_of_each_draw(case: tuple[Sample, Labels]) -> None:
    of, weights = case
    for cells, row in zip(multiclass.confusion(of, weights), weights, strict=True):
        expected = metrics.confusion_matrix(
            of.labels, of.probabilities.argmax(axis=1), sample_weight=row
        )
        assert cells.tolist() == expected.tolist()


def test_every_decision_has_a_reference() -> None:
    assert list(BY_DECISION) == list(DECISION)


@pytest.mark.parametrize("name", BY_DECISION)
@given(weighted())
def test_score_of_decisions(name: str, case: tuple[Sample, Labels]) -> None:
    of, weights = case
    score = DECISION[name](multiclass.confusion(of, weights))
    each = [repeated(of, row) for row in weights]
    expected = [BY_DECISION[name](one.labels, one.probabilities.argmax(axis=1)) for one in each]
    assert score == pytest.approx(expected, abs=1e-12)


@given(weighted())
def test_auroc_of_each_class_against_the_rest_and_their_mean(case: tuple[Sample, Labels]) -> None:
    of, weights = case
    for row, aurocs, mean in zip(
        weights, multiclass.aurocs(of, weights), multiclass.auroc(of, weights), strict=True
    ):
        kinds = {"multi_class": "ovr", "sample_weight": row}
        expected = metrics.roc_auc_score(of.labels, of.probabilities, average=None, **kinds)
        assert aurocs == pytest.approx(expected, abs=1e-12)
        macro = metrics.roc_auc_score(of.labels, of.probabilities, average="macro", **kinds)
        assert mean == pytest.approx(macro, abs=1e-12)


@given(weighted())
def test_log_loss(case: tuple[Sample, Labels]) -> None:
    of, weights = case
    expected = [metrics.log_loss(of.labels, of.probabilities, sample_weight=row) for row in weights]
    assert multiclass.log_loss(of, weights) == pytest.approx(expected, abs=1e-12)


@given(weighted())
def test_calibration_error_of_the_predicted_class(case: tuple[Sample, Labels]) -> None:
    of, weights = case
    for value, row in zip(multiclass.calibration_error(of, weights), weights, strict=True):
        one = repeated(of, row)
        right = (one.probabilities.argmax(axis=1) == one.labels).astype(np.int64)
        expected = calibration_error(right, one.probabilities.max(axis=1))
        assert value == pytest.approx(expected, abs=1e-9)


def test_auroc_of_two_classes_is_theirs() -> None:
    of = drawn()
    expected = metrics.roc_auc_score(of.labels, of.probabilities)
    assert multiclass.auroc(of) == pytest.approx([expected])


# Predicted: 0, 0, 1, 2; of the two radiographs of class 1 one is taken for class 0.
EXAMPLE = Sample(
    np.array([0, 1, 1, 2]),
    np.array([[0.7, 0.2, 0.1], [0.5, 0.3, 0.2], [0.2, 0.6, 0.2], [0.1, 0.1, 0.8]]),
    names(range(4)),
)


def test_scores_by_hand() -> None:
    cells = multiclass.confusion(EXAMPLE)
    assert cells.tolist() == [[[1, 0, 0], [1, 1, 0], [0, 0, 1]]]
    found = {name: float(score(cells)[0]) for name, score in DECISION.items()}
    assert found == {
        "accuracy": 3 / 4,
        "balanced_accuracy": pytest.approx((1 + 1 / 2 + 1) / 3),
        "macro_f1": pytest.approx((2 / 3 + 2 / 3 + 1) / 3),
        "kappa": pytest.approx((3 / 4 - 5 / 16) / (1 - 5 / 16)),
    }
    assert multiclass.aurocs(EXAMPLE).tolist() == [[1, 1, 1]]
    assert multiclass.log_loss(EXAMPLE) == pytest.approx([-np.log(0.7 * 0.3 * 0.6 * 0.8) / 4])
    # A bin each: 0.7, 0.6 and 0.8 are right, 0.5 is wrong.
    assert multiclass.calibration_error(EXAMPLE) == pytest.approx([(0.3 + 0.4 + 0.2 + 0.5) / 4])


def test_a_draw_without_a_class_is_scored_on_the_others() -> None:
    # The last radiograph, the only one of class 2, is not drawn.
    drawn = np.array([[1, 1, 1, 0]])
    cells = multiclass.confusion(EXAMPLE, drawn)
    assert DECISION["balanced_accuracy"](cells) == pytest.approx([(1 + 1 / 2) / 2])
    assert DECISION["macro_f1"](cells) == pytest.approx([2 / 3])
    assert np.isnan(multiclass.aurocs(EXAMPLE, drawn)).tolist() == [[False, False, True]]
    assert multiclass.auroc(EXAMPLE, drawn).tolist() == [1]


def test_one_class_alone_has_no_auroc_and_a_draw_of_nothing_no_score() -> None:
    assert np.isnan(multiclass.auroc(EXAMPLE, np.array([[0, 1, 1, 0]]))[0])
    nothing = np.zeros((1, 4), np.int64)
    cells = multiclass.confusion(EXAMPLE, nothing)
    values = [score(cells)[0] for score in DECISION.values()]
    values += [score(EXAMPLE, nothing)[0] for score in PROBABILITY.values()]
    values += [multiclass.auroc(EXAMPLE, nothing)[0]]
    assert np.isnan(values).all()


def test_all_that_is_measured_of_several_classes() -> None:
    of = several(200, classes=4)
    part = judge([Calibrated(of, 2.0, {}, CLASSES)], Bootstrap(200, 0.95, 0))
    assert (part.n, part.positives, part.groups, part.points) == (200, None, 100, {})
    assert part.counts == np.bincount(of.labels).tolist()
    predicted = of.probabilities.argmax(axis=1)
    assert part.confusion == metrics.confusion_matrix(of.labels, predicted).tolist()
    by_class = [f"auroc/{name}" for name in CLASSES]
    beyond = "calibration_error_beyond_chance"
    assert list(part.scores) == ["auroc", *by_class, *DECISION, *PROBABILITY, beyond]
    assert list(part.uncalibrated) == [*PROBABILITY, beyond]
    mean = np.mean([part.scores[name].value for name in by_class])
    assert part.scores["auroc"].value == pytest.approx(mean, abs=1e-6)
    raw = metrics.log_loss(of.labels, of.probabilities)
    calibrated = metrics.log_loss(of.labels, calibrate(of.probabilities, 2.0))
    assert part.uncalibrated["log_loss"].value == pytest.approx(raw, abs=1e-6)
    assert part.scores["log_loss"].value == pytest.approx(calibrated, abs=1e-6)
    for name, estimate in part.scores.items():
        low, value, high = estimate.low or 0, estimate.value or 0, estimate.high or 0
        assert (low < high) == (name not in WITHOUT_INTERVAL), name
        assert low <= value <= high or name in WITHOUT_INTERVAL, name
