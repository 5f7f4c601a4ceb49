"""Labels and probabilities, checked before anything is scored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.console import PipelineError
from fracture.targets import CLASSES, LABEL, PROBABILITY


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
            f"same: run `dvc repro compose`"
        )
    return tables


def select_part(
    table: pd.DataFrame, part: Literal["validation", "test"], classes: Sequence[str] = CLASSES
) -> Sample:
    """Take one part out of a table of predictions.

    Args:
        table: The columns of fracture/artifacts/predictions.py, of one seed.
        part: Which rows to take.
        classes: What the labels are called.

    Raises:
        PipelineError: A probability is not a number from 0 to 1, or fewer than two classes are
            there.
    """
    rows = table[table["part"] == part]
    found = sample(rows)
    probabilities = rows[probability_columns(rows)].to_numpy(np.float64)
    wrong = np.argwhere(~((probabilities >= 0) & (probabilities <= 1)))
    if len(wrong):
        row, column = wrong[0]
        raise PipelineError(
            f"{len(set(wrong[:, 0]))} of {len(rows)} {part} predictions are not a probability "
            f"from 0 to 1, first {probabilities[row, column]} for {rows['id'].iloc[row]}: train "
            "the model again, with a lower learning_rate if its loss was not a number"
        )
    counts = np.bincount(found.labels, minlength=len(classes))
    if (counts > 0).sum() < 2:  # noqa: PLR2004 - the least that can be told apart
        listed = ", ".join(f"{n} {name}" for name, n in zip(classes, counts, strict=True))
        raise PipelineError(
            f"the {part} radiographs are {listed}, expected some of two classes or more: raise "
            f"split.{part} in params.yaml or use a larger data set"
        )
    return found


def sample(rows: pd.DataFrame) -> Sample:
    """Return rows of predictions as a sample, in their order."""
    columns = probability_columns(rows)
    probabilities = rows[columns].to_numpy(np.float64)
    return Sample(
        rows[LABEL].to_numpy(np.int64),
        probabilities[:, 0] if columns == [PROBABILITY] else probabilities,
        rows["group"].to_numpy(object),
    )


def probability_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns of a table of predictions that hold probabilities, in order."""
    return [str(column) for column in table if str(column).startswith(PROBABILITY)]


def by_study(table: pd.DataFrame) -> pd.DataFrame | None:
    """Return one row for each study: mean probabilities, fractured if any radiograph is.

    That is how MURA is scored (Rajpurkar et al., arXiv:1712.06957, 2018). Of more than two classes,
    all radiographs of a study must be of the same.

    Args:
        table: The columns of fracture/artifacts/predictions.py, of one seed.

    Returns:
        The same columns, the first radiograph standing for its study in the others; None where a
        radiograph names no study, no study holds two, or one holds several of more than two
        classes.
    """
    keys = ["part", "study"]
    if (table["study"] == "").any() or not table.duplicated(keys).any():
        return None
    probabilities = probability_columns(table)
    several = table[[*keys, LABEL]].drop_duplicates().duplicated(keys).any()
    if probabilities != [PROBABILITY] and several:
        return None
    rules = {column: "first" for column in table.columns if column not in keys}
    rules |= dict.fromkeys(probabilities, "mean")
    studies = table.groupby(keys, sort=False, as_index=False)
    return studies.agg(rules | {LABEL: "max"})[table.columns]
