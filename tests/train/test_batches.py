"""Batches: every radiograph once an epoch, in an order that the seed alone decides."""

import numpy as np

from stages.train.batches import Batches


def batches(n: int = 10, views: int = 1, batch_size: int = 4, seed: int = 0) -> Batches:
    inputs = np.arange(views * n).reshape(views, n, 1)
    labels = (np.arange(n) % 2).astype(np.float32)
    return Batches(inputs, labels, np.linspace(1, 2, n, dtype=np.float32), batch_size, seed)


def epoch(batches: Batches) -> np.ndarray:
    seen = np.concatenate([batches[i][0][:, 0] for i in range(len(batches))])
    batches.on_epoch_end()
    return seen


def test_an_epoch_shows_whole_batches_and_nothing_twice() -> None:
    seen = epoch(batches())
    assert len(seen) == 8
    assert len(set(seen)) == 8


def test_labels_and_weights_follow_their_radiographs() -> None:
    x, y, weight = batches()[0]
    np.testing.assert_array_equal(y[:, 0], x[:, 0] % 2)
    np.testing.assert_allclose(weight, 1 + x[:, 0] / 9, rtol=1e-6)


def test_the_order_is_the_seeds_and_changes_each_epoch() -> None:
    one, same, other = batches(), batches(), batches(seed=1)
    first = epoch(one)
    np.testing.assert_array_equal(epoch(same), first)
    assert not np.array_equal(epoch(other), first)
    assert not np.array_equal(epoch(one), first)


def test_an_epoch_shows_one_view_of_each() -> None:
    seen = epoch(batches(n=200, views=3, batch_size=50))
    assert sorted(seen % 200) == list(range(200))
    assert set(seen // 200) == {0, 1, 2}


def test_fewer_radiographs_than_a_batch_make_one_batch() -> None:
    assert len(batches(n=3, batch_size=8)) == 1
    assert len(batches(n=3, batch_size=8)[0][0]) == 3
