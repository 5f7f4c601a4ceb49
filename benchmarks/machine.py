"""What a measurement was made with, for the line above its table."""

import os
import platform
from datetime import date
from importlib.metadata import version
from pathlib import Path

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
