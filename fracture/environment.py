"""The environment: a command that another Python was asked to run goes on with that of `.venv`.

Read by whatever `python` is, before anything is imported that may be absent: the standard library
and the syntax of Python 3.8 alone.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

NEEDED = "keras"
"""Absent where the environment is not."""
PYTHON = Path(__file__).resolve().parent.parent / ".venv" / "bin" / "python"
"""What `make env` makes."""


def use_environment() -> None:
    """Go on with the Python of `.venv` where this one lacks the libraries.

    `.venv/bin/dvc repro` starts `python -m stages.<stage>`, whose `python` is the one on PATH: that
    of the system where the environment is not activated.
    """
    if find_spec(NEEDED):
        return
    arguments = getattr(sys, "orig_argv", [])[1:]  # since Python 3.10
    if arguments and PYTHON.is_file() and Path(sys.prefix).resolve() != PYTHON.parents[1].resolve():
        os.execv(str(PYTHON), [str(PYTHON), *arguments])  # noqa: S606 - our own
    sys.exit(
        f"error: {sys.executable} has no {NEEDED}; expected the environment of this project: "
        "run `make env` once, then `source .venv/bin/activate` in this shell"
    )
