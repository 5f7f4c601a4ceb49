"""Targets: what is predicted, its classes, the columns of its label and probabilities."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.console import PipelineError
from fracture.params.targets import TargetSection

FRACTURED = "fractured"
"""The column of a table, and the attribute of a radiograph, that say 0 or 1: whether the data set
calls it fractured."""

LABEL = "label"
"""The column of predictions that holds the position of the class, -1 for none of the classes."""

PROBABILITY = "probability"
"""The column of predictions of a target with two classes: the probability of the second."""

CLASSES = ("not fractured", "fractured")
"""What 0 and 1 of `FRACTURED` are called where people read them."""

KEYS = ("not_fractured", "fractured")
"""What they are called in files, such as data/left_out.csv."""

BINARY = 2
"""Classes of a target whose network has one output, the probability of the second."""


@dataclass(frozen=True)
class Target:
    """What a network predicts.

    Attributes:
        name: A key of `targets` in params.yaml.
        column: Of the radiographs, which holds the class.
        classes: Two or more; the label of a radiograph is the position of its class.
    """

    name: str
    column: str
    classes: tuple[str, ...]

    @property
    def binary(self) -> bool:
        """Whether there are two classes: then the probability is that of the second."""
        return len(self.classes) == BINARY

    @property
    def outputs(self) -> int:
        """How many probabilities a network gives for each radiograph."""
        return 1 if self.binary else len(self.classes)

    @property
    def columns(self) -> list[str]:
        """Names of the probabilities in a table of predictions."""
        if self.binary:
            return [PROBABILITY]
        return [f"{PROBABILITY}_{name}" for name in self.classes]

    def labels(self, table: pd.DataFrame) -> npt.NDArray[np.int64]:
        """Return the label of each radiograph, int64 (n,); -1 where it is in none of the classes.

        Args:
            table: A row for each radiograph, as arrays and manifest hold them.
        """
        places = {name: place for place, name in enumerate(self.classes)}
        return np.array([places.get(text, -1) for text in texts(table, self.column)], np.int64)


FRACTURE = Target("fractured", FRACTURED, CLASSES)
"""The target that every data set has."""


def texts(table: pd.DataFrame, column: str) -> list[str]:
    """Return what a column says of each radiograph, as text; empty where it says nothing.

    Args:
        table: A row for each radiograph: the attributes of a radiograph as columns, `labels` as
            JSON of pairs.
        column: One of these attributes, or a name within `labels`.
    """
    if column == FRACTURED:
        return [CLASSES[int(value)] for value in table[FRACTURED]]
    if column in table:
        return [str(value) for value in table[column]]
    return [str(dict(json.loads(pairs)).get(column, "")) for pairs in table["labels"]]


def find(name: str, section: TargetSection, training: pd.DataFrame) -> Target:
    """Return a target with the classes that the training radiographs have.

    Args:
        name: A key of `targets` in params.yaml.
        section: Its entry.
        training: The radiographs to learn from, one row each.

    Raises:
        PipelineError: There are fewer than two classes.
    """
    if section.column == FRACTURED:
        return Target(name, FRACTURED, CLASSES)
    counts = pd.Series(texts(training, section.column), dtype=object).value_counts()
    kept = [
        text
        for text, count in counts.items()
        if text and text not in section.ignored and count >= section.least
    ]
    if len(kept) < BINARY:
        found = ", ".join(f"{text or 'nothing'}: {count}" for text, count in counts.items())
        raise PipelineError(
            f"targets.{name}: the training radiographs have {len(kept)} classes in the column "
            f"{section.column} ({found or 'no radiographs'}), expected two or more of "
            f"{section.least} radiographs: name another column or lower targets.{name}.least"
        )
    return Target(name, section.column, tuple(sorted(map(str, kept))))


def require_both_classes(labels: Iterable[int], where: str, remedy: str) -> None:
    """Require that there are radiographs of both classes.

    Args:
        labels: 0 or 1, of each radiograph.
        where: What holds them; begins the message.
        remedy: What to do about it; ends the message.

    Raises:
        PipelineError: A class has no radiograph.
    """
    found = set(labels)
    if missing := [name for label, name in enumerate(CLASSES) if label not in found]:
        raise PipelineError(
            f"{where} holds no radiograph that is {' or '.join(missing)}, expected both classes: "
            f"{remedy}"
        )
