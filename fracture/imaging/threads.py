"""Work on many radiographs in threads, results in order, memory bounded."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import cv2
from threadpoolctl import threadpool_limits

from fracture.console import progress

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(
    function: Callable[[Item], Result], items: Sequence[Item], label: str
) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, with a progress bar over radiographs.

    Decoders and OpenCV release the interpreter lock, so threads use all cores; processes would
    have to start, and to copy every image. At most four results for each core wait to be taken,
    however slow the taker is.

    Args:
        function: What to do with an item; called in several threads, with a single item in none.
        items: Of any kind, one a radiograph.
        label: Of the progress bar.
    """
    if len(items) == 1:  # to start threads takes as long as to decode a small radiograph
        yield function(items[0])
        return
    workers = os.cpu_count() or 1
    waiting: deque[Future[Result]] = deque()
    with _one_thread_each(), ThreadPoolExecutor(workers) as executor:
        for item in progress(items, len(items), label, "radiographs"):
            if len(waiting) == 4 * workers:
                yield waiting.popleft().result()
            waiting.append(executor.submit(function, item))
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Keep OpenCV and BLAS from sharing out one radiograph over cores that all have their own."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1, "blas"):
            yield
    finally:
        cv2.setNumThreads(threads)
