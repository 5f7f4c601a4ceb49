"""The labels and probabilities of one part of the split, checked before anything is scored."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from stages.console import PipelineError


@dataclass(frozen=True)
class Sample:
    """Predictions that can be scored: both classes are there.

    Attributes:
        labels: int, (n,), 1 for fractured, else 0.
        probabilities: float, (n,), of a fracture, 0 to 1.
        groups: str, (n,), equal for radiographs that depend on each other.
    """

    labels: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]
    groups: npt.NDArray[np.object_]


def take(table: pd.DataFrame, part: Literal["validation", "test"]) -> Sample:
    """Take one part out of a table of predictions.

    Args:
        table: The columns of stages/artifacts/predictions.py.
        part: Which rows to take.

    Raises:
        PipelineError: A probability is not a number from 0 to 1, or a class is absent.
    """
    rows = table[table["part"] == part]
    wrong = rows[~rows["probability"].between(0, 1)]
    if len(wrong):
        first = wrong.iloc[0]
        raise PipelineError(
            f"{len(wrong)} of {len(rows)} {part} predictions are not a probability from 0 to 1, "
            f"first {first['probability']} for {first['id']}: train the model again, with a lower "
            "learning_rate if its loss was not a number"
        )
    positives = int(rows["fractured"].sum())
    if positives in (0, len(rows)):
        raise PipelineError(
            f"{positives} of {len(rows)} {part} radiographs are fractured, expected some of both "
            f"classes: raise split.{part} in params.yaml or use a larger data set"
        )
    return Sample(
        rows["fractured"].to_numpy(np.int64),
        rows["probability"].to_numpy(np.float64),
        rows["group"].to_numpy(object),
    )
