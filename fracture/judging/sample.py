"""Labels and probabilities, checked before anything is scored."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.console import PipelineError
from fracture.targets import LABEL, PROBABILITY


@dataclass(frozen=True)
class Sample:
    """Predictions to score.

    Attributes:
        labels: int64, (n,), the position of each radiograph's class.
        probabilities: float64, 0 to 1: of two classes (n,), that of the second; of more (n, k),
            one of each.
        groups: str, (n,), equal for radiographs that depend on each other.
    """

    labels: npt.NDArray[np.int64]
    probabilities: npt.NDArray[np.float64]
    groups: npt.NDArray[np.object_]

    @property
    def binary(self) -> bool:
        """Whether there are two classes."""
        return self.probabilities.ndim == 1

    @property
    def predicted(self) -> npt.NDArray[np.intp]:
        """The class of highest probability of several, the first of equal ones, (n,)."""
        return self.probabilities.argmax(axis=1)

    @property
    def has_both_classes(self) -> bool:
        """Whether there are fractured radiographs and others."""
        return 0 < self.labels.sum() < len(self.labels)


IDENTITY = ["part", "id", LABEL, "group"]
"""Columns of predictions that say of which radiographs they are."""


def by_seed(model: str, predictions: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the predictions of the network of each training seed, in order.

    Args:
        model: Whose they are.
        predictions: The columns of fracture/artifacts/predictions.py.

    Raises:
        PipelineError: Two networks were not run on the same radiographs.
    """
    tables = {str(seed): rows for seed, rows in predictions.groupby("seed", sort=False)}
    identities = [
        rows[IDENTITY].sort_values(IDENTITY, ignore_index=True) for rows in tables.values()
    ]
    if not all(each.equals(identities[0]) for each in identities[1:]):
        raise PipelineError(
            f"the training seeds of {model} were scored on different radiographs, expected the "
            f"same: run `dvc repro predict@{model}`"
        )
    return tables


def select_part(table: pd.DataFrame, part: Literal["validation", "test"]) -> Sample:
    """Take one part out of a table of predictions.

    Args:
        table: The columns of fracture/artifacts/predictions.py, of one seed.
        part: Which rows to take.

    Raises:
        PipelineError: A probability is not a number from 0 to 1, or a class is absent.
    """
    rows = table[table["part"] == part]
    wrong = rows[~rows[PROBABILITY].between(0, 1)]
    if len(wrong):
        first = wrong.iloc[0]
        raise PipelineError(
            f"{len(wrong)} of {len(rows)} {part} predictions are not a probability from 0 to 1, "
            f"first {first['probability']} for {first['id']}: train the model again, with a lower "
            "learning_rate if its loss was not a number"
        )
    positives = int(rows[LABEL].sum())
    if positives in (0, len(rows)):
        raise PipelineError(
            f"{positives} of {len(rows)} {part} radiographs are fractured, expected some of both "
            f"classes: raise split.{part} in params.yaml or use a larger data set"
        )
    return sample(rows)


def sample(rows: pd.DataFrame) -> Sample:
    """Return rows of predictions as a sample, in their order."""
    return Sample(
        rows[LABEL].to_numpy(np.int64),
        rows[PROBABILITY].to_numpy(np.float64),
        rows["group"].to_numpy(object),
    )


def by_study(table: pd.DataFrame) -> pd.DataFrame | None:
    """Return one row for each study: the mean probability, fractured if any radiograph is.

    That is how MURA is scored (Rajpurkar et al., arXiv:1712.06957, 2018).

    Args:
        table: The columns of fracture/artifacts/predictions.py, of one seed.

    Returns:
        The same columns, the first radiograph standing for its study in the others; None where a
        radiograph names no study, or no study holds two.
    """
    keys = ["part", "patient", "study"]
    if (table["study"] == "").any() or not table.duplicated(keys).any():
        return None
    rules = {column: "first" for column in table.columns if column not in keys}
    studies = table.groupby(keys, sort=False, as_index=False)
    return studies.agg(rules | {PROBABILITY: "mean", LABEL: "max"})[table.columns]
