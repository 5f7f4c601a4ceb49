"""The curves of all models in one table each, which `dvc plots` overlays."""

import pandas as pd

from fracture.artifacts import scores

CURVES = ("roc", "precision_recall", "calibration")
"""Names of the tables in the folder of figures of each model and each ensemble."""
HISTORY = "history"
"""A further one of what was trained, hence of no ensemble."""


def overlay(models: list[str], curve: str) -> pd.DataFrame:
    """Return the rows of all models, `model` in front, in the order given.

    Args:
        models: Names of models; ensembles too, unless the curve is that of a training.
        curve: One of `CURVES`, or `HISTORY`: of that only the first training seed.
    """
    tables = []
    for model in models:
        table = pd.read_csv(scores.plots(model) / f"{curve}.csv")
        if curve == HISTORY:
            table = table[table["seed"] == table["seed"].iloc[0]]
        table.insert(0, "model", model)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
