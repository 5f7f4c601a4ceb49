import threading
import time

import cv2
import pytest

from fracture.imaging.threads import in_threads


def test_results_come_in_order_whatever_takes_longer() -> None:
    def slow_first(number: int) -> int:
        time.sleep(0.02 if number % 7 == 0 else 0)
        return number * number

    assert list(in_threads(slow_first, range(50), "test")) == [n * n for n in range(50)]


def test_work_runs_at_most_so_far_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    started = threading.Semaphore(0)

    def count(number: int) -> int:
        started.release()
        return number

    results = in_threads(count, range(100), "test")
    assert next(results) == 0
    time.sleep(0.05)
    ahead = 0
    while started.acquire(blocking=False):
        ahead += 1
    assert ahead <= 9
    assert list(results) == list(range(1, 100))


def test_an_error_reaches_the_one_who_takes() -> None:
    with pytest.raises(ZeroDivisionError):
        list(in_threads(lambda number: 1 // number, [1, 0, 1], "test"))


def test_opencv_shares_out_no_single_radiograph_meanwhile() -> None:
    before = cv2.getNumThreads()
    cv2.setNumThreads(3)
    try:
        assert list(in_threads(lambda _: cv2.getNumThreads(), [0, 1], "test")) == [1, 1]
        assert cv2.getNumThreads() == 3
        with pytest.raises(ZeroDivisionError):
            list(in_threads(lambda number: 1 // number, [0], "test"))
        assert cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)
