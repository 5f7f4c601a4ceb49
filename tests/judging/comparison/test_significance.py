import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, norm

from fracture.artifacts import comparison
from fracture.judging.comparison.significance import discordant, holm, two_sided, verdict


@pytest.mark.parametrize(
    ("difference", "error", "p"),
    [
        (1.959964, 1, 0.05),
        (-1.959964, 1, 0.05),
        (0.2, 0.1, 2 * norm.sf(2)),
        (0, 0, 1),
        (0, 0.1, 1),
        (0.1, 0, 0),
        (math.nan, 0.1, math.nan),
        (0.1, math.nan, math.nan),
    ],
)
def test_two_sided(difference: float, error: float, p: float) -> None:
    assert two_sided(difference, error) == pytest.approx(p, abs=1e-7, nan_ok=True)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_mcnemar_is_a_binomial_test_of_those_that_differ(calls: list[tuple[bool, bool]]) -> None:
    first, second = (np.array(column) for column in zip(*calls, strict=True))
    only_first, only_second, p = discordant(first, second)
    assert only_first == sum(a and not b for a, b in calls)
    assert only_second == sum(b and not a for a, b in calls)
    differing = only_first + only_second
    expected = binomtest(only_first, differing).pvalue if differing else 1
    assert p == pytest.approx(expected)


def test_mcnemar_by_hand() -> None:
    first = np.array([True] * 6 + [False, True])
    second = np.array([False] * 6 + [True, True])
    # Six against one of seven: twice (1 + 7) / 2^7.
    only_first, only_second, p = discordant(first, second)
    assert (only_first, only_second) == (6, 1)
    assert p == pytest.approx(0.125)


def by_hand(values: list[float]) -> list[float]:
    """The i-th smallest of m times m - i, never below the one before, at most 1."""
    corrected, worst = [0.0] * len(values), 0.0
    for i, place in enumerate(sorted(range(len(values)), key=lambda place: values[place])):
        worst = max(worst, (len(values) - i) * values[place])
        corrected[place] = min(1, worst)
    return corrected


@settings(max_examples=15)  # statsmodels collects garbage at each call
@given(st.lists(st.floats(0, 1), max_size=20))
def test_holm_is_the_procedure_of_the_paper(values: list[float]) -> None:
    found = [test.p_holm for test in holm(values)]
    assert found == pytest.approx(by_hand(values), rel=1e-3)


def test_holm_by_hand() -> None:
    found = holm([0.01, 0.04, 0.03, 0.005])
    assert [test.p_holm for test in found] == [0.03, 0.06, 0.06, 0.02]
    assert [test.p for test in found] == [0.01, 0.04, 0.03, 0.005]


def test_an_undefined_test_is_not_of_the_family() -> None:
    undefined = comparison.Test(p=None, p_holm=None)
    found = holm([0.01, math.nan, 0.04])
    assert found[1] == undefined
    assert [found[0].p_holm, found[2].p_holm] == [0.02, 0.04]
    assert holm([math.nan]) == [undefined]
    assert holm([]) == []


def test_small_p_values_keep_their_digits() -> None:
    assert holm([1.23456e-12])[0].p == 1.235e-12


@pytest.mark.parametrize(
    ("difference", "p", "expected"),
    [
        (0.1, 0.049, "better"),
        (-0.1, 0.049, "worse"),
        (0.1, 0.051, "not distinguishable"),
        (-0.1, None, "not distinguishable"),
    ],
)
def test_verdict(difference: float, p: float | None, expected: str) -> None:
    # What stands there before the correction decides nothing.
    assert verdict(difference, comparison.Test(p=0.001, p_holm=p), 0.95) == expected
