"""DeLong's test: published areas, errors and p values, and every pair counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from sklearn.metrics import roc_auc_score

from fracture.judging.comparison.significance import components, delong
from fracture.judging.sample import Sample
from tests.judging.comparison.examples import sample

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
