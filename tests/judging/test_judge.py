from functools import partial

import numpy as np
import pytest

from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Confusion, Part
from fracture.judging import multiclass
from fracture.judging.bootstrap import Bootstrap, draw
from fracture.judging.calibration import beyond_chance, gaps
from fracture.judging.judge import Calibrated, judge, judge_by
from fracture.judging.logits import calibrate
from fracture.judging.sample import Sample
from fracture.judging.scores import DECISION, PROBABILITY, RANKING, WITHOUT_INTERVAL
from fracture.judging.tally import tally
from tests.judging.examples import drawn, sample

BEYOND = "calibration_error_beyond_chance"
THRESHOLDS = {"balanced": 0.4, "high": 0.8}
NOTHING = Estimate(value=None, low=None, high=None)


def judged(of: Sample, temperature: float = 1.5, seed: int = 0, draws: int = 200) -> Part:
    return judge([Calibrated(of, temperature, THRESHOLDS)], Bootstrap(draws, 0.95, seed))


def estimates(part: Part) -> dict[str, Estimate]:
    return part.scores | part.uncalibrated | {
        f"{name}/{score}": estimate
        for name, point in part.points.items()
        for score, estimate in point.scores.items()
    }  # fmt: skip


def test_all_scores_of_a_sample() -> None:
    of = drawn()
    part = judged(of)
    assert (part.n, part.positives, part.groups) == (120, 40, 60)
    assert list(part.scores) == [*RANKING, *PROBABILITY, BEYOND]
    assert list(part.uncalibrated) == [*PROBABILITY, BEYOND]
    assert list(part.points) == list(THRESHOLDS)
    for name, point in part.points.items():
        assert list(point.scores) == list(DECISION)
        called = of.probabilities >= THRESHOLDS[name]
        assert point.confusion == Confusion(
            tn=int((~called & (of.labels == 0)).sum()),
            fp=int((called & (of.labels == 0)).sum()),
            fn=int((~called & (of.labels == 1)).sum()),
            tp=int((called & (of.labels == 1)).sum()),
        )


def test_each_value_lies_in_its_interval() -> None:
    for name, estimate in estimates(judged(drawn())).items():
        assert estimate.value is not None, name
        if name in WITHOUT_INTERVAL:
            assert (estimate.low, estimate.high) == (None, None), name
        else:
            assert estimate.low is not None, name
            assert estimate.high is not None, name
            assert estimate.low <= estimate.value <= estimate.high, name


def test_the_calibration_error_beyond_chance_is_that_of_the_gaps() -> None:
    of = drawn()
    part = judged(of, temperature=4.0)
    for temperature, found in ((4.0, part.scores), (1.0, part.uncalibrated)):
        scaled = Sample(of.labels, calibrate(of.probabilities, temperature), of.groups)
        of_draws = draw(of.groups, partial(gaps, scaled), 200, 0)
        expected = beyond_chance(gaps(scaled)[0], of_draws, 0.95)
        assert found[BEYOND] == Estimate.rounded(*expected)
    assert (part.scores[BEYOND].low or 0) > 0  # a temperature of 4 spoils them


def test_the_calibration_error_beyond_chance_of_several_networks_is_of_their_mean() -> None:
    of, temperatures = drawn(), (1.0, 4.0)
    networks = [Calibrated(of, temperature, {}) for temperature in temperatures]
    found = judge(networks, Bootstrap(200, 0.95, 0)).scores[BEYOND]
    scaled = [
        Sample(of.labels, calibrate(of.probabilities, temperature), of.groups)
        for temperature in temperatures
    ]
    observed = np.concatenate([gaps(each)[0] / 2 for each in scaled])
    drawn_ = np.hstack([draw(of.groups, partial(gaps, each), 200, 0) / 2 for each in scaled])
    assert found == Estimate.rounded(*beyond_chance(observed, drawn_, 0.95))
    assert judge(networks[:1] * 2, Bootstrap(200, 0.95, 0)).scores == judged(of, 1.0).scores


def test_the_temperature_moves_probabilities_and_nothing_else() -> None:
    of = drawn()
    hot, cold = judged(of, 4.0), judged(of, 1.0)
    assert hot.points == cold.points
    assert hot.uncalibrated == cold.uncalibrated
    assert {name: hot.scores[name] for name in RANKING} == {
        name: cold.scores[name] for name in RANKING
    }
    for name in PROBABILITY:
        assert hot.scores[name] != cold.scores[name]
        assert cold.scores[name].value == pytest.approx(cold.uncalibrated[name].value, abs=2e-6)
    warmed = Sample(of.labels, calibrate(of.probabilities, 4.0), of.groups)
    assert hot.scores["brier"].value == pytest.approx(
        PROBABILITY["brier"](tally(warmed))[0], abs=1e-6
    )


def test_the_same_seed_gives_the_same_result() -> None:
    assert judged(drawn()) == judged(drawn())
    assert judged(drawn()) != judged(drawn(), seed=1)


def test_one_score_alone_is_the_one_among_all() -> None:
    assert (
        judge_by(multiclass.auroc, drawn(), Bootstrap(200, 0.95, 0))
        == judged(drawn()).scores["auroc"]
    )


@pytest.mark.parametrize("label", [0, 1])
def test_one_class_leaves_undefined_what_needs_both(label: int) -> None:
    part = judged(sample([label] * 6, [0.1, 0.2, 0.5, 0.5, 0.7, 0.9]))
    assert part.positives == 6 * label
    assert part.scores["auroc"] == NOTHING
    assert part.scores["sensitivity_at_specificity_90"] == NOTHING
    assert part.points["balanced"].scores["balanced_accuracy"] == NOTHING
    assert part.scores["brier"].low is not None
    known = part.points["balanced"].scores["sensitivity" if label else "specificity"]
    assert known.value == pytest.approx(4 / 6 if label else 2 / 6, abs=1e-6)


def test_one_radiograph_has_values_and_no_interval() -> None:
    part = judged(sample([1], [0.7]), temperature=1.0)
    assert (part.n, part.positives, part.groups) == (1, 1, 1)
    assert part.scores["auroc"] == NOTHING
    assert part.scores["brier"] == Estimate(value=0.09, low=None, high=None)
    assert part.points["balanced"].confusion == Confusion(tn=0, fp=0, fn=0, tp=1)
    assert part.points["balanced"].scores["precision"] == Estimate(value=1)
    assert part.points["high"].scores["precision"] == NOTHING


def test_one_group_has_values_and_no_interval() -> None:
    part = judged(sample([0, 1, 1], [0.2, 0.6, 0.9], [4, 4, 4]))
    assert part.scores["auroc"] == Estimate(value=1)
    assert all(estimate.low is None for estimate in estimates(part).values())


def test_a_score_that_few_draws_define_has_no_interval() -> None:
    # One of three groups is fractured: 18 of 27 draws have both classes.
    assert judged(sample([1, 0, 0], [0.9, 0.1, 0.5])).scores["auroc"] == Estimate(
        value=1, low=1, high=1
    )
    # Of two groups, half of the draws have both: too few.
    few = [judged(sample([1, 0], [0.9, 0.1]), seed=seed).scores["auroc"] for seed in range(20)]
    assert any(estimate.low is None for estimate in few)
    assert {estimate.value for estimate in few} == {1}


def test_equal_probabilities() -> None:
    part = judged(sample([0, 1] * 20, [0.5] * 40))
    assert part.scores["auroc"] == Estimate(value=0.5, low=0.5, high=0.5)
    # Twenty groups: 0.025 ** (1 / 20) is the sensitivity at which all are found once in 40 times.
    assert part.points["balanced"].scores["sensitivity"] == Estimate(value=1, low=0.831567, high=1)
    assert part.points["balanced"].scores["specificity"] == Estimate(value=0, low=0, high=0.168433)
    assert part.points["high"].scores["precision"] == NOTHING


def test_a_share_of_0_or_1_knows_the_groups_of_its_radiographs() -> None:
    # Fractured are two groups of two radiographs, the others eight of one; called are three groups.
    labels, probabilities = [1] * 4 + [0] * 8, [0.9, 0.9, 0.9, 0.9, 0.5] + [0.1] * 7
    part = judged(sample(labels, probabilities, [0, 0, 1, 1, *range(2, 10)]))
    point = part.points["balanced"].scores
    assert point["sensitivity"].low == round(0.025 ** (1 / 2), 6)
    assert point["negative_predictive_value"].low == round(0.025 ** (1 / 7), 6)
    assert part.points["high"].scores["specificity"].low == round(0.025 ** (1 / 8), 6)
    assert part.points["high"].scores["precision"].low == round(0.025 ** (1 / 2), 6)
    assert part.points["high"].scores["accuracy"].low == round(0.025 ** (1 / 10), 6)
    assert part.scores["sensitivity_at_specificity_95"].low == round(0.025 ** (1 / 2), 6)
    assert part.scores["specificity_at_sensitivity_95"].low == round(0.025 ** (1 / 8), 6)


def test_of_several_networks_the_fewest_groups_count() -> None:
    labels = [1] * 3 + [0] * 3
    bold = Calibrated(sample(labels, [0.9] * 3 + [0.1] * 3), 1.0, {"high": 0.8})
    shy = Calibrated(sample(labels, [0.9] * 2 + [0.1] * 4), 1.0, {"high": 0.8})
    precision = judge([bold, shy], Bootstrap(200, 0.95, 0)).points["high"].scores["precision"]
    assert precision == Estimate(value=1, low=round(0.025 ** (1 / 2), 6), high=1)


@pytest.mark.parametrize("truth", [0.9, 0.97])
def test_the_interval_of_a_share_covers_where_few_groups_often_agree(truth: float) -> None:
    """14 fractured patients of two radiographs, both found or neither.

    All 14 are found in 0.9 ** 14 = 23 % of samples, or 0.97 ** 14 = 65 %: in all of these an
    interval of percentiles alone, 1 to 1, misses the truth.
    """
    generator = np.random.default_rng(0)
    repetitions, covered, alike = 300, 0, 0
    groups, labels = [*np.repeat(range(14), 2).tolist(), 14, 15], [1] * 28 + [0, 0]
    for _ in range(repetitions):
        found = np.repeat(generator.uniform(size=14) < truth, 2)
        of = sample(labels, [*np.where(found, 0.9, 0.1).tolist(), 0.1, 0.1], groups)
        estimate = (
            judge([Calibrated(of, 1.0, {"high": 0.8})], Bootstrap(200, 0.95, 0))
            .points["high"]
            .scores["sensitivity"]
        )
        assert estimate.low is not None
        assert estimate.high is not None
        alike += estimate.value == 1
        covered += estimate.low <= truth <= estimate.high
    assert alike / repetitions == pytest.approx(truth**14, abs=0.08)
    assert covered / repetitions >= 0.95


def test_nothing_is_nan() -> None:
    values = [
        value
        for of in (drawn(), sample([1], [0.0]), sample([0, 1], [1.0, 0.0], [0, 0]))
        for estimate in estimates(judged(of)).values()
        for value in (estimate.value, estimate.low, estimate.high)
    ]
    assert not any(value is not None and np.isnan(value) for value in values)
