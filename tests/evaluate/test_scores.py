import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.evaluate.evaluation import AT_HALF
from stages.evaluate.sample import Sample
from stages.evaluate.scores import SCORES, by_class, called, confusion, counts, score


def sample(labels: list[int], probabilities: list[float]) -> Sample:
    groups = np.array([f"group{index}" for index in range(len(labels))], object)
    return Sample(np.array(labels), np.array(probabilities), groups)


# Called fractured at 0.375: the second and the fourth; one radiograph in each cell.
EXAMPLE = sample([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
GOLDEN = {
    "auroc": 3 / 4,  # of four pairs, only (0.35, 0.4) stands the wrong way round
    "average_precision": (1 / 1 + 2 / 3) / 2,
    "log_loss": -math.log(0.9 * 0.6 * 0.35 * 0.8) / 4,
    "brier": (0.1**2 + 0.4**2 + 0.65**2 + 0.2**2) / 4,
    "accuracy": 1 / 2,
    "balanced_accuracy": 1 / 2,
    "precision": 1 / 2,
    "recall": 1 / 2,
    "f1": 1 / 2,
    "specificity": 1 / 2,
}
# Two of three positives found, one of seven negatives called fractured.
UNEVEN = sample([1, 1, 1] + [0] * 7, [0.9, 0.8, 0.2, 0.7] + [0.1] * 6)
UNEVEN_GOLDEN = {
    "accuracy": 8 / 10,
    "balanced_accuracy": (2 / 3 + 6 / 7) / 2,
    "precision": 2 / 3,
    "recall": 2 / 3,
    "f1": 2 / 3,
    "specificity": 6 / 7,
    "auroc": (7 + 7 + 6) / 21,
}


@pytest.mark.parametrize("name", SCORES)
def test_score_by_hand(name: str) -> None:
    assert score(EXAMPLE, 0.375)[name] == pytest.approx(GOLDEN[name], abs=1e-12)


@pytest.mark.parametrize("name", UNEVEN_GOLDEN)
def test_score_by_hand_of_uneven_classes(name: str) -> None:
    assert score(UNEVEN, 0.5, [name]) == {name: pytest.approx(UNEVEN_GOLDEN[name], abs=1e-12)}


def test_published_scores_follow_from_their_counts() -> None:
    # ResNet152V2 on FracAtlas: P 0.73 R 0.48 F1 0.58 (143), P 0.90 R 0.96 F1 0.93 (674).
    tp, fn, fp, tn = 69, 74, 26, 648
    labels = [1] * (tp + fn) + [0] * (fp + tn)
    published = sample(labels, [0.9] * tp + [0.1] * fn + [0.9] * fp + [0.1] * tn)
    assert confusion(published, 0.5) == {"tn": tn, "fp": fp, "fn": fn, "tp": tp}
    rounded = {
        name: [round(value or 0, 2) for value in values.values()]
        for name, values in by_class(published, 0.5).items()
    }
    assert rounded == {
        "not fractured": [0.90, 0.96, 0.93, 674],
        "fractured": [0.73, 0.48, 0.58, 143],
    }
    assert score(published, 0.5)["accuracy"] == pytest.approx(0.8776, abs=5e-5)


def test_a_probability_equal_to_the_threshold_is_called_fractured() -> None:
    assert called(np.array([0.49, 0.5, 0.51]), 0.5).tolist() == [0, 1, 1]


def test_precision_is_undefined_where_nothing_is_called_fractured() -> None:
    scores = score(EXAMPLE, 0.9)
    assert math.isnan(scores["precision"] or 0)
    assert (scores["recall"], scores["f1"], scores["specificity"]) == (0, 0, 1)
    classes = by_class(EXAMPLE, 0.9)
    assert math.isnan(classes["fractured"]["precision"] or 0)
    assert classes["not fractured"]["precision"] == 0.5


def test_precision_of_the_other_class_is_undefined_where_all_are_called_fractured() -> None:
    classes = by_class(EXAMPLE, 0.0)
    assert math.isnan(classes["not fractured"]["precision"] or 0)
    assert classes["not fractured"]["recall"] == classes["not fractured"]["f1"] == 0
    assert classes["fractured"]["recall"] == 1


def test_equal_probabilities_are_chance() -> None:
    scores = score(sample([0, 1, 0, 0], [0.3] * 4), 0.5)
    assert (scores["auroc"], scores["average_precision"]) == (0.5, 0.25)


def test_log_loss_of_a_certain_mistake_is_finite() -> None:
    assert 8 < (score(sample([0, 1, 0, 1], [1.0, 1.0, 0.0, 1.0]), 0.5)["log_loss"] or 0) < 10


def test_counts() -> None:
    groups = np.array(["a", "a", "b", "c"], object)
    assert counts(Sample(EXAMPLE.labels, EXAMPLE.probabilities, groups)) == {
        "n": 4,
        "positives": 2,
        "groups": 3,
    }


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.booleans(), st.floats(0, 1)), max_size=30), st.floats(0, 1))
def test_scores_fit_the_confusion(rows: list[tuple[bool, float]], threshold: float) -> None:
    rows = [*rows, (True, 0.6), (False, 0.4)]
    drawn = sample([int(label) for label, _ in rows], [probability for _, probability in rows])
    cells, scores = confusion(drawn, threshold), score(drawn, threshold, AT_HALF)
    positives, negatives = cells["tp"] + cells["fn"], cells["tn"] + cells["fp"]
    assert positives + negatives == len(rows)
    assert scores["recall"] == pytest.approx(cells["tp"] / positives)
    assert scores["specificity"] == pytest.approx(cells["tn"] / negatives)
    assert scores["accuracy"] == pytest.approx((cells["tp"] + cells["tn"]) / len(rows))
    predicted = cells["tp"] + cells["fp"]
    if predicted:
        assert scores["precision"] == pytest.approx(cells["tp"] / predicted)
    else:
        assert math.isnan(scores["precision"] or 0)
