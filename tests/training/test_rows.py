"""Rows: the chosen ones in the order that was asked for, and no memory kept for them."""

import os
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from fracture.console import PipelineError
from fracture.training.rows import Rows

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
