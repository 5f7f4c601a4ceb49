"""All systems of a run: what each is and predicts, and its predictions, one CSV each."""

from pathlib import Path
from typing import Literal

import pandas as pd

from fracture.artifacts import predictions
from fracture.artifacts.row import Count, Row, read_rows, write_rows
from fracture.artifacts.trained import Footprint, TargetRow
from fracture.console import PipelineError
from fracture.params.parts import TRUTH
from fracture.systems.formula import Node, leaves_of

FOLDER = Path("data/systems")
FILE = "systems.json"

OPTIMISM = (
    "Where validation chose members or weights, an ensemble's scores on validation are a little "
    "too good; test chose nothing."
)
"""What must be said wherever an ensemble is held against models by validation."""


class Step(Row):
    """A member that joins.

    Attributes:
        system: Its name.
        log_loss: On validation, of this member and all before it together, after temperature
            scaling.
    """

    system: str
    log_loss: float


class System(Row):
    """What is scored, compared and served.

    Attributes:
        name: A model by its own name, `<model>.<target>` for its further targets, or a key of
            `systems` in params.yaml.
        kind: What it is.
        target: What it predicts.
        where: A column and its value: it knows these radiographs alone; else empty.
        made_of: In words.
        seeds: Of the trainings of its networks.
        parts: Names of what it is made of, a model with `per` under its own; of a model none.
        weights: Of the members of a mean, by name; none where each class has weights of its own.
        steps: Of forward selection: who joined, also those after the last member, in vain.
        ranked: Whether it takes part in the ranking: not where it is told what nobody knows.
        formula: How its probabilities follow from those of its networks; of a model that of the
            first training seed, which is served.
        footprint: Of all networks of its formula: each of them looks at each radiograph, also in a
            hard route; None where one is not known.
    """

    name: str
    kind: Literal["model", "mean", "route"]
    target: TargetRow
    where: dict[str, str]
    made_of: str
    seeds: list[Count]
    parts: list[str]
    weights: dict[str, float]
    steps: list[Step]
    ranked: bool
    formula: Node
    footprint: Footprint | None = None

    def __str__(self) -> str:
        """Say what it is made of."""
        return self.made_of

    @property
    def members(self) -> list[str]:
        """Names of what it is made of, without what validation did not choose."""
        return list(self.weights) or self.parts

    @property
    def models(self) -> list[str]:
        """Keys of `models` whose networks its formula holds."""
        names = (leaf.network.partition("/")[0] for leaf in leaves_of(self.formula))
        return list(dict.fromkeys(name for name in names if name != TRUTH))

    @property
    def label(self) -> str:
        """What it is, where there is little room."""
        return f"mean of {len(self.members)}" if self.kind == "mean" else self.kind


def path(name: str, folder: Path = FOLDER) -> Path:
    """Return the path of a system's predictions."""
    return folder / f"{name}.csv"


def write(systems: list[System], folder: Path) -> None:
    """Write what the systems are, models first, members before what they make."""
    write_rows("systems", systems, folder / FILE)


def read() -> dict[str, System]:
    """Read the systems of the run by name.

    Raises:
        PipelineError: They were not composed, or by another version of the pipeline.
    """
    return {each.name: each for each in read_rows("systems", System, FOLDER / FILE, "compose")}


def compositions() -> dict[str, System]:
    """Read those systems of the run that are no model, by name.

    Raises:
        PipelineError: As for `read`.
    """
    return {name: system for name, system in read().items() if system.kind != "model"}


def read_predictions(name: str) -> pd.DataFrame:
    """Read the predictions of a system.

    Raises:
        PipelineError: There are none.
    """
    source = path(name)
    if not source.is_file():
        raise PipelineError(
            f"{source} not found, the predictions of {name}: run `dvc repro compose`"
        )
    return predictions.read(source)
