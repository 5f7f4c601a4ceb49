"""The comparison as a table for machines and as Markdown for people."""

from typing import Any

import pandas as pd
from tabulate import tabulate

from stages.artifacts.scores import Scores, interval, number
from stages.compare.ranking import basis, overlapping

TEST_SCORES = {
    "average precision": "average_precision",
    "accuracy": "accuracy",
    "sensitivity": "recall",
    "specificity": "specificity",
    "F1": "f1",
    "log loss": "log_loss",
}
"""Columns of the comparison and the test scores that they show, besides the AUROC."""


def table(models: dict[str, Any], ranked: list[Scores]) -> pd.DataFrame:
    """Return one row for each model, in the given order.

    Args:
        models: The section of params.yaml.
        ranked: Scores of those models, best on validation first.
    """
    return pd.DataFrame(
        [
            {
                "model": scores.model,
                "backbone": models[scores.model]["backbone"],
                "variant": models[scores.model]["variant"],
                "validation_auroc": scores.validation["auroc"],
                "test_auroc": scores.test["auroc"],
                "auroc_low": scores.test["auroc_low"],
                "auroc_high": scores.test["auroc_high"],
            }
            | {
                column.lower().replace(" ", "_"): scores.test[score]
                for column, score in TEST_SCORES.items()
            }
            for scores in ranked
        ]
    )


def markdown(models: dict[str, Any], ranked: list[Scores]) -> str:
    """Return the same rows as Markdown, with all that must be said beside its numbers."""
    best = ranked[0]
    texts = ["model", "backbone", "variant"]
    numbers = ["validation AUROC", "test AUROC", f"{100 * best.confidence:g} % interval"]
    rows = [
        [
            f"**{scores.model}**" if scores is best else scores.model,
            models[scores.model]["backbone"],
            models[scores.model]["variant"],
            number(scores.validation["auroc"]),
            number(scores.test["auroc"]),
            interval(scores),
            *(number(scores.test[score]) for score in TEST_SCORES.values()),
        ]
        for scores in ranked
    ]
    drawn = tabulate(
        rows,
        headers=[*texts, *numbers, *TEST_SCORES],
        tablefmt="pipe",
        disable_numparse=True,
        colalign=["left"] * len(texts) + ["right"] * (len(numbers) + len(TEST_SCORES)),
    )
    return f"# Comparison\n\n{before(ranked)}\n\n{drawn}\n\n{after(ranked)}\n"


def before(ranked: list[Scores]) -> str:
    """Say what the numbers rest on and what they are not for."""
    synthetic = (
        " **Synthetic radiographs: shows that the pipeline works, says nothing about patients.**"
    )
    return f"Data set: {basis(ranked[0])}. Not for clinical use." + (
        synthetic if ranked[0].synthetic else ""
    )


def after(ranked: list[Scores]) -> str:
    """Say how the model was chosen, how the intervals came about and what they do not show."""
    best, others = ranked[0].model, len(ranked) - 1
    text = f"""\
Rows are ordered by validation AUROC: **{best}**, the first, is the model chosen. All further \
numbers are of the test part, which chose nothing.
Intervals are of the test AUROC: percentiles of {ranked[0].test["auroc_draws"]} bootstrap draws \
of groups.
Accuracy, sensitivity, specificity and F1 are at the model's own threshold, see metrics/systems/."""
    if others:
        text += f"""
Overlap with the interval of {best}: {overlapping(ranked)} of the {others} other models. Where \
intervals overlap, this table does not establish a difference."""
    return text
