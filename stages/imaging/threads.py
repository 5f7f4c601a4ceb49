"""Work on many radiographs in threads, results in order, memory bounded."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from stages.console import progress

Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(
    function: Callable[[Item], Result], items: Sequence[Item], label: str
) -> Iterator[Result]:
    """Yield `function(item)` for each item, in order, with a progress bar over radiographs.

    Decoders release the interpreter lock, so threads use all cores. At most four results for each
    core wait to be taken, however slow the taker is.
    """
    workers = os.cpu_count() or 1
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(workers) as executor:
        for item in progress(items, len(items), label, "radiographs"):
            if len(waiting) == 4 * workers:
                yield waiting.popleft().result()
            waiting.append(executor.submit(function, item))
        while waiting:
            yield waiting.popleft().result()
