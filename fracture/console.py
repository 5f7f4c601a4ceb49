"""What every command shares: its arguments, one-line errors, progress bars, names in messages."""

import argparse
import sys
from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")


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
        sys.exit(
            f"error: {error.filename}: {error.strerror.lower()}; expected what this user may read "
            "and write: mend that, and the same command goes on"
        )
    except KeyboardInterrupt as stop:
        usual = "nothing was half-written; the same command starts this stage again"
        sys.exit(f"interrupted: {str(stop) or usual}")


def progress(items: Iterable[Item], total: int, label: str, unit: str) -> Iterable[Item]:
    """Show a progress bar on standard error, if that is a terminal, while iterating over items.

    Args:
        items: Returned one after the other.
        total: How many there are.
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


def some(names: Collection[str], most: int = 10) -> str:
    """Return names for a message, sorted, and how many there are beyond those.

    Args:
        names: Any number of them.
        most: So many are named.
    """
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(sorted(names)[:most]) + more
