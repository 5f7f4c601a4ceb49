"""Predictions: all that scoring needs, one CSV for each model and each ensemble of models."""

from pathlib import Path

import pandas as pd

from fracture.artifacts.atomic import replacing

COLUMNS = [
    "seed", "id", "part", "dataset", "body_part", "view", "flags", "width", "height", "patient",
    "study", "group", "fractured", "probability",
]  # fmt: skip

ENSEMBLES = Path("data/ensembles")
"""Not among the predictions of models: no stage of DVC may write into a folder that it reads."""


def path(model: str) -> Path:
    """Return where the predictions of a model stand."""
    return Path("data/predictions") / f"{model}.csv"


def of_ensemble(name: str) -> Path:
    """Return where the predictions of an ensemble of models stand."""
    return ENSEMBLES / f"{name}.csv"


def write(table: pd.DataFrame, to: Path) -> None:
    """Write the columns of `COLUMNS`: `fractured` 0 or 1, `probability` of a fracture, 0 to 1.

    `seed` is that of the training, each radiograph stands there once for each; an ensemble, of all
    seeds together, has 0. `part` is `validation` or `test`. Nine digits give every float32 back.
    """
    with replacing(to) as beside:
        table[COLUMNS].to_csv(beside, index=False, lineterminator="\n", float_format="%.9g")


def read(source: Path) -> pd.DataFrame:
    """Read what `write` wrote, in the same order; texts are never missing values."""
    numbers = {"seed": int, "width": int, "height": int, "fractured": int, "probability": float}
    return pd.read_csv(
        source,
        dtype={column: numbers.get(column, str) for column in COLUMNS},
        keep_default_na=False,
        na_values={"probability": [""]},
    )
