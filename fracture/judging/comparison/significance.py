"""Tests of a difference: normal, McNemar's, Holm's correction, and the verdict in words."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from fracture.artifacts.comparison import Test, Verdict


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
    """Correct the p-values of one family, so that it errs once or more as rarely as one test would.

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
