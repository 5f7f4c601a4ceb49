"""Ask a service for minutes from many clients: `python -m benchmarks.serve_load BUNDLE IMAGES`.

Each client sends one radiograph after the other. Tells how many were answered, how long each
waited, errors, and the memory of both processes over time: its growth over the second half, in
which nothing is warmed up any more, has to be small.
"""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np

from benchmarks.app_server import Server, pictures, serving
from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import describe
from fracture.console import PipelineError

FILES = 32
EVERY = 5.0  # seconds between two looks at the memory
GROWTH = 0.05  # of the memory over the second half: more is not flat
PATIENCE = 120  # seconds


@dataclass
class Load:
    """What came of the requests of all clients.

    Attributes:
        seconds: Of each answer.
        errors: What else came.
        memory: Of each process, MiB, at each look.
    """

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    memory: list[dict[str, int]] = field(default_factory=list)


def main() -> None:
    """Print what came of the load; fail unless all was answered and the memory is flat."""
    parser = parser_of("serve_load", __doc__)
    parser.add_argument("bundle", type=Path, help="a folder of data/bundles")
    parser.add_argument("images", type=Path, help="a folder of radiographs")
    parser.add_argument("--clients", type=int, default=16, metavar="N", help="at once (16)")
    parser.add_argument("--seconds", type=float, default=120, metavar="N", help="in all (120)")
    given = parser.parse_args()
    files = [file.read_bytes() for file in pictures(given.images, FILES)]
    with serving(given.bundle, "--rate", "1000000") as server:
        load = asked(server, files, given.clients, given.seconds)
        print(f"{describe()}\nready after {server.started:.1f} s")
    tell(load, given.clients, given.seconds)
    growth = {name: growth_of(load, name) for name in load.memory[0]}
    if load.errors or max(growth.values()) > GROWTH:
        raise PipelineError(f"{len(load.errors)} errors {load.errors[:3]}, growth {growth}")


def asked(server: Server, files: Sequence[bytes], clients: int, seconds: float) -> Load:
    """Return what came of clients that ask at once.

    Args:
        server: The service.
        files: Which they send in turn.
        clients: How many.
        seconds: For which they ask.
    """
    load, until = Load(), time.monotonic() + seconds
    ended = threading.Event()
    watching = threading.Thread(target=watch, args=(server, load, ended))
    watching.start()
    with ThreadPoolExecutor(clients) as together:
        for number in range(clients):
            together.submit(ask, server, [*files[number:], *files[:number]], until, load)
    ended.set()
    watching.join()
    return load


def ask(server: Server, files: Sequence[bytes], until: float, load: Load) -> None:
    """Send one radiograph after the other.

    Args:
        server: The service.
        files: Sent in turn.
        until: The moment of the monotonic clock to stop at.
        load: Takes what came of it.
    """
    with httpx.Client(timeout=PATIENCE) as client:
        for number in range(10**9):
            began = time.monotonic()
            if began > until:
                return
            form = {"files": ("a", files[number % len(files)])}
            try:
                answer = client.post(f"{server.address}/v1/predict", files=form)
                if not answer.is_success:
                    load.errors.append(answer.text[:200])
                    continue
            except httpx.HTTPError as error:
                load.errors.append(type(error).__name__)
                continue
            load.seconds.append(time.monotonic() - began)


def watch(server: Server, load: Load, ended: threading.Event) -> None:
    """Look at the memory every few seconds until all is over.

    Args:
        server: The service.
        load: Takes what was seen.
        ended: Set when all is over.
    """
    while not ended.wait(EVERY):
        load.memory.append(server.memory())


def growth_of(load: Load, name: str) -> float:
    """Return by which share a process grew over the second half, of medians of quarters.

    Args:
        load: With some looks at the memory.
        name: Of the process.
    """
    looks = [each[name] for each in load.memory]
    third, last = looks[len(looks) // 2 : -len(looks) // 4], looks[-len(looks) // 4 :]
    return float(np.median(last) / np.median(third or last) - 1)


def tell(load: Load, clients: int, seconds: float) -> None:
    """Print what came of a load.

    Args:
        load: All of it.
        clients: How many asked.
        seconds: For how long.
    """
    half, most = np.percentile(load.seconds, [50, 99])
    print(
        f"{clients} clients, {seconds:.0f} s: {len(load.seconds)} radiographs answered, "
        f"{len(load.errors)} errors, {len(load.seconds) / seconds:.1f} a second, "
        f"p50 {1000 * half:.0f} ms, p99 {1000 * most:.0f} ms"
    )
    for name in load.memory[0]:
        looks = [each[name] for each in load.memory]
        print(
            f"{name}: {looks[0]} MiB at first, {looks[len(looks) // 2]} half-way, {looks[-1]} at "
            f"last; grew by {growth_of(load, name):.1%} over the second half"
        )


if __name__ == "__main__":
    end_in_a_line(main)
