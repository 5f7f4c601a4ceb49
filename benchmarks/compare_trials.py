r"""Compare trials: their scores, and what each gains over the first.

    python -m benchmarks.compare_trials --trial base b1.csv b2.csv --trial map m1.csv m2.csv
    python -m benchmarks.compare_trials --trial lite0 a.csv --trial mobilenet b.csv \
        --mean both lite0 mobilenet

A trial is a name and the files of its folds. Named again, with the files of another training seed,
it is scored by the mean over its trainings. A mean averages the logits of trials, seed by seed.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.trial_scores import check_same, comparison
from fracture.console import PipelineError
from fracture.judging.logits import logits, of_logits


def main() -> None:
    """Print the comparison as a Markdown table."""
    arguments = read_arguments()
    trials: dict[str, list[pd.DataFrame]] = defaultdict(list)
    for name, *files in arguments.trial:
        table = read(name, files)
        trials[name].append(table)
        check_same(table, next(iter(trials.values()))[0])
    for name, *members in arguments.mean:
        if unknown := sorted(set(members) - set(trials)):
            raise PipelineError(f"--mean {name}: no --trial is named {unknown[0]}")
        trainings = [trials[member] for member in members]
        if len(set(map(len, trainings))) != 1:
            raise PipelineError(f"--mean {name}: expected trials of equally many trainings")
        trials[name] = [average(tables) for tables in zip(*trainings, strict=True)]
    print(comparison(trials))


def read_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = parser_of("compare_trials", __doc__)
    parser.add_argument(
        "--trial",
        nargs="+",
        action="append",
        required=True,
        metavar=("NAME", "CSV"),
        help="files of benchmarks.trial, all folds of one training seed",
    )
    parser.add_argument(
        "--mean",
        nargs="+",
        action="append",
        default=[],
        metavar=("NAME", "TRIAL"),
        help="one more trial: the mean of others",
    )
    return parser.parse_args()


def read(name: str, files: Sequence[str]) -> pd.DataFrame:
    """Return the radiographs of all folds of a training.

    Args:
        name: Of the trial.
        files: As benchmarks.trial writes them.

    Raises:
        PipelineError: There is no file, or one is missing.
    """
    if not files:
        raise PipelineError(f"--trial {name}: expected the files of its folds after the name")
    for file in files:
        if not Path(file).is_file():
            raise PipelineError(f"--trial {name}: there is no file {file}")
    together: pd.DataFrame = pd.concat(map(pd.read_csv, files), ignore_index=True)
    return together


def average(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the table of the mean logits of others; where their mean points is not known."""
    given = [logits(table["mean"].to_numpy()) for table in tables]
    return tables[0].assign(mean=of_logits(np.mean(given, axis=0)), pointing=np.nan)


if __name__ == "__main__":
    end_in_a_line(main)
