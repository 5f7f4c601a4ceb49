import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.evaluate.sample import Sample
from stages.evaluate.threshold import between, choose, youden


def sample(labels: list[int], probabilities: list[float]) -> Sample:
    return Sample(np.array(labels), np.array(probabilities), np.array(labels, object))


def index_at(drawn: Sample, threshold: float) -> float:
    predicted = drawn.probabilities >= threshold
    sensitivity = predicted[drawn.labels == 1].mean()
    specificity = (~predicted)[drawn.labels == 0].mean()
    return float(sensitivity + specificity - 1)


def test_youden_by_hand() -> None:
    # From 0.6 on: 2 of 3 fractures and no other, index 0.667. From 0.3 on: 3 of 3 and 1 of 4, 0.75.
    drawn = sample([0, 0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.2, 0.5, 0.3, 0.6, 0.9])
    assert youden(drawn) == 0.25
    assert index_at(drawn, 0.25) == pytest.approx(0.75)


def test_of_equally_good_thresholds_the_highest_is_taken() -> None:
    drawn = sample([0, 1, 0, 1], [0.2, 0.4, 0.6, 0.8])
    assert index_at(drawn, 0.3) == index_at(drawn, 0.7) == 0.5
    assert youden(drawn) == pytest.approx(0.7)


def test_equal_probabilities() -> None:
    assert youden(sample([0, 1, 1], [0.4, 0.4, 0.4])) == 0.2


def test_worse_than_chance_stays_a_probability() -> None:
    assert 0 <= youden(sample([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9])) <= 1


def test_zero_probabilities() -> None:
    assert youden(sample([0, 1], [0.0, 0.0])) == 0


def test_a_fixed_number_is_taken_as_it_is() -> None:
    assert choose(0.35, sample([0, 1], [0.1, 0.9])) == 0.35
    assert choose("youden", sample([0, 1], [0.1, 0.9])) == 0.5


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.booleans(), st.sampled_from([0.0, 1e-9, 0.2, 0.2000001, 0.2000002, 0.9, 1.0])),
        max_size=25,
    )
)
def test_no_threshold_has_a_higher_index(rows: list[tuple[bool, float]]) -> None:
    rows = [*rows, (True, 0.9), (False, 0.2)]
    drawn = sample([int(label) for label, _ in rows], [probability for _, probability in rows])
    best = max(index_at(drawn, probability) for _, probability in rows)
    assert index_at(drawn, youden(drawn)) == pytest.approx(best)


@settings(deadline=None, max_examples=50)
@given(st.floats(0, 1), st.floats(0, 1))
def test_between_sets_two_probabilities_apart(one: float, other: float) -> None:
    lower, upper = sorted([one, other])
    middle = between(lower, upper)
    assert lower < middle <= upper or lower == upper == middle


def test_between_has_six_decimals_where_they_suffice() -> None:
    assert between(0.1234567, 0.7654321) == 0.444444
    assert between(0.12345671, 0.12345679) == 0.12345675
