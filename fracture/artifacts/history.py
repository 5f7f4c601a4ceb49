"""The history of a model's trainings: one row an epoch, as CSV that `dvc plots` reads."""

from pathlib import Path

import pandas as pd

from fracture.artifacts.atomic import replacing

COLUMNS = [
    "seed", "epoch", "phase", "loss", "auc", "validation_loss", "validation_auc", "learning_rate",
]  # fmt: skip


def path(model: str) -> Path:
    """Return where the history of a model's trainings stands."""
    return Path("plots/systems") / model / "history.csv"


def write(table: pd.DataFrame, to: Path) -> None:
    """Write the history of a model's trainings, the columns of `COLUMNS`.

    Args:
        table: A row for each epoch, one training after the other, each with its `seed`. `epoch`
            counts from 1 over both phases; `phase` is `frozen` or `finetune`.
        to: The CSV file.
    """
    with replacing(to) as beside:
        table[COLUMNS].to_csv(beside, index=False, lineterminator="\n", float_format="%.6g")


def read(source: Path) -> pd.DataFrame:
    """Read what `write` wrote."""
    return pd.read_csv(source)
