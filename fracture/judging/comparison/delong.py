"""DeLong's test of the difference of two AUROCs on the same radiographs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from fracture.judging.comparison.significance import two_sided
from fracture.judging.sample import Sample


@dataclass(frozen=True)
class Components:
    """The structural components of an AUROC: either mean is the AUROC.

    Attributes:
        fractured: float64, (m,): for each fractured radiograph the share of the others that are
            less probable, a tie counting one half.
        others: float64, (n,): for each of the others the share of fractured ones that are more so.
    """

    fractured: npt.NDArray[np.float64]
    others: npt.NDArray[np.float64]


def components(samples: list[Sample]) -> Components:
    """Return the structural components of the mean AUROC of samples of the same radiographs.

    An average of AUROCs is linear in their components. It takes the training seeds, one for each
    sample, as given: their spread is not in it.

    Args:
        samples: Of both classes, with the same labels in the same order.
    """
    fractured = samples[0].labels == 1
    # Midranks count what lies below, ties half; less those of the own class, what the other has.
    probabilities = np.stack([sample.probabilities for sample in samples])
    ranks = rankdata(probabilities, axis=1)
    below = ranks[:, fractured] - rankdata(probabilities[:, fractured], axis=1)
    above = ranks[:, ~fractured] - rankdata(probabilities[:, ~fractured], axis=1)
    m, n = int(fractured.sum()), int((~fractured).sum())
    return Components((below / n).mean(axis=0), 1 - (above / m).mean(axis=0))


def delong(first: Components, second: Components) -> float:
    """Return the two-sided p-value of DeLong's test; NaN where a class has but one radiograph.

    It takes radiographs as independent.

    References:
        DeLong, E. R., DeLong, D. M. and Clarke-Pearson, D. L. Comparing the areas under two or more
        correlated receiver operating characteristic curves. Biometrics 44, 837-845 (1988).
        Sun, X. and Xu, W. Fast implementation of DeLong's algorithm. IEEE Signal Processing Letters
        21, 1389-1393 (2014).
    """
    differences = first.fractured - second.fractured, first.others - second.others
    if min(map(len, differences)) < 2:  # noqa: PLR2004 - a variance needs two
        return np.nan
    variance = sum(each.var(ddof=1) / len(each) for each in differences)
    return two_sided(float(differences[0].mean()), float(np.sqrt(variance)))
