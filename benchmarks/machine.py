"""The machine that measures: what it is, its memory, and a process in which nothing is warm."""

import multiprocessing
import os
import platform
import resource
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import chdir, redirect_stdout
from datetime import date
from functools import partial
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

MEBIBYTE = 1024  # in the kibibytes that Linux counts the memory of a process in
GIBIBYTE = 2**30


def describe() -> str:
    """Return date, processor, cores and memory."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIBIBYTE
    return f"{date.today()}: {_processor()}, {cores} logical cores, {memory:.0f} GiB"


def versions(*packages: str) -> str:
    """Return the versions of Python and of packages."""
    installed = (f"{package} {version(package)}" for package in packages)
    return ", ".join([f"Python {platform.python_version()}", *installed])


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def peak_memory() -> int:
    """Return the peak memory of this process so far, MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEBIBYTE


def tree(process: int) -> list[int]:
    """Return a process and all that it started and that still runs, each after its children."""
    started = [
        int(child)
        for file in Path(f"/proc/{process}/task").glob("*/children")
        for child in file.read_text(encoding="ascii").split()
    ]
    return [*(each for child in started for each in tree(child)), process]


def processor_seconds(process: int) -> float:
    """Return the processor seconds of a process and of those that it started, so far."""
    ticks = 0
    for each in tree(process):
        # The name, in brackets, may hold blanks; user and system time are the 14th and 15th field.
        fields = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_of(process: int) -> int:
    """Return the resident memory of a process and of those that it started, MiB."""
    pages = (Path(f"/proc/{each}/statm").read_text(encoding="ascii") for each in tree(process))
    size = os.sysconf("SC_PAGE_SIZE")
    return sum(int(each.split()[1]) * size // 2**20 for each in pages)


def in_fresh_process(
    function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    """Return what a function of a module returns; what it prints goes to standard error.

    Its working directory is empty and vanishes: so do the caches that training keeps there.
    """
    # Not "spawn": Linux counts what the parent held before the new program began.
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(1, context) as executor:
        return executor.submit(_alone, partial(function, *args, **kwargs)).result()


def _alone(call: Callable[[], Result]) -> Result:
    with TemporaryDirectory() as folder, chdir(folder), redirect_stdout(sys.stderr):
        return call()
