"""The gate: whether a system may take the champion's place, and why, in words."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from fracture.artifacts.comparison import Pair
from fracture.artifacts.row import number
from fracture.artifacts.scores import Scores
from fracture.console import PipelineError
from fracture.judging.comparison.comparing import pairs
from fracture.judging.comparison.systems import join, measure, require_same
from fracture.judging.logits import Probabilities, calibrate, of_each_class
from fracture.judging.sample import probability_columns, sample

REPRODUCED = 20
"""So many recorded predictions are made again."""
TOLERANCE = 1e-5
"""How far each of them may lie from what was recorded."""


@dataclass(frozen=True)
class Judged:
    """A system as it was judged.

    Attributes:
        name: What texts call it.
        scores: As the evaluation wrote them.
        predictions: Of the test part, with the columns of fracture/artifacts/predictions.py.
    """

    name: str
    scores: Scores
    predictions: pd.DataFrame


@dataclass(frozen=True)
class Decision:
    """Whether a version becomes the champion, and why."""

    moves: bool
    reason: str


def decide(candidate: Judged, champion: Judged | None, seed: int) -> Decision:
    """Hold a system against the champion on the test radiographs of both, paired.

    Args:
        candidate: The system.
        champion: None where there is none yet.
        seed: Of the bootstrap.

    Returns:
        The champion's place is for what is better, or not distinguishable and cheaper. One that
        was judged on other test radiographs, or in another way, is not compared.
    """
    if champion is None:
        return Decision(True, "the first: there was none to be held against")
    try:
        systems = [join(each.scores, each.predictions) for each in (candidate, champion)]
        require_same(systems)
    except PipelineError as error:
        why = str(error).partition("; run ")[0].partition(": run ")[0]
        return Decision(False, f"not comparable with {champion.name}: {why}")
    (pair,) = pairs([measure(each, seed) for each in systems])
    equal = pair.verdict == "not distinguishable"
    compared = (
        f"{pair.verdict} {'from' if equal else 'than'} {champion.name}: test AUROC "
        f"{number(candidate.scores.auroc.value)} against {number(champion.scores.auroc.value)}, "
        f"difference {pair.difference}, p = {_p(pair)}, {candidate.scores.sample}"
    )
    if not equal:
        return Decision(pair.verdict == "better", compared)
    mine, theirs = (each.scores.footprint for each in (candidate, champion))
    if mine is None or theirs is None:
        return Decision(False, f"{compared}; what the two cost is not known")
    cheaper = mine.multiply_adds < theirs.multiply_adds
    costs = f"{mine.multiply_adds / 1e6:,.0f} against {theirs.multiply_adds / 1e6:,.0f} million"
    return Decision(
        cheaper,
        f"{compared}; {'' if cheaper else 'not '}cheaper: {costs} multiply-adds a radiograph",
    )


def _p(pair: Pair) -> str:
    return "-" if pair.bootstrap.p is None else f"{pair.bootstrap.p:.3g}"


def recorded_rows(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return recorded predictions of the network that is served, from the least probable on.

    Args:
        predictions: Of the test part, one row for each radiograph and training seed.

    Returns:
        `REPRODUCED` rows spread over all probabilities, or as many as there are.
    """
    served = predictions[predictions["seed"] == predictions["seed"].iloc[0]]
    ordered = served.sort_values([*probability_columns(served), "id"], ignore_index=True)
    count = min(REPRODUCED, len(ordered))
    return ordered.iloc[np.linspace(0, len(ordered) - 1, count).round().astype(int)]


def shown(rows: pd.DataFrame, temperature: float) -> Probabilities:
    """Return the probability that an answer shows for each recorded prediction, float64 (n,).

    Args:
        rows: Of predictions.
        temperature: Of the system.
    """
    raw = sample(rows).probabilities
    before, after = of_each_class(raw), of_each_class(calibrate(raw, temperature))
    columns = np.ones(len(raw), int) if raw.ndim == 1 else before.argmax(axis=1)
    return after[np.arange(len(raw)), columns]
