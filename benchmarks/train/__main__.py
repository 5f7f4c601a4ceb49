"""Time training: `notebook` against the way of a notebook, `step` against the bare train step.

`compiled` times that step itself, with XLA and without, in 32 and in 16 bits.

    KERAS_HOME=<of MobileNetV2's weights> python -m benchmarks.train notebook <FracAtlas>/images
    python -m benchmarks.train step
    python -m benchmarks.train compiled

Each way runs in a process of its own, in turn. The clock starts once the backend is imported and
has computed something, and counts all that follows: reading files, building, compiling, training.
The files have been read before, so that no way waits for the disk, and the manifest and split, or
the tree of part and class folders, are there.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import describe, versions
from benchmarks.train import notebook, step


def main(words: Sequence[str] | None = None) -> None:
    """Print what was measured as a Markdown table."""
    arguments = read_arguments(words)
    if home := os.environ.get("KERAS_HOME"):
        os.environ["KERAS_HOME"] = str(Path(home).resolve())  # the processes stand elsewhere
    header, rows = {
        "notebook": (notebook.HEADER, notebook.compare),
        "step": (step.HEADER, step.measure),
        "compiled": (step.HEADER, step.measure_compiled),
    }[arguments.what]
    table = list(rows(arguments))
    print(f"{describe()}; {versions('keras', 'tensorflow', 'numpy')}\n")
    print(tabulate(table, header, "pipe", disable_numparse=True))


def read_arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = parser_of("train", __doc__)
    parsers = parser.add_subparsers(dest="what", required=True)
    of = parsers.add_parser("notebook", help="against flow_from_directory and fit")
    of.add_argument("radiographs", type=Path, help="class folders, such as FracAtlas/images")
    of.add_argument("--count", type=int, default=1000, help="radiographs, 70 %% for training")
    of.add_argument("--epochs", type=int, nargs="+", default=[10, 50])
    of.add_argument("--views", type=int, default=2, help="cached views of each radiograph")
    of.add_argument("--size", type=int, default=224, help="pixels")
    of.add_argument("--seed", type=int, default=0)
    models = [case.model for case in step.CASES]
    for name, says in (
        ("step", "fine-tuning against the bare train step"),
        ("compiled", "the bare train step with XLA and without, in 32 and in 16 bits"),
    ):
        of = parsers.add_parser(name, help=says)
        of.add_argument("--models", nargs="+", choices=models, default=models)
        of.add_argument("--repetitions", type=int, default=5)
        for key, unit in (("size", "pixels"), ("batch", "radiographs"), ("steps", "of an epoch")):
            of.add_argument(f"--{key}", type=int, help=f"{unit}, instead of each case's own")
    return parser.parse_args(words)


if __name__ == "__main__":
    end_in_a_line(main)
