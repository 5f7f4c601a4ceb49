"""Nested settings, scores and curves as the flat names that MLflow knows."""

import json
import math
from typing import Any, NamedTuple

import pandas as pd

from stages.artifacts.scores import Scores, Values

CURVES = ["loss", "auc", "validation_loss", "validation_auc", "learning_rate", "finetune"]
FIRST = ["auroc", "auroc_low", "auroc_high"]
"""Scores that stand first on a run's page: MLflow keeps the order in which they come."""


class Point(NamedTuple):
    """One value of a metric; `step` is the epoch, 0 for what is no curve."""

    name: str
    value: float
    step: int = 0


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Return nested settings as texts, names joined by dots; lists, numbers and null as JSON.

    Example:
        `{"head": {"units": [128]}}` becomes `{"head.units": "[128]"}`.
    """
    texts: dict[str, str] = {}
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict):
            texts |= flat(value, f"{name}.")
        else:
            texts[name] = value if isinstance(value, str) else json.dumps(value)
    return texts


def score_points(scores: Scores) -> list[Point]:
    """Return every number among a model's scores, those on test first; undefined ones are left out.

    What stands before the slash of a name is the section that MLflow charts it in: `test/auroc`,
    `test_at_half/f1`, `test_confusion/tp`, `test_fractured/recall`, `validation/auroc`.
    """
    sections: dict[str, Values | dict[str, int]] = {
        "test": {name: scores.test.get(name) for name in FIRST} | scores.test,
        "validation": scores.validation | {"threshold": scores.threshold},
        "test_confusion": scores.confusion,
        "test_at_half": scores.at_half,
        **{f"test_{name.replace(' ', '_')}": values for name, values in scores.classes.items()},
    }
    return [
        Point(f"{section}/{name}", float(value))
        for section, values in sections.items()
        for name, value in values.items()
        if value is not None
    ]


def curve_points(history: pd.DataFrame) -> list[Point]:
    """Return the curves of a training by epoch, with `epoch/finetune`: 1 in that phase, else 0.

    Args:
        history: As in stages/artifacts/history.py; values that are no numbers are left out.
    """
    table = history.assign(finetune=history["phase"] == "finetune")
    return [
        Point(f"epoch/{curve}", float(value), int(epoch))
        for curve in CURVES
        for epoch, value in zip(table["epoch"], table[curve], strict=True)
        if math.isfinite(value)
    ]
