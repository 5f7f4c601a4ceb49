"""What every command shares: arguments, one-line errors, progress bars, names, memory."""

import argparse
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")

SECONDS_BETWEEN_LOOKS = 0.5
"""Until a process notices that the one that started it has ended."""


class PipelineError(Exception):
    """A mistake that the user can mend: what was found, what was expected, what to do."""


def run(main: Callable[..., None], description: str | None, *arguments: str) -> None:
    """Run a stage as a command: `python -m stages.<stage> [argument ...]`.

    A mistake of the user (`PipelineError`, a file that is missing or not permitted) and Ctrl-C end
    it in one line on standard error, without a traceback, and with exit status 1.

    Args:
        main: The stage; receives the value of each argument, in order.
        description: What the command does, shown by `--help`; the stage's `__doc__`.
        *arguments: Names of the positional arguments, such as `model`: each value is a key of
            `models` in params.yaml.
    """
    module = getattr(sys.modules["__main__"].__spec__, "name", None)
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    for argument in arguments:
        parser.add_argument(argument, help=f"a key of {argument}s in params.yaml")
    try:
        main(*vars(parser.parse_args()).values())
    except PipelineError as error:
        sys.exit(f"error: {error}")
    except FileNotFoundError as error:
        missing = error.filename or error
        sys.exit(f"error: {missing} not found: an earlier stage makes it; run `dvc repro`")
    except OSError as error:
        if error.filename is None or error.strerror is None:
            raise
        expected = "what this user may read and write: mend that"
        if isinstance(error, FileExistsError | NotADirectoryError):
            expected = "a folder: move the file that is there away"
        sys.exit(
            f"error: {error.filename}: {error.strerror.lower()}; expected {expected}, "
            "and the same command goes on"
        )
    except KeyboardInterrupt as stop:
        usual = "nothing was half-written; the same command starts this stage again"
        sys.exit(f"interrupted: {str(stop) or usual}")


def end_with_parent() -> None:
    """End this process, as SIGTERM does, soon after the one that started it.

    DVC that is killed would leave its stage behind, and the next `dvc repro` start a second one.
    """
    links = [(os.getpid(), os.getppid())]
    if _is_started_by_dvc(os.getppid()):  # the shell in which DVC starts a command
        links.append((os.getppid(), _parent(os.getppid())))
    starter = links[-1][1]
    if adopts(starter, _name(starter)):  # DVC was killed while this process began
        os.kill(os.getpid(), signal.SIGTERM)

    def watch() -> None:
        while all(_parent(child) == parent for child, parent in links):
            time.sleep(SECONDS_BETWEEN_LOOKS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def adopts(process: int, name: str) -> bool:
    """Return whether a process is one that Linux makes the parent of those that lost their own.

    Args:
        process: Its id.
        name: As `_name` gives it; a DVC may be the first process of a container.
    """
    return name == "systemd" or (process == 1 and not name.startswith(("dvc", "python")))


def _name(process: int) -> str:
    """Return the name of the program of a process; `python` where the system does not tell."""
    try:
        return Path(f"/proc/{process}/comm").read_text(encoding="utf-8").strip()
    except OSError:
        return "python"


def _is_started_by_dvc(process: int) -> bool:
    """Return whether another process runs a stage of DVC; False where the system does not tell."""
    try:
        return b"DVC_STAGE=" in Path(f"/proc/{process}/environ").read_bytes()
    except OSError:
        return False


def _parent(process: int) -> int:
    """Return the process that started this one or, on Linux, any other; 0 where it has ended."""
    if process == os.getpid():
        return os.getppid()
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(status.rpartition(")")[2].split()[1])


def progress(items: Iterable[Item], total: int | None, label: str, unit: str) -> Iterable[Item]:
    """Show a progress bar on standard error, if that is a terminal, while iterating over items.

    Args:
        items: Returned one after the other.
        total: How many there are; None where nobody knows.
        label: What is being done, before the bar.
        unit: What the items are, such as `radiographs`, behind it.
    """
    return tqdm(
        items,
        total=total,
        desc=label,
        unit=f" {unit}",
        mininterval=0.5,
        dynamic_ncols=True,
        disable=None,
    )


def peak_memory() -> float:
    """Return the largest main memory that this process has had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024**2 if sys.platform == "darwin" else peak / 1024


def some(names: Collection[str], most: int = 10) -> str:
    """Return names for a message, sorted, and how many there are beyond those.

    Args:
        names: Any number of them.
        most: So many are named.
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(sorted(names)[:most]) + more


def nearest(name: object, known: Iterable[object]) -> str:
    """Return which known name was perhaps meant by an unknown one, for a message; else nothing.

    Args:
        name: The unknown one.
        known: All that there are; where it is one of them, it is unknown only in its place.
    """
    found = get_close_matches(str(name), map(str, known), n=1)
    return f" (did you mean {found[0]}?)" if found and found[0] != name else ""
