"""Epochs see a share of the majority class, each radiograph of it as often as any other."""

import numpy as np
import pytest

from fracture.training.batches import Batches
from fracture.training.undersampling import Undersampling

MAJORITY = np.arange(30) % 3 != 0  # 20 of 30


def test_an_epoch_has_all_of_the_minority_and_a_share_of_the_majority() -> None:
    drawn = Undersampling(MAJORITY, 0.25, seed=0)
    for epoch in range(3):
        positions = drawn.positions(epoch)
        assert set(np.flatnonzero(~MAJORITY)) <= {*positions}
        assert MAJORITY[positions].sum() == drawn.taken == 5


@pytest.mark.parametrize("share", [0.25, 0.35, 1.0])
def test_those_that_take_turns_come_equally_often(share: float) -> None:
    drawn = Undersampling(MAJORITY, share, seed=0)
    seen = np.bincount(np.concatenate([drawn.positions(epoch) for epoch in range(20)]))
    assert {*seen[~MAJORITY]} == {20}
    assert {*seen[MAJORITY]} == {round(20 * share)}


def test_turns_are_the_seeds() -> None:
    one, same, other = (Undersampling(MAJORITY, 0.5, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.positions(3), same.positions(3))
    assert not np.array_equal(one.positions(3), other.positions(3))


def test_weights_make_up_for_what_is_not_seen_and_have_mean_one() -> None:
    drawn = Undersampling(MAJORITY, 0.25, seed=0)
    weights = drawn.weights()[drawn.positions(0)]
    rare = ~MAJORITY[drawn.positions(0)]
    assert weights.dtype == np.float32
    assert weights.mean() == pytest.approx(1)
    assert weights[rare].sum() / weights.sum() == pytest.approx(10 / 30)


def test_batches_hold_what_an_epoch_has_and_no_more() -> None:
    drawn = Undersampling(MAJORITY, 0.25, seed=0)
    everything = np.ones(30, np.float32)
    batches = Batches([np.arange(30)], everything[:, None], everything, 4, 0, drawn.positions)
    for epoch in range(2):
        seen = np.concatenate([batches[position][0] for position in range(len(batches))])
        assert len(seen) == 12
        assert {*seen} <= {*drawn.positions(epoch)}
        batches.on_epoch_end()


def test_a_class_of_one_is_seen_in_each_epoch() -> None:
    drawn = Undersampling(np.array([True, False]), 0.1, seed=0)
    assert sorted(drawn.positions(7)) == [0, 1]
