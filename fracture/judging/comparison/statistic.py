"""A number and its bootstrap draws: intervals and p-values of differences come from these."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fracture.artifacts.scores import Estimate
from fracture.judging.bootstrap import percentiles, resample
from fracture.judging.comparison.significance import two_sided
from fracture.judging.sample import Sample
from fracture.judging.scores import auroc
from fracture.judging.tally import tally


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
    """Return the mean, draw by draw."""
    return Statistic(
        float(np.mean([each.value for each in statistics])),
        np.mean([each.draws for each in statistics], axis=0),
    )


def mean_auroc(samples: list[Sample], model: str, draws: int, seed: int) -> Statistic:
    """Return the AUROC of a model, the mean over its training seeds.

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
    values = [float(auroc(tally(sample))[0]) for sample in samples]
    drawn = np.stack([resample(sample, auroc, draws, seed) for sample in samples], axis=1)
    generator = np.random.default_rng([seed, *model.encode()])
    times = generator.multinomial(seeds, np.full(seeds, 1 / seeds), size=draws)
    return Statistic(float(np.mean(values)), (drawn * times).sum(axis=1) / seeds)
