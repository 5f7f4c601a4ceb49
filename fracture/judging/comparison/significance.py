"""Tests of a difference of AUROCs or calls: bootstrap, DeLong, McNemar, Holm's correction."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy.stats import norm, rankdata
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from fracture.artifacts.comparison import Test, Verdict
from fracture.artifacts.row import Estimate
from fracture.judging.bootstrap import draw, percentiles
from fracture.judging.multiclass import auroc
from fracture.judging.sample import Sample


def two_sided(difference: float, error: float) -> float:
    """Return the p-value of a difference whose error is normal.

    Args:
        difference: From what the hypothesis says, NaN where undefined.
        error: Its standard error, 0 or above, NaN where undefined.

    Returns:
        0 to 1; 1 for no difference, also without an error; NaN where an argument is.
    """
    if math.isnan(difference) or math.isnan(error):
        return math.nan
    if difference == 0:
        return 1.0
    return float(2 * norm.sf(abs(difference) / error)) if error else 0.0


def discordant(
    first: npt.NDArray[np.bool_], second: npt.NDArray[np.bool_]
) -> tuple[int, int, float]:
    """Compare two models' calls by McNemar's exact test.

    Args:
        first: Whether the first model calls each radiograph rightly, (n,).
        second: Likewise.

    Returns:
        How many the first alone calls rightly, how many the second alone, and the p-value.

    References:
        McNemar, Q. Note on the sampling error of the difference between correlated proportions or
        percentages. Psychometrika 12, 153-157 (1947).
    """
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    agreed = [int((first & second).sum()), int((~first & ~second).sum())]
    table = [[agreed[0], only_first], [only_second, agreed[1]]]
    return only_first, only_second, float(mcnemar(table, exact=True).pvalue)


def holm(values: Sequence[float]) -> list[Test]:
    """Correct the p-values of a family: any false finding becomes as rare as with a single test.

    Args:
        values: 0 to 1; NaN, where a test is undefined, does not count towards the family.

    Returns:
        In the order given, to four significant digits.

    References:
        Holm, S. A simple sequentially rejective multiple test procedure. Scandinavian Journal of
        Statistics 6, 65-70 (1979).
    """
    defined = [p for p in values if not math.isnan(p)]
    corrected = iter(multipletests(defined, method="holm")[1] if defined else [])
    return [
        Test(p=None, p_holm=None)
        if math.isnan(p)
        else Test(p=_short(p), p_holm=_short(next(corrected)))
        for p in values
    ]


def verdict(difference: float, test: Test, confidence: float) -> Verdict:
    """Say what a test shows: a difference above 0 is better where its corrected p-value is small.

    Args:
        difference: Its sign decides between better and worse.
        test: At the level of 1 - `confidence`.
        confidence: Between 0 and 1.
    """
    if test.p_holm is None or test.p_holm >= 1 - confidence:
        return "not distinguishable"
    return "better" if difference > 0 else "worse"


def _short(p: float) -> float:
    return float(f"{p:.4g}")


@dataclass(frozen=True)
class Statistic:
    """A number of the sample, and the same number of each draw.

    Attributes:
        value: NaN where it is undefined.
        draws: float64, (draws,), likewise. Statistics of the same groups, number of draws and seed
            rest on the same draws: their differences are paired.
    """

    value: float
    draws: npt.NDArray[np.float64]

    def __sub__(self, other: "Statistic") -> "Statistic":
        return Statistic(self.value - other.value, self.draws - other.draws)

    def estimate(self, confidence: float) -> Estimate:
        """Return the value with its percentile interval."""
        return Estimate.rounded(self.value, *percentiles(self.draws, confidence))

    @property
    def p(self) -> float:
        """Of the hypothesis that the number is 0, two-sided; NaN where it is undefined.

        The draws give the standard error, and the p-value is that of a normal error: counting
        draws beyond 0 could not tell apart p-values below 1 / draws, and Holm's correction over
        the 105 pairs of 15 models has to.
        """
        kept = self.draws[~np.isnan(self.draws)]
        # As for the interval, most draws must be defined.
        enough = 2 * len(kept) > len(self.draws)
        return two_sided(self.value, float(np.std(kept, ddof=1)) if enough else np.nan)


def mean(statistics: list[Statistic]) -> Statistic:
    """Return the mean of the values, and of each draw."""
    return Statistic(
        float(np.mean([each.value for each in statistics])),
        np.mean([each.draws for each in statistics], axis=0),
    )


def mean_auroc(samples: list[Sample], model: str, draws: int, seed: int) -> Statistic:
    """Return the AUROC of a model, the mean over its training seeds.

    With more than two classes it is the mean over the classes of each against all others.

    Each draw resamples groups and, where there are several, the training seeds too: the first for
    all models alike, the second for each model by itself. A difference is then one of ways to
    train, not of two networks alone. Few seeds understate their spread, s of them by the factor
    sqrt((s - 1) / s).

    Args:
        samples: Predictions of the same radiographs, one sample for each training seed.
        model: Its name decides which training seeds are drawn.
        draws: Of the bootstrap.
        seed: Of the bootstrap.

    References:
        Bouthillier, X. et al. Accounting for variance in machine learning benchmarks. MLSys (2021).
    """
    seeds = len(samples)
    values = [float(auroc(sample)[0]) for sample in samples]
    drawn = np.stack(
        [draw(sample.groups, partial(auroc, sample), draws, seed) for sample in samples],
        axis=1,
    )
    generator = np.random.default_rng([seed, *model.encode()])
    times = generator.multinomial(seeds, np.full(seeds, 1 / seeds), size=draws)
    return Statistic(float(np.mean(values)), (drawn * times).sum(axis=1) / seeds)


@dataclass(frozen=True)
class Components:
    """The structural components of an AUROC: either mean is the AUROC.

    Attributes:
        positives: float64, (m,): for each radiograph of the second class the share of the others
            that are less probable, a tie counting one half.
        negatives: float64, (n,): for each of the others the share of those that are more so.
    """

    positives: npt.NDArray[np.float64]
    negatives: npt.NDArray[np.float64]


def components(samples: list[Sample]) -> Components:
    """Return the structural components of the mean AUROC of samples of the same radiographs.

    An average of AUROCs is linear in their components. It takes the training seeds, one for each
    sample, as given: their spread is not in it.

    Args:
        samples: Of both of two classes, with the same labels in the same order.
    """
    positive = samples[0].labels == 1
    # Midranks count what lies below, ties half; less those of the own class, what the other has.
    probabilities = np.stack([sample.probabilities for sample in samples])
    ranks = rankdata(probabilities, axis=1)
    below = ranks[:, positive] - rankdata(probabilities[:, positive], axis=1)
    above = ranks[:, ~positive] - rankdata(probabilities[:, ~positive], axis=1)
    m, n = int(positive.sum()), int((~positive).sum())
    return Components((below / n).mean(axis=0), 1 - (above / m).mean(axis=0))


def delong(first: Components | None, second: Components | None) -> float:
    """Return the two-sided p-value of DeLong's test; NaN where a class has but one radiograph.

    It takes radiographs as independent.

    Args:
        first: Of one system; NaN is returned for None.
        second: Of another on the same radiographs, likewise.

    References:
        DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. Comparing the areas under two or more
        correlated receiver operating characteristic curves. Biometrics 44, 837-845 (1988).
        Sun, X. and Xu, W. Fast implementation of DeLong's algorithm. IEEE Signal Processing Letters
        21, 1389-1393 (2014).
    """
    if first is None or second is None:
        return np.nan
    differences = first.positives - second.positives, first.negatives - second.negatives
    if min(map(len, differences)) < 2:  # noqa: PLR2004 - a variance needs two
        return np.nan
    variance = sum(each.var(ddof=1) / len(each) for each in differences)
    return two_sided(float(differences[0].mean()), float(np.sqrt(variance)))
