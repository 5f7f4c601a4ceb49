import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit, softmax
from sklearn.metrics import log_loss

from fracture.judging.logits import calibrate, calibrate_thresholds, logits, of_logits
from fracture.judging.sample import Sample
from fracture.judging.temperature import LEAST, MOST, bound_reached, fit_temperature
from tests.judging.examples import ROWS, drawn, names, of_rows, sample, several


def loss(of: Sample, temperature: float) -> float:
    calibrated = calibrate(of.probabilities, temperature)
    classes = range(2 if of.binary else calibrated.shape[1])
    return float(log_loss(of.labels, calibrated, labels=list(classes)))


@pytest.mark.parametrize("separation", [0.5, 1.5, 4.0])
@pytest.mark.parametrize("seed", [0, 1])
def test_it_minimises_the_log_loss(separation: float, seed: int) -> None:
    validation = drawn(300, separation, seed)
    direct = minimize_scalar(
        lambda logarithm: loss(validation, math.exp(logarithm)), bounds=(-3, 3), method="bounded"
    )
    assert fit_temperature(validation) == pytest.approx(math.exp(direct.x), rel=1e-3)


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_logits_that_were_scaled_are_scaled_back(factor: float) -> None:
    generator = np.random.default_rng(0)
    honest = generator.uniform(0.02, 0.98, 40_000)
    labels = (generator.uniform(size=len(honest)) < honest).astype(int)
    given_out = expit(factor * logit(honest))
    temperature = fit_temperature(sample(labels.tolist(), given_out.tolist()))
    assert temperature == pytest.approx(factor, rel=0.03)
    assert calibrate(given_out, factor) == pytest.approx(honest, abs=1e-4)


def test_temperature_one_changes_nothing() -> None:
    values = np.array([1e-6, 0.3, 0.5, 0.999])
    assert calibrate(values, 1.0) == pytest.approx(values, rel=1e-9)


@given(ROWS)
def test_calibrated_validation_never_loses_and_keeps_its_order(
    rows: list[tuple[bool, float]],
) -> None:
    validation = of_rows(rows)
    temperature = fit_temperature(validation)
    assert LEAST <= temperature <= MOST
    assert loss(validation, temperature) <= loss(validation, 1.0) + 1e-9
    order = np.argsort(validation.probabilities, kind="stable")
    assert (np.diff(calibrate(validation.probabilities, temperature)[order]) >= 0).all()


def test_perfect_separation_becomes_sure_and_stays_finite() -> None:
    validation = sample([0, 0, 1, 1], [0.3, 0.4, 0.6, 0.7])
    temperature = fit_temperature(validation)
    assert temperature == LEAST
    calibrated = calibrate(validation.probabilities, temperature)
    # Odds of 7 to 3 and 3 to 2, to the power of 20.
    odds = np.array([(3 / 7) ** 20, (2 / 3) ** 20, (3 / 2) ** 20, (7 / 3) ** 20])
    assert calibrated == pytest.approx(odds / (1 + odds), rel=1e-9)


def test_what_says_nothing_becomes_unsure_and_still_tells_apart() -> None:
    temperature = fit_temperature(sample([0, 1, 0, 1], [0.9, 0.9, 0.9, 0.9]))
    assert temperature == MOST
    # Odds of 9 to 1, to the power of 1 / 20.
    odds = 9 ** (1 / 20)
    assert calibrate(np.array([0.9]), temperature)[0] == pytest.approx(odds / (1 + odds))
    assert round(odds / (1 + odds), 3) == 0.527


@pytest.mark.parametrize(
    ("temperature", "expected"),
    [
        (
            LEAST,
            "temperature 0.05 is the lowest allowed: validation is told apart without an error",
        ),
        (MOST, "temperature 20 is the highest allowed: the probabilities say nothing about the"),
    ],
)
def test_a_bound_is_told(temperature: float, expected: str) -> None:
    assert bound_reached(temperature).startswith(expected)
    assert "\n" not in bound_reached(temperature)


def test_between_the_bounds_nothing_is_told() -> None:
    assert bound_reached(LEAST + 1e-6) == bound_reached(1.0) == bound_reached(MOST - 1e-6) == ""


def test_thresholds_move_with_the_probabilities() -> None:
    raw = np.array([0.0, 0.2, 0.5, 0.7, 1.0])
    shown = calibrate_thresholds({"low": 0.2, "half": 0.5, "high": 0.7, "none": 1.01}, 2.0)
    assert list(shown) == ["low", "half", "high", "none"]
    # Odds of 1 to 4, 1 to 1 and 7 to 3, to the power of 1 / 2.
    assert shown["low"] == pytest.approx(1 / 3)
    assert shown["half"] == 0.5
    assert shown["high"] == pytest.approx(1 / (1 + math.sqrt(3 / 7)))
    assert shown["none"] == 1.01
    called = calibrate(raw, 2.0)[:, None] >= list(shown.values())
    assert called.tolist() == (raw[:, None] >= [0.2, 0.5, 0.7, 1.01]).tolist()


def test_even_odds_stay_even() -> None:
    temperature = fit_temperature(sample([0, 1, 0], [0.5, 0.5, 0.5]))
    assert calibrate(np.array([0.5]), temperature)[0] == 0.5


@pytest.mark.parametrize(
    ("labels", "sure"), [([0, 0, 1, 1], True), ([1, 1, 0, 0], False), ([0, 1, 0, 1], False)]
)
def test_certain_probabilities(labels: list[int], sure: bool) -> None:
    temperature = fit_temperature(sample(labels, [0.0, 0.0, 1.0, 1.0]))
    low, high = calibrate(np.array([0.0, 1.0]), temperature)
    # Certain is 1 - 1e-7, as float32 knows no more: a logit of 16.118, which is 0.806 at MOST.
    assert (low, high) == pytest.approx((0, 1) if sure else (expit(-0.806), expit(0.806)), abs=1e-4)
    assert temperature < 0.1 if sure else temperature == MOST


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_a_known_temperature_of_several_classes_is_found(factor: float) -> None:
    generator = np.random.default_rng(0)
    honest = softmax(generator.uniform(-1.5, 1.5, (40_000, 4)), axis=1)
    draws = generator.uniform(size=(len(honest), 1))
    labels = (draws > honest.cumsum(axis=1)).sum(axis=1)
    given_out = softmax(factor * np.log(honest), axis=1)
    of = Sample(labels, given_out, names(range(len(labels))))
    assert fit_temperature(of) == pytest.approx(factor, rel=0.03)
    assert calibrate(given_out, factor) == pytest.approx(honest, abs=1e-4)


@pytest.mark.parametrize("separation", [0.5, 1.5, 4.0])
def test_several_classes_have_the_temperature_of_least_log_loss(separation: float) -> None:
    of = several(300, separation=separation)
    found = fit_temperature(of)
    direct = minimize_scalar(
        lambda logarithm: loss(of, math.exp(logarithm)), bounds=(-3, 3), method="bounded"
    )
    assert found == pytest.approx(math.exp(direct.x), rel=1e-3)


def test_several_classes_told_apart_or_not_at_all_keep_within_the_bounds() -> None:
    sure = Sample(np.arange(3), 0.97 * np.eye(3) + 0.01, names(range(3)))
    assert fit_temperature(sure) == 1  # and not near 0
    wrong = Sample(np.arange(3), 0.97 * np.eye(3)[::-1] + 0.01, names(range(3)))
    assert fit_temperature(wrong) == MOST


def test_a_class_that_validation_lacks_takes_part() -> None:
    shares = np.array([[0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0.2, 0.3, 0.5], [0.1, 0.5, 0.4]])
    of = Sample(np.array([0, 0, 2, 2]), shares, names(range(4)))
    direct = minimize_scalar(
        lambda logarithm: loss(of, math.exp(logarithm)), bounds=(-3, 3), method="bounded"
    )
    assert fit_temperature(of) == pytest.approx(math.exp(direct.x), rel=1e-3)


@given(st.floats(0, 1), st.floats(0.1, 10))
def test_two_classes_side_by_side_are_calibrated_as_one_probability(
    probability: float, temperature: float
) -> None:
    both = calibrate(np.array([[1 - probability, probability]]), temperature)
    alone = float(calibrate(np.array([probability]), temperature)[0])
    assert both[0] == pytest.approx([1 - alone, alone], abs=1e-9)


def test_logits_of_several_classes_are_undone() -> None:
    probabilities = several().probabilities
    assert logits(probabilities).sum(axis=1) == pytest.approx(0, abs=1e-12)
    assert of_logits(logits(probabilities)) == pytest.approx(probabilities, abs=1e-12)
    certain = of_logits(logits(np.array([[0.0, 1.0, 0.0]])))
    assert certain[0] == pytest.approx([0, 1, 0], abs=2e-7)
