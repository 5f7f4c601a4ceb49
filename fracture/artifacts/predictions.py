"""Predictions: all that scoring needs, one CSV for each system."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts.atomic import replacing
from fracture.console import PipelineError
from fracture.params.systems import System
from fracture.targets import LABEL, PROBABILITY

COLUMNS = [
    "seed", "id", "part", "dataset", "body_part", "view", "flags", "width", "height", "patient",
    "study", "group", LABEL, PROBABILITY,
]  # fmt: skip

COMPOSITIONS = Path("data/compositions")
"""Not among the predictions of models: no stage of DVC may write into a folder that it reads."""


def path(name: str, folder: str = "predictions") -> Path:
    """Return the path of a system's predictions.

    Args:
        name: A key of `models` or `systems` in params.yaml.
        folder: Within `data`; `System.folder` of a system, the default that of a model.
    """
    return Path("data") / folder / f"{name}.csv"


def read_system(system: System) -> pd.DataFrame:
    """Read the predictions of a system, as `read` does.

    Raises:
        PipelineError: There are none.
    """
    source = path(system.name, system.folder)
    if not source.is_file():
        raise PipelineError(
            f"{source} not found, the predictions of {system.name}: run "
            f"`dvc repro {system.predicted_by}`"
        )
    return read(source)


def write(table: pd.DataFrame, to: Path) -> None:
    """Write predictions, the columns of `COLUMNS`; nine digits give every float32 back.

    Args:
        table: A row for each radiograph and training seed. `seed` is 0 for a composition, which is
            of all seeds together; `part` is `validation` or `test`; `fractured` is 0 or 1;
            `probability` is that of a fracture, 0 to 1.
        to: The CSV file.
    """
    with replacing(to) as beside:
        table[COLUMNS].to_csv(beside, index=False, lineterminator="\n", float_format="%.9g")


def recorded(probabilities: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return probabilities as `read` gives them back after `write`, float64 in the same shape.

    A threshold is one of the probabilities that were read: beside it no other digits may stand.
    """
    return np.array([float(f"{probability:.9g}") for probability in probabilities], np.float64)


def read(source: Path) -> pd.DataFrame:
    """Read what `write` wrote, in the same order; texts are never missing values."""
    numbers = {"seed": int, "width": int, "height": int, LABEL: int, PROBABILITY: float}
    return pd.read_csv(
        source,
        dtype={column: numbers.get(column, str) for column in COLUMNS},
        keep_default_na=False,
        na_values={PROBABILITY: [""]},
    )
