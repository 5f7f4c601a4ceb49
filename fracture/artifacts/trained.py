"""What training leaves of a model beside its networks: what they predict, what they learnt from."""

from collections.abc import Iterable
from pathlib import Path

from pydantic import Field

from fracture.artifacts import network, predictions
from fracture.artifacts.row import Count, Row, read_row, write_row
from fracture.targets import Target

FILE = "trained.json"


class TargetRow(Row):
    """A target; see fracture/targets. What a network gives for it are its next `outputs`."""

    name: str
    column: str
    classes: list[str]

    @property
    def target(self) -> Target:
        """The same as the rest of the code knows it."""
        return Target(self.name, self.column, tuple(self.classes))

    @classmethod
    def of(cls, target: Target) -> "TargetRow":
        """Return the row of a target."""
        return cls(name=target.name, column=target.column, classes=list(target.classes))


class Footprint(Row):
    """What networks are made of and how much they were trained: facts, the same on any machine.

    Attributes:
        networks: How many.
        parameters: Their weights and biases.
        trained: Those of them that the training could change.
        multiply_adds: Of one look of each network at one radiograph: those of convolutions, dense
            layers and attention.
        bytes: Of their files.
        epochs: Of their trainings, all phases together.
        radiographs: Seen in these epochs; a frozen epoch sees their features.
    """

    networks: Count
    parameters: Count
    trained: Count
    multiply_adds: Count
    bytes: Count
    epochs: Count
    radiographs: Count

    @classmethod
    def total(cls, footprints: Iterable["Footprint"]) -> "Footprint":
        """Return the sum of footprints, at least one."""
        rows = [each.model_dump() for each in footprints]
        return cls(**{key: sum(row[key] for row in rows) for key in rows[0]})


class Trained(Row):
    """The networks of a model.

    Attributes:
        targets: What each of them predicts, the model's own target first.
        where: A column and its value: they know these radiographs alone.
        per: The column of which each value has a network of its own.
        kinds: Values of that column, in order; where the model is not `per` one that is empty.
        seeds: Of the trainings; there is a network for each of `kinds` and each seed.
        without: Values that have no network, and why.
        footprints: Of each network, by the name of its folder; none before the training.
    """

    targets: list[TargetRow]
    where: dict[str, str]
    per: str
    kinds: list[str]
    seeds: list[Count]
    without: dict[str, str]
    footprints: dict[str, Footprint] = Field(default_factory=dict)

    @property
    def networks(self) -> list[tuple[str, int]]:
        """Value and seed of each network, the one that is explained first."""
        return [(value, seed) for value in self.kinds for seed in self.seeds]


def write(trained: Trained, folder: Path) -> None:
    """Write it into the folder of a model's networks."""
    write_row(trained, folder / FILE)


def read(model: str) -> Trained:
    """Read what `write` wrote of a model.

    Raises:
        PipelineError: It was not trained in this run, or by another version of the pipeline.
    """
    return read_row(Trained, network.folder(model) / FILE, f"train@{model}")


def read_predicted(model: str) -> Trained:
    """Read the copy that stands beside the predictions of a model.

    Raises:
        PipelineError: It did not predict in this run.
    """
    return read_row(Trained, predictions.folder(model) / FILE, f"predict@{model}")
