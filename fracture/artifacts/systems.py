"""All systems of a run: what each is and predicts, and its predictions, one CSV each."""

from pathlib import Path
from typing import Literal

import pandas as pd

from fracture.artifacts import predictions
from fracture.artifacts.row import Row, read_row, write_row
from fracture.artifacts.trained import TargetRow
from fracture.console import PipelineError

FOLDER = Path("data/systems")
FILE = "systems.json"


class System(Row):
    """What is scored, compared and served.

    Attributes:
        name: A model by its own name, `<model>.<target>` for its further targets, or a key of
            `systems` in params.yaml.
        kind: What it is.
        target: What it predicts.
        where: A column and its value: it knows these radiographs alone; else empty.
        made_of: In words.
        ranked: Whether it takes part in the ranking: not where it is told what nobody knows.
    """

    name: str
    kind: Literal["model", "mean", "route"]
    target: TargetRow
    where: dict[str, str]
    made_of: str
    ranked: bool


class Systems(Row):
    """What the file holds: the systems of the run, models first."""

    systems: list[System]


def path(name: str, folder: Path = FOLDER) -> Path:
    """Return the path of a system's predictions."""
    return folder / f"{name}.csv"


def write(systems: list[System], folder: Path) -> None:
    """Write what the systems are."""
    write_row(Systems(systems=systems), folder / FILE)


def read() -> dict[str, System]:
    """Read the systems of the run by name.

    Raises:
        PipelineError: They were not composed, or by another version of the pipeline.
    """
    return {each.name: each for each in read_row(Systems, FOLDER / FILE, "compose").systems}


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
