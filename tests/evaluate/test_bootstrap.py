import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap
from sklearn.metrics import roc_auc_score

from stages.evaluate import bootstrap as module
from stages.evaluate.bootstrap import auroc_interval, multiplicities, weighted_auroc
from stages.evaluate.sample import Sample, take
from tests.evaluate.examples import predictions


def names(groups: list[int]) -> npt.NDArray[np.object_]:
    return np.array([f"group{group}" for group in groups], object)


def sample(labels: list[int], probabilities: list[float], groups: list[int]) -> Sample:
    return Sample(np.array(labels), np.array(probabilities), names(groups))


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 3), st.integers(0, 3)),
        min_size=1,
        max_size=40,
    )
)
def test_weighted_auroc_is_that_of_scikit_learn(rows: list[tuple[bool, int, int, int]]) -> None:
    # Six distinct probabilities only: ties within and between the classes.
    rows = [*rows, (True, 3, 1, 1), (False, 2, 1, 1)]
    labels, probabilities, *weights = (np.array(column) for column in zip(*rows, strict=True))
    drawn = Sample(labels.astype(np.int64), probabilities / 5, names(list(range(len(rows)))))
    expected = [roc_auc_score(drawn.labels, drawn.probabilities, sample_weight=w) for w in weights]
    assert weighted_auroc(drawn, np.array(weights)) == pytest.approx(expected, abs=1e-12)


def test_a_multiplicity_is_a_repetition() -> None:
    drawn = take(predictions(), "test")
    weights = next(multiplicities(drawn.groups, 5, np.random.default_rng(3)))
    expected = [
        roc_auc_score(np.repeat(drawn.labels, row), np.repeat(drawn.probabilities, row))
        for row in weights
    ]
    assert weighted_auroc(drawn, weights) == pytest.approx(expected, abs=1e-12)


def test_weighted_auroc_by_hand() -> None:
    # Pairs: (0.4, 0.1) right, (0.4, 0.4) tied; the tied one counts double in the second row.
    drawn = sample([0, 0, 1], [0.1, 0.4, 0.4], [0, 1, 2])
    weights = np.array([[1, 1, 1], [1, 2, 1], [0, 1, 1], [1, 1, 0]])
    np.testing.assert_allclose(weighted_auroc(drawn, weights), [3 / 4, 2 / 3, 1 / 2, np.nan])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=30), st.integers(0, 2**31))
def test_whole_groups_are_drawn_as_many_as_there_are(groups: list[int], seed: int) -> None:
    weights = np.vstack(list(multiplicities(names(groups), 7, np.random.default_rng(seed))))
    assert weights.shape == (7, len(groups))
    columns = {group: weights[:, groups.index(group)] for group in groups}
    assert all((weights[:, i] == columns[group]).all() for i, group in enumerate(groups))
    assert (np.sum(list(columns.values()), axis=0) == len(columns)).all()


def test_interval_of_single_radiographs_is_that_of_scipy() -> None:
    table = predictions(test=200)
    drawn = take(table.assign(group=table["id"]), "test")
    ours = auroc_interval(drawn, 4000, 0.9, seed=1)
    scipys = bootstrap(
        (drawn.labels, drawn.probabilities),
        roc_auc_score,
        paired=True,
        vectorized=False,
        n_resamples=1000,
        confidence_level=0.9,
        method="percentile",
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert ours.draws == 4000
    assert (ours.low, ours.high) == pytest.approx((scipys.low, scipys.high), abs=0.006)


def test_copies_within_a_group_do_not_narrow_the_interval() -> None:
    once = take(predictions(), "test")
    thrice = Sample(*(np.repeat(column, 3) for column in vars(once).values()))
    assert auroc_interval(thrice, 500, 0.95, 0) == auroc_interval(once, 500, 0.95, 0)


def test_groups_widen_the_interval_where_their_radiographs_agree() -> None:
    table = predictions(test=200)
    alike = table.assign(probability=table.groupby("group")["probability"].transform("first"))
    grouped = auroc_interval(take(alike, "test"), 1000, 0.95, 0)
    single = auroc_interval(take(alike.assign(group=alike["id"]), "test"), 1000, 0.95, 0)
    assert grouped.high - grouped.low > 1.2 * (single.high - single.low)


def test_the_seed_decides_and_the_batch_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = take(predictions(), "test")
    first = auroc_interval(drawn, 300, 0.95, 7)
    assert auroc_interval(drawn, 300, 0.95, 8) != first
    monkeypatch.setattr(module, "BATCH", 1000)
    assert auroc_interval(drawn, 300, 0.95, 7) == first


def test_draws_without_both_classes_are_left_out_and_counted() -> None:
    # Both groups are drawn in half of the draws; in the others the AUROC is undefined.
    interval = auroc_interval(sample([0, 1, 1], [0.1, 0.2, 0.3], [0, 1, 1]), 2000, 0.95, 0)
    assert (interval.low, interval.high) == (1, 1)
    assert 900 < interval.draws < 1100


def test_one_group_alone_gives_no_interval() -> None:
    interval = auroc_interval(sample([0, 1], [0.1, 0.2], [5, 5]), 100, 0.95, 0)
    assert np.isnan([interval.low, interval.high]).all()


def test_equal_probabilities_are_chance_in_each_draw() -> None:
    drawn = sample([0, 1] * 20, [0.5] * 40, list(range(40)))
    interval = auroc_interval(drawn, 500, 0.95, 0)
    assert (interval.low, interval.high) == (0.5, 0.5)
