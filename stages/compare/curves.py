"""The curves of all models in one table each, which `dvc plots` overlays."""

import pandas as pd

from stages.artifacts import scores

CURVES = ("roc", "precision_recall", "calibration", "history")
"""Names of the tables in each model's folder of figures."""


def overlay(models: list[str], curve: str) -> pd.DataFrame:
    """Return the rows of all models, `model` in front, in the order given.

    Args:
        models: Keys of `models` in params.yaml.
        curve: One of `CURVES`; of a history only the first training seed.
    """
    tables = []
    for model in models:
        table = pd.read_csv(scores.plots(model) / f"{curve}.csv")
        if curve == "history":
            table = table[table["seed"] == table["seed"].iloc[0]]
        table.insert(0, "model", model)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)
