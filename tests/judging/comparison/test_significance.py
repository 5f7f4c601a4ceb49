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
    components,
    delong,
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


# 43 of the 49 patients of DeLong, DeLong and Clarke-Pearson, Biometrics 44 (1988), those with all
# three tests, as the SAS/STAT User's Guide gives them ("The LOGISTIC Procedure: Comparing Receiver
# Operating Characteristic Curves"): albumin, total protein, K-G score, and 0 where surgery helped.
OVARIAN = """
3.0 5.8 10 0   3.2 6.3  5 1   3.9 6.8  3 1   2.8 4.8  6 0   3.2 5.8  3 1   0.9 4.0  5 0
2.5 5.7  8 0   1.6 5.6  5 1   3.8 5.7  5 1   3.7 6.7  6 1   3.2 5.4  4 1   3.8 6.6  6 1
4.1 6.6  5 1   3.6 5.7  5 1   4.3 7.0  4 1   3.6 6.7  4 0   2.3 4.4  6 1   4.2 7.6  4 0
4.0 6.6  6 0   3.5 5.8  6 1   3.8 6.8  7 1   3.0 4.7  8 0   4.5 7.4  5 1   3.7 7.4  5 1
3.1 6.6  6 1   4.1 8.2  6 1   4.3 7.0  5 1   4.3 6.5  4 1   3.2 5.1  5 1   2.6 4.7  6 1
3.3 6.8  6 0   1.7 4.0  7 0   3.7 6.1  5 1   3.3 6.3  7 1   4.2 7.7  6 1   3.5 6.2  5 1
2.9 5.7  9 0   2.1 4.8  7 1   2.8 6.2  8 0   4.0 7.0  7 1   3.3 5.7  6 1   3.7 6.9  5 1
3.6 6.6  5 1
"""
ALBUMIN, PROTEIN, SCORE, OUTCOME = np.array(OVARIAN.split(), float).reshape(-1, 4).T


def ovarian(values: object) -> Sample:
    groups = np.arange(len(OUTCOME)).astype(str).astype(object)
    return Sample(OUTCOME.astype(np.int64), np.asarray(values, float), groups)


@pytest.mark.parametrize(
    ("values", "area", "error"),
    [(ALBUMIN, 0.7366, 0.0927), (10 - SCORE, 0.7258, 0.1028), (PROTEIN, 0.6478, 0.1000)],
)
def test_areas_and_errors_are_those_that_sas_publishes(
    values: object, area: float, error: float
) -> None:
    found = components([ovarian(values)])
    assert found.positives.mean() == pytest.approx(area, abs=5e-5)
    assert found.negatives.mean() == pytest.approx(area, abs=5e-5)
    variance = sum(part.var(ddof=1) / len(part) for part in (found.positives, found.negatives))
    assert np.sqrt(variance) == pytest.approx(error, abs=5e-5)


@pytest.mark.parametrize(("values", "p"), [(ALBUMIN, 0.9102), (PROTEIN, 0.4561)])
def test_p_values_against_the_score_are_those_that_sas_publishes(values: object, p: float) -> None:
    score = components([ovarian(10 - SCORE)])
    assert delong(components([ovarian(values)]), score) == pytest.approx(p, abs=5e-5)
    assert delong(score, components([ovarian(values)])) == pytest.approx(p, abs=5e-5)


ROWS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=25
)
BOTH = [(True, 0, 3), (True, 2, 1), (False, 1, 1), (False, 3, 0)]


@settings(max_examples=60)
@given(ROWS)
def test_components_and_p_value_are_those_of_every_pair_counted(
    rows: list[tuple[bool, int, int]],
) -> None:
    labels, *scores = (np.array(column) for column in zip(*rows, *BOTH, strict=True))
    samples = [Sample(labels.astype(np.int64), one / 4, labels.astype(object)) for one in scores]
    found = [components([one]) for one in samples]
    counted = []
    for one in samples:
        positives, negatives = one.probabilities[labels], one.probabilities[~labels]
        wins = (positives[:, None] > negatives) + 0.5 * (positives[:, None] == negatives)
        counted.append((wins.mean(axis=1), wins.mean(axis=0)))
    for ours, naive, one in zip(found, counted, samples, strict=True):
        np.testing.assert_allclose(ours.positives, naive[0], atol=1e-12)
        np.testing.assert_allclose(ours.negatives, naive[1], atol=1e-12)
        assert ours.negatives.mean() == pytest.approx(roc_auc_score(one.labels, one.probabilities))
    # The covariance matrix of the paper, then the contrast (1, -1).
    sides = [np.cov([counted[0][i], counted[1][i]]) / len(counted[0][i]) for i in (0, 1)]
    covariance = sides[0] + sides[1]
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    difference = counted[0][0].mean() - counted[1][0].mean()
    if variance > 1e-9:
        expected = 2 * norm.sf(abs(difference) / np.sqrt(variance))
        assert delong(*found) == pytest.approx(expected, abs=1e-9)


def test_the_same_order_is_no_difference() -> None:
    labels, groups = [0, 1, 0, 1, 1], [0, 1, 2, 3, 4]
    first = components([sample(labels, [0.1, 0.4, 0.5, 0.7, 0.9], groups)])
    second = components([sample(labels, [0.2, 0.3, 0.6, 0.8, 0.9], groups)])
    assert delong(first, second) == 1


def test_training_seeds_are_a_contrast_of_their_mean() -> None:
    albumin, protein, score = ovarian(ALBUMIN), ovarian(PROTEIN), ovarian(10 - SCORE)
    both = components([albumin, protein])
    parts = [components([one]) for one in (albumin, protein)]
    np.testing.assert_allclose(both.negatives, (parts[0].negatives + parts[1].negatives) / 2)
    assert both.positives.mean() == pytest.approx((0.7366 + 0.6478) / 2, abs=5e-5)
    alone = components([score])
    sides = [
        [alone.positives, *(part.positives for part in parts)],
        [alone.negatives, *(part.negatives for part in parts)],
    ]
    covariance = sum(np.cov(side) / len(side[0]) for side in sides)
    contrast = np.array([-1, 0.5, 0.5])
    z = (contrast @ [side.mean() for side in sides[0]]) / np.sqrt(contrast @ covariance @ contrast)
    assert delong(both, alone) == pytest.approx(2 * norm.sf(abs(z)))


def test_a_single_fracture_has_no_variance() -> None:
    first = components([sample([0, 0, 1], [0.1, 0.5, 0.4], [0, 1, 2])])
    second = components([sample([0, 0, 1], [0.1, 0.2, 0.4], [0, 1, 2])])
    assert np.isnan(delong(first, second))
