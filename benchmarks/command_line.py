"""What the commands `python -m benchmarks.<name>` share: their options, and how a mistake ends."""

import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import ParamSpec

from fracture.console import PipelineError

Arguments = ParamSpec("Arguments")


def parser_of(name: str, description: str | None) -> ArgumentParser:
    """Return a parser whose help shows a module's docstring as it is laid out.

    Args:
        name: Of the benchmark: what follows `python -m benchmarks.`.
        description: The docstring.
    """
    return ArgumentParser(
        f"python -m benchmarks.{name}",
        description=description,
        formatter_class=RawDescriptionHelpFormatter,
    )


def end_in_a_line(
    main: Callable[Arguments, None], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> None:
    """Call a benchmark; a mistake of its user ends it in one line, with exit status 1."""
    try:
        main(*args, **kwargs)
    except PipelineError as error:
        sys.exit(f"error: {error}")
