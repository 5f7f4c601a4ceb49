"""The calibration error without what chance adds: by hand, by its own definition, by simulation."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from fracture.judging.bootstrap import draw
from fracture.judging.calibration import beyond_chance, gaps
from fracture.judging.sample import Sample
from fracture.judging.scores import PROBABILITY
from fracture.judging.tally import tally
from tests.judging.examples import PROBABILITIES, ROWS, names, of_rows, sample

Numbers = npt.NDArray[np.float64]


def test_gaps_by_hand() -> None:
    # A bin each of the first four of ten places from the middle: 1, 3, 6 and 8 of ten.
    of = sample([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    expected = np.zeros(10)
    expected[[1, 3, 6, 8]] = [-0.1, 0.65, -0.4, 0.2]
    assert gaps(of).tolist() == [pytest.approx(expected / 4)]
    weights = np.array([[2, 1, 0, 1], [0, 0, 0, 0]])
    assert gaps(of, weights)[0] == pytest.approx(expected * [0, 2, 0, 0, 0, 0, 1, 0, 1, 0] / 4)
    assert np.isnan(gaps(of, weights)[1]).all()


@given(ROWS)
def test_distances_of_the_gaps_sum_to_the_calibration_error(rows: list[tuple[bool, float]]) -> None:
    of = of_rows(rows)
    assert np.abs(gaps(of)).sum(axis=1) == pytest.approx(
        PROBABILITY["calibration_error"](tally(of)), abs=1e-12
    )


def test_an_estimate_and_ends_by_hand() -> None:
    # One bin with a gap of 0.3, and noise of -0.2, -0.1, 0, 0.1, 0.2 alike: a population of gap g
    # gives samples of |g + noise|. The half is below 0.3 for g = 0.3; the second greatest of five,
    # which is the quantile 3 / 4, for g = 0.2; the second least for 0.4.
    noise = np.array([[-0.2], [-0.1], [0], [0.1], [0.2]])
    observed = np.array([0.3])
    assert beyond_chance(observed, observed + noise, 0.5) == pytest.approx((0.3, 0.2, 0.4))


def test_noise_adds_to_what_is_observed() -> None:
    # Two bins and noise of one standard deviation: the observed 0.3 is 0 and the noise of samples.
    noise = np.random.default_rng(0).normal(scale=0.15, size=(4000, 2))
    observed = np.array([0.15, -0.15])
    value, low, high = beyond_chance(observed, observed + noise, 0.95)
    assert low == 0
    assert value < 0.3 < high
    halves = np.array([0.5, -0.5])
    for population, quantile in ((value, 0.5), (high, 0.025)):
        errors = np.abs(population * halves + noise).sum(axis=1)
        assert np.quantile(errors, quantile) == pytest.approx(0.3, abs=1e-6)
    assert np.quantile(np.abs(noise).sum(axis=1), 0.975) > 0.3


def test_the_estimate_is_a_multiple_of_what_is_observed_where_noise_is_small() -> None:
    observed = np.array([0.1, -0.2, 0.05])
    noise = np.random.default_rng(0).normal(scale=1e-4, size=(500, 3))
    value, low, high = beyond_chance(observed, observed + noise, 0.95)
    assert value == pytest.approx(0.35, abs=1e-4)
    assert (low, high) == pytest.approx((0.35, 0.35), abs=1e-3)


def test_without_noise_nothing_is_taken_away() -> None:
    observed = np.array([0.1, -0.2])
    alike = np.tile(observed, (100, 1))
    assert beyond_chance(observed, alike, 0.95) == pytest.approx((0.3, 0.3, 0.3))
    assert beyond_chance(observed * 0, alike * 0, 0.95) == (0, 0, 0)


def test_without_gaps_the_error_is_0_and_may_be_as_large_as_chance_hides() -> None:
    noise = np.random.default_rng(0).normal(scale=0.01, size=(500, 10))
    value, low, high = beyond_chance(np.zeros(10), noise, 0.95)
    assert (value, low) == (0, 0)
    assert 0 < high < np.abs(noise).sum(axis=1).max()


def test_one_group_has_no_estimate() -> None:
    nothing = np.full((100, 10), np.nan)
    assert np.isnan(beyond_chance(np.full(10, 0.1), nothing, 0.95)).all()


@given(
    st.lists(st.tuples(st.booleans(), st.sampled_from(PROBABILITIES)), min_size=2, max_size=40),
    st.sampled_from([0.05, 0.5, 0.95, 0.999]),
)
def test_the_estimate_lies_in_its_interval(
    rows: list[tuple[bool, float]], confidence: float
) -> None:
    of = of_rows(rows)
    observed, of_draws = gaps(of)[0], draw(of.groups, partial(gaps, of), 100, 0)
    value, low, high = beyond_chance(observed, of_draws, confidence)
    assert 0 <= low <= value <= high


def simulated(generator: np.random.Generator, sureness: float) -> Sample:
    """Draw 150 patients of two radiographs that share a label; 1 is calibrated."""
    true = expit(generator.normal(-0.5, 1.5, 150))
    labels = (generator.uniform(size=150) < true).astype(np.int64).repeat(2)
    reported = expit(sureness * logit(true)).repeat(2) + generator.uniform(0, 1e-6, 300)
    return Sample(labels, reported, names(np.arange(150).repeat(2).tolist()))


@pytest.mark.parametrize("sureness", [1, 2])
def test_the_interval_covers_the_error_of_the_population(sureness: float) -> None:
    logits = np.sort(np.random.default_rng(1).normal(-0.5, 1.5, 10**5))
    excess = expit(logits) - expit(sureness * logits)
    truth = np.abs(excess.reshape(10, -1).sum(axis=1)).sum() / len(logits)
    generator = np.random.default_rng(0)
    plain, found = [], []
    for _ in range(100):
        of = simulated(generator, sureness)
        observed = gaps(of)[0]
        of_draws = draw(of.groups, partial(gaps, of), 150, 0)
        plain.append(np.abs(observed).sum())
        found.append(beyond_chance(observed, of_draws, 0.95))
    values, low, high = np.transpose(found)
    assert np.mean((low <= truth) & (truth <= high)) >= 0.92
    assert abs(values.mean() - truth) < 0.6 * abs(np.mean(plain) - truth)
