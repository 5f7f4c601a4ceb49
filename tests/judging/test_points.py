import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fracture.judging.points import ABOVE_ALL, above, between, choose
from fracture.judging.sample import Sample
from fracture.params.evaluate import AtSensitivity, AtSpecificity, Rule
from tests.judging.examples import ROWS, drawn, of_rows, sample


def rates(of: Sample, threshold: float) -> tuple[float, float]:
    """Return sensitivity and specificity, by definition."""
    called = of.probabilities >= threshold
    return float(called[of.labels == 1].mean()), float((~called)[of.labels == 0].mean())


def index_at(of: Sample, threshold: float) -> float:
    return sum(rates(of, threshold)) - 1


def attainable(of: Sample) -> list[tuple[float, float]]:
    return [rates(of, float(p)) for p in of.probabilities] + [(0.0, 1.0)]


def test_youden_by_hand() -> None:
    # From 0.6 on: 2 of 3 fractures and no other, index 0.667. From 0.3 on: 3 of 3 and 1 of 4, 0.75.
    of = sample([0, 0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.2, 0.5, 0.3, 0.6, 0.9])
    assert choose("youden", of) == 0.25
    assert index_at(of, 0.25) == pytest.approx(0.75)


def test_rates_to_keep_by_hand() -> None:
    of = sample([0, 0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.2, 0.5, 0.3, 0.6, 0.9])
    assert choose(AtSensitivity(sensitivity=0.9), of) == 0.25
    assert choose(AtSensitivity(sensitivity=2 / 3), of) == 0.55
    assert choose(AtSpecificity(specificity=0.75), of) == 0.25
    assert choose(AtSpecificity(specificity=0.95), of) == 0.55


def test_of_equally_good_thresholds_the_highest_is_taken() -> None:
    of = sample([0, 1, 0, 1], [0.2, 0.4, 0.6, 0.8])
    assert index_at(of, 0.3) == index_at(of, 0.7) == 0.5
    assert choose("youden", of) == pytest.approx(0.7)
    # Specificity 0.5 allows 0.3 to 0.6 and finds both fractures from 0.4 on: 0.3, not 0.2.
    assert choose(AtSpecificity(specificity=0.5), of) == pytest.approx(0.3)


@pytest.mark.parametrize("least", [0.5, 0.8, 0.9, 0.95, 1.0])
@given(ROWS)
def test_a_sensitivity_is_kept_at_the_highest_specificity(
    least: float, rows: list[tuple[bool, float]]
) -> None:
    of = of_rows(rows)
    sensitivity, specificity = rates(of, choose(AtSensitivity(sensitivity=least), of))
    assert sensitivity >= least - 1e-12
    assert specificity == max(b for a, b in attainable(of) if a >= least - 1e-12)


@pytest.mark.parametrize("least", [0.5, 0.8, 0.9, 0.95, 1.0])
@given(ROWS)
def test_a_specificity_is_kept_at_the_highest_sensitivity(
    least: float, rows: list[tuple[bool, float]]
) -> None:
    of = of_rows(rows)
    sensitivity, specificity = rates(of, choose(AtSpecificity(specificity=least), of))
    assert specificity >= least - 1e-12
    assert sensitivity == max(a for a, b in attainable(of) if b >= least - 1e-12)


@given(ROWS)
def test_no_threshold_has_a_higher_index(rows: list[tuple[bool, float]]) -> None:
    of = of_rows(rows)
    best = max(index_at(of, probability) for _, probability in rows)
    assert index_at(of, choose("youden", of)) == pytest.approx(best)


def test_the_points_reach_their_rates_on_continuous_predictions() -> None:
    of = drawn(300)
    sensitivity, _ = rates(of, choose(AtSensitivity(sensitivity=0.9), of))
    assert 0.9 <= sensitivity < 0.92
    _, specificity = rates(of, choose(AtSpecificity(specificity=0.95), of))
    assert 0.95 <= specificity < 0.965


@pytest.mark.parametrize(
    ("rule", "called"),
    [
        ("youden", True),
        (AtSensitivity(sensitivity=0.9), True),
        (AtSensitivity(sensitivity=0.0), False),
        (AtSpecificity(specificity=0.95), False),
        (AtSpecificity(specificity=0.0), True),
    ],
)
def test_equal_probabilities_are_called_all_or_none(rule: Rule, called: bool) -> None:
    threshold = choose(rule, sample([0, 1, 1], [0.4, 0.4, 0.4]))
    assert (threshold <= 0.4) == called
    assert 0 <= threshold <= 1


def test_a_specificity_out_of_reach_calls_nothing_fractured() -> None:
    rule = AtSpecificity(specificity=0.95)
    assert choose(rule, sample([0, 0, 1], [0.1, 0.8, 0.3])) == pytest.approx(0.9)
    certain = choose(rule, sample([0, 0, 1], [0.1, 1.0, 0.3]))
    assert certain == above(1.0) == ABOVE_ALL
    assert certain > 1


def test_worse_than_chance_stays_a_probability() -> None:
    assert 0 <= choose("youden", sample([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9])) <= 1


def test_zero_probabilities() -> None:
    assert choose("youden", sample([0, 1], [0.0, 0.0])) == 0


def test_a_fixed_number_is_taken_as_it_is() -> None:
    assert choose(0.35, sample([0, 1], [0.1, 0.9])) == 0.35


@given(st.floats(0, 1), st.floats(0, 1))
def test_between_sets_two_probabilities_apart(one: float, other: float) -> None:
    lower, upper = sorted([one, other])
    middle = between(lower, upper)
    assert lower < middle <= upper or lower == upper == middle


def test_between_has_six_decimals_where_they_suffice() -> None:
    assert between(0.1234567, 0.7654321) == 0.444444
    assert between(0.12345671, 0.12345679) == 0.12345675


def test_the_threshold_does_not_depend_on_the_order() -> None:
    of = drawn(60)
    order = np.random.default_rng(1).permutation(60)
    shuffled = Sample(of.labels[order], of.probabilities[order], of.groups[order])
    for rule in ("youden", AtSensitivity(sensitivity=0.9), AtSpecificity(specificity=0.95)):
        assert choose(rule, shuffled) == choose(rule, of)
