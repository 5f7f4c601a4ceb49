"""Scores of the radiographs that trials held out, and what one trial gains over another."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from fracture.console import PipelineError
from fracture.judging.bootstrap import draw, resample
from fracture.judging.comparison.significance import Statistic, mean
from fracture.judging.sample import sample
from fracture.judging.scores import PROBABILITY, RANKING
from fracture.judging.tally import tally
from fracture.presenting.words import markdown_table, signed

SCORES = {
    "AUROC": RANKING["auroc"],
    "AP": RANKING["average_precision"],
    "sensitivity at specificity 0.90": RANKING["sensitivity_at_specificity_90"],
    "log loss": PROBABILITY["log_loss"],
}
POINTING = "pointing"
"""Beside them: the share of radiographs with boxes whose hottest pixel lies in one."""
DRAWS, CONFIDENCE = 2000, 0.95


def comparison(trials: Mapping[str, Sequence[pd.DataFrame]]) -> str:
    """Return a Markdown table of trials and, below each but the first, its gains over that.

    Args:
        trials: The tables of each, as benchmarks.trial writes them, one for each training seed, all
            of the same radiographs: it is scored by the mean over its trainings.
    """
    base, *_ = trials
    first = trials[base][0]
    columns = [*SCORES, POINTING]
    rows = []
    found: dict[str, dict[str, Statistic]] = {}
    for name, tables in trials.items():
        ours = found[name] = over_trainings(tables)
        shown = {column: str(score.estimate(CONFIDENCE)) for column, score in ours.items()}
        rows.append([name, str(len(tables)), *(shown.get(column, "") for column in columns)])
        if name != base:
            gained = {
                column: signed((score - found[base][column]).estimate(CONFIDENCE))
                for column, score in ours.items()
                if column in found[base]
            }
            rows.append(["... gained", "", *(gained.get(column, "") for column in columns)])
    return (
        f"{len(first)} radiographs, {int(first['fractured'].sum())} fractured\n\n"
        + markdown_table(rows, ["trial", "trainings", *columns], left=[0])
    )


def check_same(table: pd.DataFrame, other: pd.DataFrame) -> None:
    """Raise PipelineError where two trainings held out different radiographs."""
    if list(table["id"]) != list(other["id"]):
        raise PipelineError("trials held out other radiographs than the first: use the same folds")


def over_trainings(tables: Sequence[pd.DataFrame]) -> dict[str, Statistic]:
    """Return each score's mean over trainings; of all trials the same draws of groups."""
    found = [scores(table) | pointing(table) for table in tables]
    return {name: mean([each[name] for each in found]) for name in found[0]}


def scores(
    table: pd.DataFrame, probability: str = "mean", names: Iterable[str] = SCORES
) -> dict[str, Statistic]:
    """Return some of `SCORES` of one training.

    Args:
        table: Of a trial.
        probability: Column of the probabilities: `mean`, with that of the mirror image, or `alone`.
        names: Which scores.
    """
    shown = sample(table.assign(label=table["fractured"], probability=table[probability]))
    return {
        name: Statistic(
            float(SCORES[name](tally(shown))[0]), resample(shown, SCORES[name], DRAWS, 0)
        )
        for name in names
    }


def pointing(table: pd.DataFrame) -> dict[str, Statistic]:
    """Return `POINTING` of one training; nothing where no radiograph has boxes."""
    known = table[table[POINTING].notna()]
    if known.empty:
        return {}
    hits, groups = known[POINTING].to_numpy(np.float64), known["group"].to_numpy(object)
    draws = draw(groups, lambda weights: weights @ hits / weights.sum(axis=1), DRAWS, 0)
    return {POINTING: Statistic(float(hits.mean()), draws)}
