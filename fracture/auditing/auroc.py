"""The AUROC of a baseline and its interval."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fracture.artifacts.audit import Baseline
from fracture.artifacts.scores import Estimate
from fracture.judging import scores
from fracture.judging.judge import judge_by
from fracture.judging.sample import Sample
from fracture.judging.tally import tally


@dataclass(frozen=True)
class Bootstrap:
    """How intervals come about: as those of the models do.

    Attributes:
        draws: Of groups.
        confidence: Of every interval.
        seed: Of the random generator.
    """

    draws: int
    confidence: float
    seed: int


def auroc(rows: pd.DataFrame, guesses: "pd.Series[float]") -> float | None:
    """Return the AUROC to six decimals, 0 to 1; None where a class is lacking.

    Args:
        rows: `fractured`, 0 or 1, and `group` of each radiograph.
        guesses: Of the same radiographs; a higher one speaks for a fracture.
    """
    sample = _sample(rows, guesses)
    return round(float(scores.auroc(tally(sample))[0]), 6) if sample.has_both_classes else None


def with_interval(
    rows: pd.DataFrame, guesses: "pd.Series[float]", bootstrap: Bootstrap
) -> Baseline:
    """Return `auroc` with its ends `auroc_low` and `auroc_high`; None where undefined.

    Args:
        rows: As for `auroc`.
        guesses: Likewise.
        bootstrap: Over groups.
    """
    sample, reached = _sample(rows, guesses), Estimate(value=None)
    if sample.has_both_classes:
        reached = judge_by(
            scores.auroc, sample, bootstrap.draws, bootstrap.confidence, bootstrap.seed
        )
    return {"auroc": reached.value, "auroc_low": reached.low, "auroc_high": reached.high}


def _sample(rows: pd.DataFrame, guesses: "pd.Series[float]") -> Sample:
    return Sample(
        rows["fractured"].to_numpy(np.int64),
        np.asarray(guesses, np.float64),
        rows["group"].to_numpy(object),
    )
