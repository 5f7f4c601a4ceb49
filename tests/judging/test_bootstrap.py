import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, bootstrap, norm
from sklearn.metrics import roc_auc_score

from fracture.artifacts.row import Estimate
from fracture.judging import bootstrap as module
from fracture.judging import multiclass
from fracture.judging.bootstrap import Bootstrap, multiplicities, percentiles, resample, widened
from fracture.judging.judge import judge_by
from fracture.judging.sample import Sample
from fracture.judging.scores import auroc
from fracture.judging.tally import Tally
from tests.judging.examples import drawn, names, sample


def interval(of: Sample, draws: int, confidence: float, seed: int) -> tuple[float, float]:
    estimate = judge_by(multiclass.auroc, of, Bootstrap(draws, confidence, seed))
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30), st.integers(0, 2**31))
def test_whole_groups_are_drawn_as_many_as_there_are(groups: list[int], seed: int) -> None:
    weights = np.vstack(list(multiplicities(names(groups), 7, seed)))
    assert weights.shape == (7, len(groups))
    columns = {group: weights[:, groups.index(group)] for group in groups}
    assert all((weights[:, i] == columns[group]).all() for i, group in enumerate(groups))
    assert (np.sum(list(columns.values()), axis=0) == len(columns)).all()


def test_samples_of_the_same_groups_get_the_same_draws() -> None:
    groups = drawn().groups
    one, other = (np.vstack(list(multiplicities(groups, 50, 3))) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert (one != np.vstack(list(multiplicities(groups, 50, 4)))).any()


def test_interval_of_single_radiographs_is_that_of_scipy() -> None:
    of = drawn(200)
    single = Sample(of.labels, of.probabilities, names(range(200)))
    scipys = bootstrap(
        (of.labels, of.probabilities),
        roc_auc_score,
        paired=True,
        vectorized=False,
        n_resamples=1000,
        confidence_level=0.9,
        method="percentile",
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert interval(single, 4000, 0.9, 1) == pytest.approx((scipys.low, scipys.high), abs=0.006)


def test_copies_within_a_group_do_not_narrow_the_interval() -> None:
    once = drawn()
    thrice = Sample(*(np.repeat(column, 3) for column in vars(once).values()))
    assert interval(thrice, 500, 0.95, 0) == interval(once, 500, 0.95, 0)


def test_groups_widen_the_interval_where_their_radiographs_agree() -> None:
    of = drawn(200)
    alike = np.repeat(of.probabilities[::2], 2)
    low, high = interval(Sample(of.labels, alike, of.groups), 1000, 0.95, 0)
    single = interval(Sample(of.labels, alike, names(range(200))), 1000, 0.95, 0)
    assert high - low > 1.2 * (single[1] - single[0])


def test_the_seed_decides_and_the_batch_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    first = interval(drawn(), 300, 0.95, 7)
    assert interval(drawn(), 300, 0.95, 7) == first
    assert interval(drawn(), 300, 0.95, 8) != first
    monkeypatch.setattr(module, "BATCH", 1000)
    assert interval(drawn(), 300, 0.95, 7) == first


def test_draws_without_both_classes_are_left_out() -> None:
    # Both groups are drawn in half of the draws; in the others the AUROC is undefined.
    of = sample([0, 1, 1], [0.1, 0.2, 0.3], [0, 1, 1])
    values = resample(of, auroc, 2000, 0)
    assert 900 < np.isfinite(values).sum() < 1100
    assert set(values[np.isfinite(values)]) == {1}


def test_one_group_alone_gives_no_interval() -> None:
    estimate = judge_by(
        multiclass.auroc, sample([0, 1], [0.1, 0.2], [5, 5]), Bootstrap(100, 0.95, 0)
    )
    assert estimate == Estimate(value=1, low=None, high=None)


def test_equal_probabilities_are_chance_in_each_draw() -> None:
    assert interval(sample([0, 1] * 20, [0.5] * 40), 500, 0.95, 0) == (0.5, 0.5)


@pytest.mark.parametrize("groups", [None, [4, 4, 4]])
def test_whatever_is_measured_keeps_its_shape(groups: list[int] | None) -> None:
    def measure(counts: Tally) -> npt.NDArray[np.float64]:
        return np.stack([counts.all_positives, counts.all_negatives], axis=1).astype(np.float64)

    drawn = resample(sample([0, 1, 1], [0.1, 0.2, 0.3], groups), measure, 25, 0)
    assert drawn.shape == (25, 2)
    assert drawn.sum(axis=1).tolist() == [3.0] * 25 or np.isnan(drawn).all() == bool(groups)


def test_percentiles_by_hand() -> None:
    values = np.arange(101.0)
    assert percentiles(values, 0.9) == pytest.approx((5, 95))
    assert percentiles(np.r_[values, [np.nan] * 100], 0.9) == pytest.approx((5, 95))
    assert np.isnan(percentiles(np.r_[values, [np.nan] * 101], 0.9)).all()
    assert percentiles(np.full(10, 0.3), 0.95) == (0.3, 0.3)


@pytest.mark.parametrize("groups", [1, 14, 300])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_a_share_of_0_or_1_has_the_exact_interval_of_its_groups(
    groups: int, confidence: float
) -> None:
    none = binomtest(0, groups).proportion_ci(confidence, "exact")
    assert widened(0, (0, 0), groups, confidence) == pytest.approx((none.low, none.high))
    every = binomtest(groups, groups).proportion_ci(confidence, "exact")
    assert widened(1, (1, 1), groups, confidence) == pytest.approx((every.low, every.high))


def test_a_share_of_0_by_hand() -> None:
    # 0.025 ** (1 / 2) is 0.158: two groups agree so once in 40 times.
    assert widened(0, (0, 0), 2, 0.95) == pytest.approx((0, 0.841886))
    assert widened(1, (0.1, 1), 2, 0.95) == (0.1, 1)  # the draws differ by more
    assert np.isnan(widened(1, (np.nan, np.nan), 2, 0.95)).all()


def test_the_interval_covers_the_true_auroc_as_often_as_it_says() -> None:
    """200 patients of 1 to 4 radiographs that share half of their variance: a binormal model.

    Logits deviate by 1 in each class and their means lie 1.5 apart: the AUROC is that of
    1.5 / sqrt(2). A patient's radiographs bear one label, so that no pair of opposite labels is of
    one patient.
    """
    apart, shared, patients, repetitions = 1.5, 0.5, 200, 500
    truth = norm.cdf(apart / np.sqrt(2))
    generator = np.random.default_rng(0)
    covered = 0
    for repetition in range(repetitions):
        groups = np.repeat(np.arange(patients), generator.integers(1, 5, patients))
        labels = (generator.uniform(size=patients) < 0.4).astype(np.int64)[groups]
        logits = (
            apart * labels
            + np.sqrt(shared) * generator.normal(size=patients)[groups]
            + np.sqrt(1 - shared) * generator.normal(size=len(groups))
        )
        low, high = interval(
            Sample(labels, norm.cdf(logits), names(groups.tolist())), 400, 0.95, repetition
        )
        covered += low <= truth <= high
    assert 0.93 <= covered / repetitions <= 0.97
