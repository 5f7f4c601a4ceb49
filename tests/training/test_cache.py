"""The cache of features: exact, bounded, shared by several trainings, and no worse than none."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fracture.console import PipelineError
from fracture.training.cache import DAY, FOLDER, UNFINISHED, Cache

FEATURES = np.random.default_rng(0).normal(size=(10, 3)).astype(np.float32)
SIZE = 128 + FEATURES.nbytes
"""Of a file, bytes: the header of .npy, then the features."""


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "features", limit=1e6)


def batches(features: np.ndarray = FEATURES) -> Iterator[np.ndarray]:
    for start in range(0, len(features), 4):
        yield features[start : start + 4]


def write(cache: Cache, key: str, moment: float | None = None) -> Path:
    """Write features, as if they were last used at a moment, and return their file."""
    cache.write(key, FEATURES.shape, batches())
    (path,) = cache.folder.glob(f"{key}-*")
    if moment is not None:
        os.utime(path, (moment, moment))
    return path


def kept(cache: Cache) -> set[str]:
    return {path.name.partition("-")[0] for path in cache.folder.iterdir()}


def test_what_is_read_is_what_was_written(cache: Cache) -> None:
    assert cache.read("a") is None
    special = FEATURES.copy()
    special[0] = np.nan, -0.0, np.finfo(np.float32).smallest_subnormal
    written = cache.write("a", special.shape, batches(special))
    read = Cache(cache.folder, 1e6).read("a")
    assert read is not None
    for features in (written[:], read[:]):
        assert features.dtype == np.float32
        assert features.shape == special.shape
        assert features.tobytes() == special.tobytes()
    assert cache.read("b") is None
    (path,) = cache.folder.iterdir()
    assert path.stat().st_size == SIZE
    np.testing.assert_array_equal(np.load(path), special)  # a plain .npy file


@pytest.mark.parametrize("damage", ["cut", "a bit", "empty"])
def test_damaged_features_are_no_features(
    cache: Cache, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(cache, "a")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    damaged = {"cut": bytes(content[:-1]), "a bit": bytes(content), "empty": b""}
    path.write_bytes(damaged[damage])
    assert cache.read("a") is None
    assert capsys.readouterr().out == f"{path} is damaged: its features are computed anew\n"
    assert not path.exists()
    write(cache, "a")
    assert cache.read("a") is not None


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    earlier = Cache(tmp_path, limit=1e6)
    for age, key in enumerate("abcd"):
        write(earlier, key, moment=1000 - age)
    running = Cache(tmp_path, limit=3 * SIZE)
    assert running.read("d") is not None  # the oldest, until it is read
    write(running, "e")
    assert kept(running) == {"a", "d", "e"}
    write(running, "f")
    assert kept(running) == {"d", "e", "f"}


@given(limit=st.integers(0, 6), ages=st.lists(st.integers(0, 9), unique=True, max_size=6))
def test_what_is_kept_is_the_most_recent_that_fits(
    limit: int, ages: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    cache = Cache(tmp_path_factory.mktemp("features"), limit=1e6)
    for age in ages:
        write(cache, str(age), moment=1000 - age)
    Cache(cache.folder, limit * SIZE + SIZE / 2).trim()
    assert kept(cache) == set(map(str, sorted(ages)[:limit]))


def test_reading_counts_as_use(cache: Cache) -> None:
    path = write(cache, "a", moment=1000)
    cache.read("a")
    assert path.stat().st_mtime > 1000


def test_a_file_that_vanishes_is_no_file(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    path, load = write(cache, "a"), np.load

    def evicted(path: Path, mmap_mode: Literal["r"]) -> Any:
        path.unlink()
        return load(path, mmap_mode=mmap_mode)

    monkeypatch.setattr(np, "load", evicted)
    assert cache.read("a") is None
    assert not path.exists()


def test_features_outlive_their_file(cache: Cache) -> None:
    written = cache.write("a", FEATURES.shape, batches())
    read = cache.read("a")
    Cache(cache.folder, limit=0).trim()  # another training makes room
    assert not kept(cache)
    assert read is not None
    for features in (written, read):
        np.testing.assert_array_equal(features[:], FEATURES)


def test_features_beyond_the_limit_can_be_used(tmp_path: Path) -> None:
    small = Cache(tmp_path, limit=1)
    np.testing.assert_array_equal(small.write("a", FEATURES.shape, batches())[:], FEATURES)
    assert not kept(small)


def test_two_trainings_may_write_the_same_at_once(cache: Cache) -> None:
    other = Cache(cache.folder, limit=1e6)

    def meanwhile() -> Iterator[np.ndarray]:
        first, *rest = batches()
        yield first
        other.write("a", FEATURES.shape, batches())
        yield from rest

    written = cache.write("a", FEATURES.shape, meanwhile())
    np.testing.assert_array_equal(written[:], FEATURES)
    assert len(list(cache.folder.iterdir())) == 1
    assert other.read("a") is not None


def test_an_interruption_leaves_nothing(cache: Cache) -> None:
    def interrupted() -> Iterator[np.ndarray]:
        yield FEATURES[:4]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.write("a", FEATURES.shape, interrupted())
    assert not kept(cache)
    assert cache.read("a") is None


def test_what_a_kill_left_goes_after_a_day(cache: Cache) -> None:
    cache.folder.mkdir()
    running, killed = cache.folder / f"{UNFINISHED}a-1", cache.folder / f"{UNFINISHED}b-2"
    running.write_bytes(bytes(2_000_000))  # more than the limit
    killed.write_bytes(b"")
    os.utime(killed, (killed.stat().st_mtime - DAY - 1,) * 2)
    cache.trim()
    assert list(cache.folder.iterdir()) == [running]


def test_a_full_disk_is_told(cache: Cache) -> None:
    def full() -> Iterator[np.ndarray]:
        yield FEATURES[:4]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(
        PipelineError, match=r"no space left .* features of 10 radio.* FRACTURE_FEATURES_GB=0"
    ):
        cache.write("a", FEATURES.shape, full())
    assert not kept(cache)


def test_the_environment_says_where_and_how_much(tmp_path: Path) -> None:
    assert Cache.from_environment({}) == Cache(FOLDER, 2e9)
    assert Cache.from_environment({"FRACTURE_FEATURES_GB": "0.5"}) == Cache(FOLDER, 5e8)
    assert Cache.from_environment({"FRACTURE_FEATURES_GB": "0"}) is None
    assert Cache.from_environment({"DVC_ROOT": str(tmp_path)}) == Cache(tmp_path / FOLDER, 2e9)


@pytest.mark.parametrize("asked", ["much", "-1", "nan", "inf", ""])
def test_a_limit_that_is_no_size_is_refused(asked: str) -> None:
    with pytest.raises(PipelineError, match=rf"FRACTURE_FEATURES_GB is '{asked}'; expected how"):
        Cache.from_environment({"FRACTURE_FEATURES_GB": asked})
