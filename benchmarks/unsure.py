"""Calls with a guarantee, simulated: is the risk kept that was asked for, and who is unsure?

`python -m benchmarks.unsure` draws validation parts of patients of one to four radiographs again
and again, chooses both thresholds on each as `evaluate` does, and holds the risks that these have
in a large population against those that were asked for. Beside it stands the plain way, which takes
the threshold whose share on validation is the risk asked for. With `--predictions` held-out
predictions of real radiographs, a CSV of `fractured`, `group` and a column of probabilities, are
parted by group at random instead.
"""

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from tabulate import tabulate
from tqdm import tqdm

from benchmarks.calibration import draw
from benchmarks.machine import describe
from fracture.artifacts.predictions import recorded
from fracture.judging.conformal import control, shares
from fracture.judging.sample import Sample

Parts = Iterable[tuple[Sample, Sample]]
Way = Callable[[Sample, float, float], tuple[float, float]]

SIZES = (100, 300, 1000)
POPULATION = 50_000
SHARE = 1 / 3
"""Of the groups of real radiographs that are validation; the others are test."""


def plain(validation: Sample, missed: float, false_alarms: float) -> tuple[float, float]:
    """Return thresholds whose shares of radiographs of validation are the risks themselves."""
    second = validation.labels == 1
    low = float(np.quantile(validation.probabilities[second], missed))
    return low, max(low, float(np.quantile(validation.probabilities[~second], 1 - false_alarms)))


WAYS: dict[str, Way] = {"conformal risk control": control, "plain": plain}


def sample(generator: np.random.Generator, n: int) -> Sample:
    """Return n radiographs of simulated patients and what a calibrated model says of them."""
    true, labels, patients = draw(generator, n)
    return Sample(labels, recorded(true), np.array([str(each) for each in patients], object))


def simulated(n: int, repeats: int) -> Parts:
    """Yield validation parts of n radiographs, and one large population to test all on."""
    generator = np.random.default_rng(0)
    population = sample(generator, POPULATION)
    for _ in range(repeats):
        yield sample(generator, n), population


def parted(table: pd.DataFrame, column: str, repeats: int) -> Parts:
    """Yield radiographs parted into validation and test by group, at random.

    Args:
        table: Of held-out predictions.
        column: Of the probabilities.
        repeats: How often.
    """
    groups = table["group"].to_numpy(object)
    whole = Sample(
        table["fractured"].to_numpy(np.int64), table[column].to_numpy(np.float64), groups
    )
    names, codes = np.unique(groups.astype(str), return_inverse=True)
    generator = np.random.default_rng(0)
    for _ in range(repeats):
        inside = (generator.permutation(len(names)) < SHARE * len(names))[codes]
        yield _chosen(whole, inside), _chosen(whole, ~inside)


def _chosen(whole: Sample, inside: npt.NDArray[np.bool_]) -> Sample:
    return Sample(whole.labels[inside], whole.probabilities[inside], whole.groups[inside])


def reached(parts: Parts, way: Way, missed: float, false_alarms: float) -> list[str]:
    """Return the mean of each share over parts; behind the risks, how often they are exceeded.

    Args:
        parts: Validation and test.
        way: How thresholds are chosen.
        missed: Asked for.
        false_alarms: Likewise.
    """
    found = []
    for validation, test in parts:
        ends = way(validation, missed, false_alarms)
        once = np.ones((1, len(test.labels)), np.int64)
        found.append([share.of(once)[0] for share in shares(test, *ends).values()])
    values = np.array(found)
    mean, error = np.nanmean(values, axis=0), np.nanstd(values, axis=0) / np.sqrt(len(values))
    over = np.mean(values[:, :2] > [missed, false_alarms], axis=0)
    risks = [f"{mean[i]:.4f} ± {error[i]:.4f} ({100 * over[i]:.0f} %)" for i in range(2)]
    return [*risks, *(f"{value:.3f}" for value in mean[2:])]


def main() -> None:
    """Print a row for each size of validation and each way."""
    parser = argparse.ArgumentParser("python -m benchmarks.unsure", description=__doc__)
    parser.add_argument("--missed", type=float, default=0.05)
    parser.add_argument("--false-alarms", type=float, default=0.10)
    parser.add_argument("--repeats", type=int, default=500)
    parser.add_argument("--predictions", type=Path, metavar="CSV")
    parser.add_argument("--column", default="probability")
    given = parser.parse_args()
    table = pd.read_csv(given.predictions) if given.predictions else None
    rows = []
    for size in SIZES if table is None else (round(SHARE * len(table)),):
        for name, way in WAYS.items():
            parts = (
                simulated(size, given.repeats)
                if table is None
                else parted(table, given.column, given.repeats)
            )
            counted = tqdm(parts, f"{size}, {name}", given.repeats, unit="parts")
            rows.append([size, name, *reached(counted, way, given.missed, given.false_alarms)])
    titles = ["validation", "way", f"missed ({given.missed:g} asked)"]
    titles += [
        f"false alarms ({given.false_alarms:g} asked)",
        "unsure",
        "sensitivity",
        "specificity",
    ]
    print(tabulate(rows, titles, tablefmt="github", disable_numparse=True))
    print(f"{describe()}; {given.repeats} parts; in brackets how many of them exceed the risk")


if __name__ == "__main__":
    main()
