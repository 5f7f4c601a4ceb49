"""Calibration errors of simulated models: the bias of estimators, the coverage of their intervals.

`python -m benchmarks.calibration` draws test parts of patients of one to four radiographs whose
labels depend on each other, and models whose true calibration error is known. It compares

- plain: the calibration error with percentiles of bootstrap draws, each in bins of its own;
- Kumar: the debiased root of the mean square of Kumar, Liang and Ma (Verified uncertainty
  calibration, NeurIPS 2019) with percentiles of its draws, against the true root mean square;
- beyond chance: fracture/judging/calibration.py.

Patients are drawn by `multiplicities`, as evaluation draws groups.
"""

import argparse
from collections.abc import Callable
from itertools import product

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit
from scipy.stats import norm
from tabulate import tabulate
from tqdm import tqdm

from benchmarks.machine import describe
from fracture.judging.bootstrap import multiplicities
from fracture.judging.calibration import beyond_chance, gaps
from fracture.judging.sample import Sample
from fracture.judging.scores import BINS, bins_of, calibration_error
from fracture.judging.tally import Counts, Tally, tally

Numbers = npt.NDArray[np.float64]

SIZES = (100, 500, 2000)
CONFIDENCE = 0.95
SHARED = 0.5
"""Of the variance of what makes a radiograph fractured, between those of a patient."""
MODELS: dict[str, Callable[[Numbers], Numbers]] = {
    "calibrated": lambda true: true,
    "a little too sure": lambda true: expit(1.3 * logit(true)),
    "much too sure": lambda true: expit(2 * logit(true)),
    "too high": lambda true: expit(logit(true) + 0.5),
}
"""What models report, by the true probability."""


def draw(generator: np.random.Generator, n: int) -> tuple[Numbers, npt.NDArray[np.int64], Counts]:
    """Draw the true probability, the label and the patient of n radiographs, (n,) each."""
    patients = np.repeat(np.arange(n), generator.integers(1, 5, n))[:n]

    def shared() -> Numbers:
        """Return standard normal numbers that depend on each other within a patient."""
        of_patients, own = generator.normal(size=n)[patients], generator.normal(size=n)
        return np.asarray(np.sqrt(SHARED) * of_patients + np.sqrt(1 - SHARED) * own)

    true = np.asarray(expit(-0.8 + 1.7 * shared()))
    return true, (norm.cdf(shared()) < true).astype(np.int64), patients


def truth(model: Callable[[Numbers], Numbers]) -> tuple[float, float]:
    """Return the calibration error and the root mean square of a million radiographs' bins."""
    true, _, _ = draw(np.random.default_rng(0), 10**6)
    order = np.argsort(model(true))
    of_bins = (true - model(true))[order].reshape(BINS, -1).mean(axis=1)
    return float(np.abs(of_bins).mean()), float(np.sqrt((of_bins**2).mean()))


def kumar(counts: Tally) -> Numbers:
    """Return the debiased root mean square calibration error of each draw, (draws,), 0 or more."""
    draws = len(counts.positives)
    places = bins_of(counts) + BINS * np.arange(draws)[:, None]

    def sums(values: npt.NDArray[np.generic]) -> Numbers:
        summed = np.bincount(places.ravel(), values.ravel(), minlength=BINS * draws)
        return summed.reshape(draws, BINS).astype(np.float64)

    radiographs = counts.positives + counts.negatives
    n, positives = sums(radiographs), sums(counts.positives)
    share = positives / np.maximum(n, 1)
    mean = sums(radiographs * counts.probabilities) / np.maximum(n, 1)
    squares = (mean - share) ** 2 - share * (1 - share) / np.maximum(n - 1, 1)
    mean_square = (squares * n).sum(axis=1) / n.sum(axis=1)
    return np.asarray(np.sqrt(np.maximum(mean_square, 0)))


def estimates(sample: Sample, draws: int, seed: int) -> dict[str, tuple[float, float, float]]:
    """Return the value and the interval of each way.

    Args:
        sample: Of two classes.
        draws: Of patients.
        seed: Of the draws.
    """
    weights = np.concatenate(list(multiplicities(sample.groups, draws, seed)))
    tail = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    once, drawn = tally(sample), tally(sample, weights)
    found = {
        name: (float(score(once)[0]), *np.quantile(score(drawn), tail))
        for name, score in {"plain": calibration_error, "Kumar": kumar}.items()
    }
    beyond = beyond_chance(gaps(sample)[0], gaps(sample, weights), CONFIDENCE)
    return found | {"beyond chance": beyond}


def row(name: str, n: int, repetitions: int, draws: int) -> list[list[str]]:
    """Return the rows of a model and a size: true error, bias, coverage, width, estimate outside.

    Args:
        name: Of `MODELS`.
        n: Radiographs of a test part.
        repetitions: Test parts.
        draws: Of patients, of each test part.
    """
    model, generator = MODELS[name], np.random.default_rng(n)
    error, root = truth(model)
    found = []
    for repetition in range(repetitions):
        true, labels, patients = draw(generator, n)
        sample = Sample(labels, model(true), patients.astype(object))
        found.append(estimates(sample, draws, repetition))
    rows = []
    for way in found[0]:
        value, low, high = np.transpose([each[way] for each in found])
        is_true = root if way == "Kumar" else error
        covered = np.mean((low <= is_true) & (is_true <= high))
        outside = np.mean((value < low) | (value > high))
        rows.append(
            [
                f"{n:,}",
                name,
                way,
                f"{is_true:.3f}",
                f"{value.mean() - is_true:+.3f}",
                f"{100 * covered:.0f} %",
                f"{np.mean(high - low):.3f}",
                f"{100 * outside:.0f} %",
            ]
        )
    return rows


def main() -> None:
    """Print a row for each size, model and way."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=300, help="test parts of each kind")
    parser.add_argument("--draws", type=int, default=500, help="of patients, of each test part")
    arguments = parser.parse_args()
    rows = []
    for n, name in tqdm([*product(SIZES, MODELS)], leave=False):
        rows += row(name, n, arguments.repetitions, arguments.draws)
    print(describe())
    headers = ["n", "model", "way", "true", "bias", "coverage", "width", "estimate outside"]
    print(tabulate(rows, headers, tablefmt="github", disable_numparse=True))


if __name__ == "__main__":
    main()
