"""The bootstrap over groups of dependent radiographs."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts.row import Estimate
from fracture.judging.sample import Sample
from fracture.judging.tally import Counts, Tally, tally

BATCH = 2**20
"""Multiplicities held at a time: a limit on memory, without influence on the result."""


@dataclass(frozen=True)
class Bootstrap:
    """How intervals come about.

    Attributes:
        draws: Of groups.
        confidence: Of every interval, such as 0.95.
        seed: Of the random generator.
    """

    draws: int
    confidence: float
    seed: int


def multiplicities(
    groups: npt.NDArray[np.object_], draws: int, seed: int
) -> Iterator[npt.NDArray[np.int64]]:
    """Draw whole groups with replacement, as many as there are, batch after batch.

    A group's radiographs come together, because those of one patient or study depend on each other.
    Samples of the same groups in the same order get the same draws: differences are paired.

    Args:
        groups: Of n radiographs, (n,).
        draws: How many times to draw.
        seed: Of the random generator.

    Yields:
        How often each radiograph is drawn, int64, (draws of this batch, n).

    References:
        Efron, B. and Tibshirani, R. J. An Introduction to the Bootstrap, chapter 13 (1993).
        Field, C. A. and Welsh, A. H. Bootstrapping clustered data. Journal of the Royal
        Statistical Society B 69, 369-390 (2007).
    """
    generator = np.random.default_rng(seed)
    _, codes = np.unique(groups, return_inverse=True)
    count = int(codes.max()) + 1
    batch = max(1, BATCH // len(groups))
    for start in range(0, draws, batch):
        size = min(batch, draws - start)
        yield generator.multinomial(count, np.full(count, 1 / count), size=size)[:, codes]


def draw(
    groups: npt.NDArray[np.object_],
    score: Callable[[Counts], npt.NDArray[np.float64]],
    draws: int,
    seed: int,
) -> npt.NDArray[np.float64]:
    """Return the score of each draw of `multiplicities`, (draws, ...).

    NaN where it is undefined, and throughout for a single group, of which all draws are alike.

    Args:
        groups: Of n radiographs, (n,), one or more.
        score: Makes (draws, ...) of how often each radiograph is drawn, int64, (draws, n).
        draws: How many times to draw.
        seed: Of the random generator.
    """
    if len(set(groups)) == 1:
        once = np.ones((1, len(groups)), np.int64)
        return np.full((draws, *score(once).shape[1:]), np.nan)
    return np.concatenate([score(weights) for weights in multiplicities(groups, draws, seed)])


def resample(
    sample: Sample,
    score: Callable[[Tally], npt.NDArray[np.float64]],
    draws: int,
    seed: int,
) -> npt.NDArray[np.float64]:
    """Return a score of two classes in each draw, as `draw` does.

    Args:
        sample: Of one radiograph or more.
        score: A row of one of the tables in fracture/judging/scores.py, or whatever else makes
            (draws, ...) of the counts of several draws.
        draws: How many times to draw.
        seed: Of the random generator.
    """
    return draw(sample.groups, lambda weights: score(tally(sample, weights)), draws, seed)


def percentiles(values: npt.NDArray[np.float64], confidence: float) -> tuple[float, float]:
    """Return the lower and upper end of the percentile interval of a score.

    Draws in which the score is undefined are left out; both ends are NaN where half of the draws or
    more are undefined.

    Args:
        values: The score in each draw, (draws,); NaN where it is undefined.
        confidence: Of the interval, such as 0.95.
    """
    kept = values[~np.isnan(values)]
    if 2 * len(kept) <= len(values):
        return np.nan, np.nan
    tail = (1 - confidence) / 2
    low, high = np.quantile(kept, [tail, 1 - tail])
    return float(low), float(high)


def widened(
    share: float, ends: tuple[float, float], groups: int, confidence: float
) -> tuple[float, float]:
    """Return the interval of a share of 0 or 1, whose draws are all alike and show no spread.

    The end that it lies at stays. The other is at least the exact one of as many independent
    groups: the share at which all of them agree with the probability of one tail. Radiographs of a
    group that do not depend on each other would make it narrower.

    Args:
        share: 0 or 1.
        ends: Of the percentile interval; NaN stay so.
        groups: That hold the radiographs of which it is a share.
        confidence: Of the interval, such as 0.95.

    References:
        Clopper, C. J. and Pearson, E. S. The use of confidence or fiducial limits illustrated in
        the case of the binomial. Biometrika 26, 404-413 (1934).
    """
    low, high = ends
    agreed = ((1 - confidence) / 2) ** (1 / groups)
    if share == 1:
        return float(np.minimum(low, agreed)), high
    return low, float(np.maximum(high, 1 - agreed))


def estimate(
    score: Callable[[Counts], Mapping[str, npt.NDArray[np.float64]]],
    groups: npt.NDArray[np.object_],
    bootstrap: Bootstrap,
    shares: Mapping[str, int],
) -> dict[str, Estimate]:
    """Return every score by name with its interval, all from the same draws.

    Args:
        score: Returns scores, (draws,) each, of how often each of n radiographs is drawn,
            int64 (draws, n).
        groups: Of the radiographs, (n,).
        bootstrap: Over groups.
        shares: Of scores that are shares, how many groups hold the whole; see `widened`.
    """
    once = score(np.ones((1, len(groups)), np.int64))
    drawn = draw(
        groups,
        lambda weights: np.stack([*score(weights).values()], axis=1),
        bootstrap.draws,
        bootstrap.seed,
    )
    found = {}
    for (name, (value,)), column in zip(once.items(), drawn.T, strict=True):
        ends = percentiles(column, bootstrap.confidence)
        if value in {0, 1} and name in shares:
            ends = widened(value, ends, shares[name], bootstrap.confidence)
        found[name] = Estimate.rounded(float(value), *ends)
    return found


def means(table: pd.DataFrame, weights: Counts) -> dict[str, npt.NDArray[np.float64]]:
    """Return the mean of each column in each draw, (draws,), of the radiographs that it counts.

    Args:
        table: A row for each of n radiographs; no number where it is not counted.
        weights: How often each radiograph is drawn, (draws, n).
    """
    values = table.to_numpy(np.float64)
    counted = ~np.isnan(values)
    totals = weights @ counted.astype(np.float64)
    sums = weights @ np.where(counted, values, 0)
    found = np.divide(sums, totals, np.full_like(sums, np.nan), where=totals > 0)
    return dict(zip(map(str, table), found.T, strict=True))
