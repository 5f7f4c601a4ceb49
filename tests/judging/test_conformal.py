"""Calls with a guarantee: thresholds by hand, the risk that they keep, and what they reach."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fracture.judging.bootstrap import Bootstrap
from fracture.judging.conformal import control, judge, largest_threshold, shares
from fracture.judging.points import ABOVE_ALL
from fracture.judging.sample import Sample
from fracture.params.evaluate import ControlRisk

TENTHS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


def of(labels: list[int], probabilities: list[float], groups: str = "") -> Sample:
    """Return a sample; of groups a letter each, all different where none are given."""
    names = list(groups) or [str(place) for place in range(len(labels))]
    return Sample(np.array(labels), np.array(probabilities), np.array(names, object))


def threshold(scores: list[float], groups: str, risk: float) -> float:
    return largest_threshold(np.array(scores), np.array(list(groups), object), risk)


@pytest.mark.parametrize(
    ("risk", "expected"),
    [
        (0.09, -np.inf),  # even no loss among nine is (0 + 1) / 10
        (0.1, 0.1),
        (0.19, 0.1),
        (0.2, 0.2),  # (1 + 1) / 10
        (0.35, 0.3),  # (2 + 1) / 10
        (0.95, 0.9),
        (1.0, np.inf),
    ],
)
def test_a_threshold_by_hand(risk: float, expected: float) -> None:
    assert threshold(TENTHS[::-1], "abcdefghi", risk) == expected


def test_a_group_counts_once() -> None:
    """Three groups: (losses + 1) / 4 <= 1 / 2 allows one loss: all of a, half of it too."""
    assert threshold([0.1, 0.2, 0.3, 0.4], "aabc", 0.5) == 0.3
    assert threshold([0.1, 0.2, 0.3, 0.4], "aabc", 0.45) == 0.2


def test_equal_scores_are_lost_together() -> None:
    assert threshold([0.3, 0.3, 0.6], "abc", 0.5) == 0.3
    assert threshold([0.3, 0.3, 0.6], "abc", 0.75) == 0.6


def test_both_thresholds_by_hand() -> None:
    """Of nine each, one in ten may be lost: none below 0.5 of the second, none of the first."""
    labels = [0] * 9 + [1] * 9
    low = [each / 2 for each in TENTHS]
    high = [each / 2 + 0.4 for each in TENTHS]
    sample = of(labels, low + high)
    assert control(sample, 0.1, 0.1) == (0.45, 0.450001)
    assert control(sample, 0.1, 0.2) == (0.425001,) * 2  # between 0.400001 and 0.45
    assert control(sample, 0.09, 0.1) == (0, 0.450001)
    assert control(sample, 0.1, 0.09) == (0.45, ABOVE_ALL)


@pytest.mark.parametrize(
    ("second", "low"),
    [(0.123456789, 0.123456), (3e-9, 3e-9), (0.0, 0), (1.0, 1)],
)
def test_low_has_few_decimals_and_is_no_higher(second: float, low: float) -> None:
    found, _ = control(of([1, 0], [second, 0.5]), 0.5, 0)
    assert found == low


@pytest.mark.parametrize(
    ("first", "high"),
    [(0.123456789, 0.123457), (0.0, 1e-6), (0.9999999, 0.99999991), (1.0, ABOVE_ALL)],
)
def test_high_has_few_decimals_and_is_higher(first: float, high: float) -> None:
    _, found = control(of([1, 0], [0.5, first]), 0, 0.5)
    assert found == high > first


def test_a_threshold_above_the_surest_is_reached_by_none() -> None:
    low, high = control(of([0] * 9 + [1], [1.0] * 9 + [0.5]), 0, 0.1)
    assert (low, high) == (0, ABOVE_ALL)


RATES = st.integers(0, 100).map(lambda percent: percent / 100)
SAMPLES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 20), st.sampled_from("abcdefghijkl")),
    min_size=1,
    max_size=60,
).map(lambda rows: of([r[0] for r in rows], [r[1] / 20 for r in rows], "".join(r[2] for r in rows)))


@given(SAMPLES, RATES, RATES)
def test_the_corrected_risk_of_validation_is_kept(
    sample: Sample, missed: float, false_alarms: float
) -> None:
    """And low is no more than high, both in the range of thresholds."""
    low, high = control(sample, missed, false_alarms)
    assert 0 <= low <= high <= ABOVE_ALL
    for label, wrong, risk in (
        (1, sample.probabilities < low, missed),
        (0, sample.probabilities >= high, false_alarms),
    ):
        inside = sample.labels == label
        names = set(sample.groups[inside])
        losses = sum(wrong[inside & (sample.groups == name)].mean() for name in names)
        assert not wrong[inside].any() or (losses + 1) / (len(names) + 1) <= risk + 1e-9


@given(SAMPLES, RATES)
def test_no_larger_threshold_keeps_the_risk(sample: Sample, risk: float) -> None:
    scores, groups = sample.probabilities, sample.groups
    found = largest_threshold(scores, groups, risk)
    if not np.isfinite(found):
        return
    beyond = scores <= found
    losses = sum(beyond[groups == name].mean() for name in set(groups))
    assert (losses + 1) / (len(set(groups)) + 1) > risk


def test_what_is_reached_by_hand() -> None:
    """Fractured: group a has one of two called not fractured, b one of one unsure, c one found."""
    test = of([1, 1, 1, 1, 0, 0, 0], [0.1, 0.9, 0.5, 0.8, 0.95, 0.2, 0.1], "aabcdde")
    found = {
        name: each.of(np.ones((1, 7), np.int64))[0] for name, each in shares(test, 0.3, 0.7).items()
    }
    assert found == pytest.approx(
        {
            "missed": 1 / 6, "false_alarms": 1 / 4, "unsure": 1 / 7, "sensitivity": 2 / 3,
            "specificity": 2 / 3,
        }
    )  # fmt: skip
    twice_a = np.array([[2, 2, 1, 1, 1, 1, 1]])
    assert shares(test, 0.3, 0.7)["missed"].of(twice_a)[0] == pytest.approx(1 / 4)


def test_validation_that_is_too_small_leaves_all_unsure() -> None:
    sample = of([0, 1] * 5, [0.1, 0.9] * 5)
    found = judge(
        sample, sample, ControlRisk(missed=0.05, false_alarms=0.1), Bootstrap(100, 0.9, 0)
    )
    assert (found.low, found.high) == (0, ABOVE_ALL)
    assert found.groups == [5, 5]
    assert found.reached["unsure"].value == 1
    assert found.reached["missed"].value == 0
    # Exact interval of none of five: 1 - 0.05 ** (1 / 5).
    assert found.reached["missed"].high == pytest.approx(0.450720, abs=1e-6)
    assert found.reached["sensitivity"].value is None
