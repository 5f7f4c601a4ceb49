import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fracture.judging.pool import pool

chance = st.floats(0, 1)


def test_by_hand() -> None:
    # Odds 1/4 and 4 have the geometric mean 1; 9 and 4, 6; 1/9 and 1/4, 1/6.
    pooled = pool([np.array([0.2, 0.9, 0.1]), np.array([0.8, 0.8, 0.2])])
    np.testing.assert_allclose(pooled, [0.5, 6 / 7, 1 / 7])


def test_one_network_alone_is_left_as_it_is() -> None:
    alone = np.array([0.0, 1e-12, 0.1, 1.0])
    assert (pool([alone]) == alone).all()


def test_one_that_is_sure_and_wrong_is_not_certain() -> None:
    assert pool([np.array([0.0]), *[np.array([0.99])] * 8])[0] > 0.5


def test_what_is_no_number_stays_none() -> None:
    assert np.isnan(pool([np.array([np.nan]), np.array([0.5])])).all()


@given(st.lists(st.tuples(chance, chance, chance), min_size=1, max_size=5))
def test_it_lies_between_and_knows_no_order(rows: list[tuple[float, ...]]) -> None:
    networks = [np.array(column) for column in zip(*rows, strict=True)]
    pooled = pool(networks)
    assert pooled == pytest.approx(pool(networks[::-1]), abs=1e-12)
    tiny = 2e-7  # certainty is taken for almost certain
    assert (pooled >= np.min(networks, axis=0) - tiny).all()
    assert (pooled <= np.max(networks, axis=0) + tiny).all()


@given(chance, st.integers(2, 4))
def test_equal_networks_say_together_what_each_says(probability: float, times: int) -> None:
    assert pool([np.array([probability])] * times)[0] == pytest.approx(probability, abs=2e-7)
