"""Predictions of models: all that scoring needs, a CSV for each target of each model."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts.asked import PICTURES, PREDICTIONS
from fracture.artifacts.atomic import replacing
from fracture.artifacts.reading import read_table, reading
from fracture.console import PipelineError
from fracture.targets import FRACTURED, LABEL, PROBABILITY

COLUMNS = [
    "seed", "trained_on", "id", "part", "dataset", "body_part", "view", "age", "sex", "flags",
    "width", "height", "patient", "study", "group", LABEL,
]  # fmt: skip
"""Beside them stand the probabilities; see `Target.columns`."""

NUMBERS = {"seed": int, "width": int, "height": int, LABEL: int}


def folder(model: str) -> Path:
    """Return the folder of a model's predictions."""
    return PREDICTIONS / model


def plots(model: str) -> Path:
    """Return the folder of the pictures that are drawn of a model as it predicts."""
    return PICTURES / model


def path(model: str, target: str = FRACTURED) -> Path:
    """Return the path of a model's predictions of one of its targets."""
    return folder(model) / f"{target}.csv"


def read_model(model: str, target: str) -> pd.DataFrame:
    """Read a model's predictions of one of its targets, as `read` does.

    Raises:
        PipelineError: There are none.
    """
    source = path(model, target)
    if not source.is_file():
        raise PipelineError(
            f"{source} not found, the predictions of {model}: run `dvc repro predict@{model}`"
        )
    return read(source)


def write(table: pd.DataFrame, to: Path) -> None:
    """Write predictions; nine digits give every float32 back.

    Args:
        table: A row for each radiograph and network, with the columns of `COLUMNS` and, after them,
            the probabilities, 0 to 1. `seed` is 0 for a composition, which is of all seeds
            together; `trained_on` is empty unless the model has a network for each value of a
            column; `part` is `validation` or `test`; `label` is the position of the class, -1 for
            none.
        to: The CSV file.
    """
    probabilities = [name for name in table if str(name).startswith(PROBABILITY)]
    with replacing(to) as beside:
        table[[*COLUMNS, *probabilities]].to_csv(
            beside, index=False, lineterminator="\n", float_format="%.9g"
        )


def recorded(probabilities: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return probabilities as `read` gives them back after `write`, float64 in the same shape.

    A threshold is one of the probabilities that were read: beside it no other digits may stand.
    """
    flat = [float(f"{probability:.9g}") for probability in probabilities.ravel()]
    return np.array(flat, np.float64).reshape(probabilities.shape)


def read(source: Path) -> pd.DataFrame:
    """Read what `write` wrote, in the same order; texts are never missing values.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    name = source.parent.name
    stage = f"predict@{name}" if source.parent == folder(name) else "compose"
    with reading(source, stage):
        header = [str(name) for name in pd.read_csv(source, nrows=0)]
    probabilities = [name for name in header if name.startswith(PROBABILITY)]
    kinds: dict[str, type] = {**NUMBERS, **dict.fromkeys(probabilities, float)}
    missing = {column: [""] for column in probabilities}
    return read_table(source, stage, [*COLUMNS, *probabilities], kinds, na_values=missing)
