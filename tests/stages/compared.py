"""What the stages before `compare` leave of two models."""

from pathlib import Path

import pandas as pd

from fracture.artifacts import audit as audits
from fracture.artifacts import built, curves, history, pictures
from fracture.artifacts import scores as artifact
from fracture.artifacts.scores import Scores
from tests.judging.comparison import examples
from tests.run_files import leave_systems

TABLES: dict[str, pd.DataFrame] = {}
"""Predictions that were left, by model."""


def leave_two_models() -> None:
    """Leave params.yaml and what precedes the comparison of models `one` and `two`, in this folder.

    On validation `two` is far better, on the test part `one`. A model `gone` is not in params.yaml.
    """
    Path("params.yaml").write_text(
        f"data_seed: {examples.SEED}\nmodel: one\nrecipe: demo\nrun: [one, two]\n"
        "evaluate:\n  points: {balanced: youden, half: 0.5}\n"
        "  unsure: {missed: 0.05, false_alarms: 0.1}\n"
        "  draws: 200\n  confidence: 0.95\n  age_bands: []\n  least_subgroup: 10\n"
        "  mark_share: 0.5\n  small_fracture: 30\n"
        "systems: {}\nmodels:\n"
        "  one: {backbone: vgg16, variant: plain, target: fractured}\n"
        "  two: {backbone: vgg16, variant: canny, target: fractured}\n"
    )
    TABLES.clear()
    leave("one", examples.predictions(0.5, 1, test_quality=4.0))
    leave("two", examples.predictions(3.0, 2, test_quality=0.3))
    leave_systems(TABLES)
    leave("gone", examples.predictions(5.0, 3))
    audits.write(examples.audit())
    built.write([])


def leave(
    model: str, table: pd.DataFrame, *, composed: bool = False, scores: Scores | None = None
) -> None:
    """Leave the scores and curves of a system.

    Args:
        model: Its name.
        table: Its predictions.
        composed: Whether it was not trained, and has no history.
        scores: Where they are at hand; without, the predictions are scored.
    """
    TABLES[model] = table
    artifact.write(scores or examples.scored(model, table), artifact.path(model))
    leave_curves(model, composed=composed)


def leave_curves(model: str, *, composed: bool = False) -> None:
    """Leave the curves of a system, of three rows each."""
    rows = {
        str(curve): pd.DataFrame({key: [3, 3, 5] for key in curves.COLUMNS[curve]})
        for curve in (*curves.CURVES, "confusion")
    }
    curves.write(rows, pictures.folder(model))
    if not composed:
        history.write(rows["history"], history.path(model))
