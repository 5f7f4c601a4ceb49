"""Radiographs of all requests, predicted together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from fracture.inference import Refusal
from serving.app.work import Job
from serving.app.worker import Killed, Seen, Worker

TOO_COSTLY = "took more time or memory to decode than the service allows"
Waiting = tuple[Job, asyncio.Future[Seen]]


class Batches:
    """A queue before the one process that predicts.

    Attributes:
        worker: That process.
    """

    def __init__(self, worker: Worker, most: int, told: Callable[[int], None]) -> None:
        """Begin with nothing.

        Args:
            worker: Started by `run`.
            most: Radiographs of a batch.
            told: Called with the size of each batch.
        """
        self.worker, self._most, self._told = worker, most, told
        self._queue: asyncio.Queue[Waiting] = asyncio.Queue()

    @property
    def waiting(self) -> int:
        """How many radiographs wait."""
        return self._queue.qsize()

    async def look(self, jobs: Sequence[Job]) -> AsyncIterator[Seen]:
        """Yield what is seen of each radiograph, in order.

        At most a batch of them waits at once, so that a large request holds no small one up.
        """
        for begin in range(0, len(jobs), self._most):
            futures = [self._put(job) for job in jobs[begin : begin + self._most]]
            try:
                for future in futures:
                    yield await future
            finally:
                for future in futures:
                    future.cancel()

    def _put(self, job: Job) -> asyncio.Future[Seen]:
        future: asyncio.Future[Seen] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((job, future))
        return future

    async def run(self) -> None:
        """Start the worker and answer until cancelled.

        Raises:
            PipelineError: The worker cannot load its system.
        """
        await asyncio.to_thread(self.worker.start)
        while True:
            batch = [await self._queue.get()]
            while len(batch) < self._most and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            batch = [each for each in batch if not each[1].done()]  # its client may have gone
            if batch:
                self._told(len(batch))
                await self._answer(batch)

    async def _answer(self, batch: Sequence[Waiting]) -> None:
        """Answer a batch; where it kills the worker, each radiograph alone: one is to blame."""
        try:
            seen = await asyncio.to_thread(self.worker.ask, [job for job, _ in batch])
        except Killed:
            await asyncio.to_thread(self.worker.start)
            if len(batch) > 1:
                for each in batch:
                    await self._answer([each])
                return
            seen = [Seen(Refusal(TOO_COSTLY))]
        for (_, future), one in zip(batch, seen, strict=True):
            if not future.done():
                future.set_result(one)
