"""A function in a process and a folder of its own: nothing is warm, cached or left over."""

import multiprocessing
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import chdir, redirect_stdout
from functools import partial
from tempfile import TemporaryDirectory
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


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
