"""The process that decodes and predicts, as the service holds it: started, asked, killed."""

import json
import logging
import multiprocessing
import os
import time
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fracture.console import PipelineError
from fracture.inference import Answer, Refusal
from fracture.inference.neighbours import Similar
from serving.app.limits import MEBIBYTE, Limits
from serving.app.work import READY, Job, Ready, work

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

LOG = logging.getLogger("serving.app")
START_SECONDS = 600
BETWEEN_LOOKS = 0.02  # seconds
LARGEST_REPLY = 64 * MEBIBYTE


class Killed(Exception):  # noqa: N818 - read as "the worker was killed"
    """The process ended, or was killed for its time or memory, before it had answered."""


@dataclass(frozen=True)
class Seen:
    """A radiograph that was looked at.

    Attributes:
        answer: What the system says.
        study: StudyInstanceUID of a DICOM file, else empty.
        width: Of the upright radiograph, pixels; 0 where nobody asked.
        height: Likewise.
        shown: What the heat is, such as "Grad-CAM"; empty where there is none.
        radiograph: JPEG of the upright radiograph in the middle of a black square, where heat was
            asked for.
        heat: PNG of the same square; white is most.
    """

    answer: Answer | Refusal
    study: str = ""
    width: int = 0
    height: int = 0
    shown: str = ""
    radiograph: bytes = field(default=b"", repr=False)
    heat: bytes = field(default=b"", repr=False)


class Worker:
    """One process; every method blocks, and one thread calls them.

    Attributes:
        ready: Whether it has loaded its system.
        starts: How often it was started.
    """

    def __init__(self, load: Callable[[], Ready], limits: Limits) -> None:
        """Remember what to start.

        Args:
            load: Returns the system; the process calls it, so that it has to be picklable.
            limits: Of its seconds, memory and pixels.
        """
        self._load, self._limits = load, limits
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self.ready, self.starts = False, 0

    @property
    def process_id(self) -> int:
        """Of the process; 0 where there is none."""
        return 0 if self._process is None else self._process.pid or 0

    def start(self) -> None:
        """Start the process and wait until it is warm.

        Raises:
            PipelineError: It cannot load its system.
        """
        self.stop()
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        arguments = (theirs, self._load, self._limits)
        self._process = context.Process(target=work, args=arguments, daemon=True)
        self._process.start()
        theirs.close()
        self.starts += 1
        try:
            said = self._receive(time.monotonic() + START_SECONDS)
        except Killed:
            raise PipelineError("the process that predicts ended while it loaded") from None
        if said != READY:
            raise PipelineError(said.decode())
        self.ready = True

    def stop(self) -> None:
        """Kill the process, if there is one."""
        self.ready = False
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def ask(self, jobs: Sequence[Job]) -> list[Seen]:
        """Return what was seen, in order.

        Raises:
            Killed: It took too much time or memory, or ended: `start` starts it anew.
        """
        deadline = time.monotonic() + self._limits.seconds
        try:
            self._send(jobs)
            told = json.loads(self._receive(deadline))
            return [self._seen(each, deadline) for each in told]
        except (OSError, EOFError, Killed) as error:
            LOG.warning("the process that predicts was killed: %s", _reason(error))
            self.stop()
            raise Killed(_reason(error)) from None

    def _seen(self, told: dict[str, Any], deadline: float) -> Seen:
        if "refusal" in told:
            return Seen(Refusal(str(told["refusal"])))
        pictures = [self._receive(deadline) for _ in range(2)] if "shown" in told else [b"", b""]
        answer = told["answer"]
        similar = (
            Similar(**{**one, "picture": b64decode(one.get("picture", ""))})
            for one in answer["similar"]
        )
        tuples = {"notes": tuple(answer["notes"]), "similar": tuple(similar)}
        return Seen(
            Answer(**{**answer, **tuples}),
            told["study"],
            told.get("width", 0),
            told.get("height", 0),
            told.get("shown", ""),
            *pictures,
        )

    def _send(self, jobs: Sequence[Job]) -> None:
        if self._connection is None:
            raise Killed("not started")
        self._connection.send(list(jobs))

    def _receive(self, deadline: float) -> bytes:
        """Return the next message; the memory of the process is looked at while it works."""
        process, connection = self._process, self._connection
        assert process is not None  # noqa: S101
        assert connection is not None  # noqa: S101
        while not connection.poll(BETWEEN_LOOKS):
            if time.monotonic() > deadline:
                raise Killed("too slow")
            if not process.is_alive():
                raise Killed(f"ended, exit status {process.exitcode}")
            if memory(process.pid or 0) > self._limits.memory_mib * MEBIBYTE:
                raise Killed("too much memory")
        try:
            return connection.recv_bytes(LARGEST_REPLY)
        except (OSError, EOFError):
            raise Killed("ended") from None


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, Killed) else type(error).__name__


def memory(process: int) -> int:
    """Return the resident memory of a process, bytes; 0 where the system does not tell."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
