"""Rows are read without being kept; an epoch has each radiograph once, in an order by the seed."""

import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from fracture.console import PipelineError
from fracture.training.batches import Batches, InOrder, Rows


def batches(n: int = 10, views: int = 1, batch_size: int = 4, seed: int = 0) -> Batches:
    inputs = list(np.arange(views * n).reshape(views, n, 1))
    labels = (np.arange(n) % 2).astype(np.float32)[:, None]
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


def test_views_and_rows_are_those_of_one_array_of_all() -> None:
    """What is read batch by batch is what indexing all of it in memory gives."""
    random = np.random.default_rng(0)
    packed = random.integers(0, 256, (3, 50, 2, 2, 1), np.uint8)
    chosen = np.sort(random.permutation(50)[:30])
    labels = np.zeros(30, np.float32)
    lazy = Batches([Rows(view, chosen) for view in packed], labels, labels, 7, 5)
    for _ in range(2):
        for position in range(len(lazy)):
            rows = lazy.order[7 * position : 7 * position + 7]
            expected = packed[:, chosen][lazy.view[rows], rows]
            np.testing.assert_array_equal(lazy[position][0], expected)
        lazy.on_epoch_end()


def test_fewer_radiographs_than_a_batch_make_one_batch() -> None:
    assert len(batches(n=3, batch_size=8)) == 1
    assert len(batches(n=3, batch_size=8)[0][0]) == 3


@pytest.mark.parametrize(("n", "sizes"), [(8, [4, 4]), (9, [4, 4, 1]), (3, [3])])
def test_validation_comes_in_its_order_and_whole(n: int, sizes: list[int]) -> None:
    inputs, labels = np.arange(20)[:, None], np.arange(n, dtype=np.float32)[:, None]
    chosen = np.arange(20)[::-2][:n]
    ordered = InOrder(Rows(inputs, chosen), labels, 4)
    found = [ordered[position] for position in range(len(ordered))]
    assert [len(x) for x, _ in found] == sizes
    np.testing.assert_array_equal(np.concatenate([x[:, 0] for x, _ in found]), chosen)
    np.testing.assert_array_equal(np.concatenate([y for _, y in found]), labels)


ARRAY = np.arange(1000 * 4096, dtype=np.int32).reshape(1000, 4096)


@pytest.fixture
def mapped(tmp_path: Path) -> np.ndarray:
    np.save(tmp_path / "array.npy", ARRAY)
    array: np.ndarray = np.load(tmp_path / "array.npy", mmap_mode="r")
    return array


@pytest.mark.parametrize("index", [slice(1, 3), np.array([3, 0, 3])], ids=["slice", "positions"])
def test_an_index_means_the_chosen_rows(mapped: np.ndarray, index: slice | np.ndarray) -> None:
    chosen = np.array([7, 999, 3, 500])
    for array in (ARRAY, mapped):
        rows = Rows(array, chosen)
        assert len(rows) == 4
        np.testing.assert_array_equal(rows[index], ARRAY[chosen][index])
        np.testing.assert_array_equal(Rows(array)[index], ARRAY[index])


def test_what_is_returned_is_a_copy(mapped: np.ndarray) -> None:
    for array in (ARRAY.copy(), mapped):
        rows = Rows(array)
        rows[:1][0, 0] = -1
        assert rows[:1][0, 0] == 0


def resident(path: Path) -> int:
    """Return how much of a mapped file counts as memory of this process, kB."""
    maps = Path("/proc/self/smaps").read_text()
    found = re.findall(rf"{re.escape(str(path))}\n(?:.*\n)*?Rss: +(\d+) kB", maps)
    assert found
    return sum(map(int, found))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_is_read_of_a_map_is_not_kept(mapped: np.ndarray, tmp_path: Path) -> None:
    rows, before = Rows(mapped), resident(tmp_path / "array.npy")
    for start in range(0, 1000, 10):
        rows[start : start + 10]
    assert resident(tmp_path / "array.npy") == before
    mapped.sum()
    assert resident(tmp_path / "array.npy") > 15_000


def test_a_part_of_a_map_is_that_part(mapped: np.ndarray) -> None:
    np.testing.assert_array_equal(Rows(mapped[5:])[:2], ARRAY[5:7])


def test_a_file_outlives_its_name_but_no_cut(mapped: np.ndarray, tmp_path: Path) -> None:
    rows = Rows(mapped)
    os.truncate(tmp_path / "array.npy", 50_000)
    (tmp_path / "array.npy").unlink()
    np.testing.assert_array_equal(rows[:3], ARRAY[:3])
    with pytest.raises(PipelineError, match=r"array\.npy was cut short while it was read"):
        rows[990:]


def test_files_are_closed(mapped: np.ndarray) -> None:
    file = Rows(mapped).file
    assert file is not None
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(file)
