"""The history of a model's trainings: one row an epoch, as CSV that `dvc plots` reads."""

from pathlib import Path

import pandas as pd

from fracture.artifacts.atomic import replacing
from fracture.artifacts.network import folder
from fracture.artifacts.reading import read_table

COLUMNS = [
    "seed", "trained_on", "epoch", "phase", "loss", "auc", "validation_loss",
    "validation_auc", "learning_rate",
]  # fmt: skip
NUMBERS = {"seed": int, "epoch": int} | dict.fromkeys(
    ["loss", "auc", "validation_loss", "validation_auc", "learning_rate"], float
)


def path(model: str) -> Path:
    """Return where the history of a model's trainings stands."""
    return folder(model) / "history.csv"


def write(table: pd.DataFrame, to: Path) -> None:
    """Write the history of a model's trainings, the columns of `COLUMNS`.

    Args:
        table: A row for each epoch, one training after the other, each with its `seed`, and with
            what it was `trained_on` where the model is one of several networks. `epoch` counts
            from 1 over both phases; `phase` is `frozen` or `finetune`.
        to: The CSV file.
    """
    with replacing(to) as beside:
        table[COLUMNS].to_csv(beside, index=False, lineterminator="\n", float_format="%.6g")


def read(source: Path) -> pd.DataFrame:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    missing = {column: [""] for column in NUMBERS}
    return read_table(source, f"train@{source.parent.name}", COLUMNS, NUMBERS, na_values=missing)
