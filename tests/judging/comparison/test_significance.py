import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap, norm
from sklearn.metrics import roc_auc_score

from fracture.artifacts import comparison
from fracture.judging.comparison.significance import (
    Statistic,
    discordant,
    holm,
    mean,
    mean_auroc,
    two_sided,
    verdict,
)
from fracture.judging.sample import Sample, select_part
from tests.judging.comparison.examples import SEED, predictions, sample, scored


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


def held_out(quality: float, noise: int, seeds: int) -> list[Sample]:
    table = predictions(quality, noise, seeds=seeds)
    return [select_part(rows, "test") for _, rows in table.groupby("seed")]


def test_one_training_seed_is_what_the_evaluation_writes() -> None:
    expected = scored("one", predictions(1.5, 1)).auroc
    assert mean_auroc(held_out(1.5, 1, 1), "one", 200, SEED).estimate(0.95) == expected


def test_the_error_of_a_difference_is_that_of_scipy() -> None:
    pair = [held_out(1.5, 1, 1)[0], held_out(1.0, 2, 1)[0]]
    single = np.arange(len(pair[0].labels)).astype(str).astype(object)
    ours = [
        mean_auroc([Sample(one.labels, one.probabilities, single)], "", 4000, 0) for one in pair
    ]
    difference = ours[0] - ours[1]

    def statistic(labels: object, first: object, second: object) -> float:
        return float(roc_auc_score(labels, first) - roc_auc_score(labels, second))

    scipys = bootstrap(
        (pair[0].labels, pair[0].probabilities, pair[1].probabilities),
        statistic,
        paired=True,
        vectorized=False,
        n_resamples=500,
        method="percentile",
        rng=np.random.default_rng(1),
    )
    assert np.std(difference.draws, ddof=1) == pytest.approx(scipys.standard_error, rel=0.08)
    interval = difference.estimate(0.95)
    ends = (scipys.confidence_interval.low, scipys.confidence_interval.high)
    assert (interval.low, interval.high) == pytest.approx(ends, abs=0.02)


def test_pairing_takes_away_what_both_share() -> None:
    first, second = (mean_auroc(held_out(1.5, noise, 1), "x", 500, 0) for noise in (1, 2))
    apart = mean_auroc(held_out(1.5, 2, 1), "x", 500, 1)
    assert np.std((first - second).draws) < 0.95 * np.std((first - apart).draws)


def test_a_model_does_not_differ_from_itself() -> None:
    one = mean_auroc(held_out(1.5, 1, 1), "x", 200, 0)
    nothing = one - one
    assert nothing.p == 1
    assert nothing.estimate(0.95).model_dump() == {"value": 0, "low": 0, "high": 0}


def test_a_single_group_has_neither_interval_nor_test() -> None:
    whole = [sample([0, 1, 1], [0.1, 0.2, 0.05], [7, 7, 7])]
    other = [sample([0, 1, 1], [0.3, 0.2, 0.05], [7, 7, 7])]
    difference = mean_auroc(whole, "x", 100, 0) - mean_auroc(other, "y", 100, 0)
    assert np.isnan(difference.p)
    assert difference.estimate(0.95).model_dump() == {"value": 0.5, "low": None, "high": None}


def test_one_class_alone_is_undefined() -> None:
    one = mean_auroc([sample([1, 1], [0.1, 0.2], [0, 1])], "x", 100, 0)
    assert np.isnan(one.p)
    assert one.estimate(0.95).value is None


def test_training_seeds_widen_the_interval_and_move_the_mean() -> None:
    several = held_out(1.0, 1, seeds=4)
    alike = mean_auroc([several[0]] * 4, "x", 500, 0)
    spread = mean_auroc(several, "x", 500, 0)
    assert spread.value == pytest.approx(
        np.mean([roc_auc_score(one.labels, one.probabilities) for one in several])
    )
    np.testing.assert_allclose(alike.draws, mean_auroc(several[:1], "x", 500, 0).draws)
    fixed = mean([mean_auroc([one], "x", 500, 0) for one in several])
    assert fixed.value == pytest.approx(spread.value)
    assert np.nanstd(spread.draws) > 1.1 * np.nanstd(fixed.draws)


def test_training_seeds_are_drawn_for_each_model_by_itself() -> None:
    several = held_out(1.0, 1, seeds=3)
    first, second = (mean_auroc(several, model, 200, 0) for model in ("one", "two"))
    assert np.isfinite((first - second).draws).all()
    assert np.std((first - second).draws) > 0
    np.testing.assert_array_equal(first.draws, mean_auroc(several, "one", 200, 0).draws)


def test_a_mean_is_drawn_together() -> None:
    both = mean([Statistic(1.0, np.array([1.0, 3.0])), Statistic(2.0, np.array([3.0, 3.0]))])
    assert both.value == 1.5
    np.testing.assert_array_equal(both.draws, [2, 3])


def test_two_equally_good_models_are_rarely_told_apart() -> None:
    generator, found, trials = np.random.default_rng(5), 0, 800
    sizes = np.tile([1, 2, 3], 25)  # radiographs of a group
    group = np.repeat(np.arange(len(sizes)), sizes)
    names = group.astype(str).astype(object)

    def noise(scale: float) -> np.ndarray:
        """Part of it shared by the radiographs of a group."""
        of_groups = generator.normal(size=len(sizes))[group]
        return scale * (0.7 * of_groups + 0.7 * generator.normal(size=len(group)))

    for trial in range(trials):
        labels = (generator.random(len(sizes)) < 0.4)[group]
        shared = 1.2 * labels + noise(0.8)  # both models err on the same radiographs
        models = [
            mean_auroc(
                [Sample(labels.astype(np.int64), shared + noise(0.6), names)], "x", 150, trial
            )
            for _ in range(2)
        ]
        found += (models[0] - models[1]).p < 0.05
    assert 0.03 <= found / trials <= 0.07
