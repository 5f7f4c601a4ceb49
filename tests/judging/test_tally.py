import numpy as np
import pytest

from fracture.judging.tally import tally
from tests.judging.examples import sample

DRAWN = sample([1, 0, 1, 0, 1], [0.4, 0.4, 0.1, 0.2, 0.4])
WEIGHTS = np.array([[1, 1, 1, 1, 1], [0, 2, 1, 0, 3]])


def test_counts_by_hand() -> None:
    counts = tally(DRAWN, WEIGHTS)
    assert counts.probabilities.tolist() == [0.1, 0.2, 0.4]
    assert counts.positives.tolist() == [[1, 0, 2], [1, 0, 3]]
    assert counts.negatives.tolist() == [[0, 1, 1], [0, 0, 2]]
    assert counts.true_positives.tolist() == [[3, 2, 2], [4, 3, 3]]
    assert counts.false_positives.tolist() == [[2, 2, 1], [2, 2, 2]]


def test_without_weights_each_radiograph_counts_once() -> None:
    once, first = tally(DRAWN), tally(DRAWN, WEIGHTS[:1])
    np.testing.assert_array_equal(once.positives, first.positives)
    np.testing.assert_array_equal(once.negatives, first.negatives)


@pytest.mark.parametrize(
    ("threshold", "true", "false"),
    [(0.0, 3, 2), (0.1, 3, 2), (0.15, 2, 2), (0.4, 2, 1), (0.41, 0, 0), (1.1, 0, 0)],
)
def test_fractured_is_called_from_the_threshold_on(threshold: float, true: int, false: int) -> None:
    called = tally(DRAWN).called(threshold)
    assert [count.tolist() for count in called] == [[true], [false]]


def test_other_probabilities_keep_the_counts() -> None:
    counts = tally(DRAWN, WEIGHTS)
    moved = counts.with_probabilities(np.array([0.3, 0.5, 0.7]))
    assert moved.probabilities.tolist() == [0.3, 0.5, 0.7]
    assert moved.positives is counts.positives
