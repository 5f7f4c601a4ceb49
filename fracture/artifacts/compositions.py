"""Compositions of models: their members, and how validation chose them, in one JSON."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from fracture.artifacts.row import Count, Row, number, read_row, write_row
from fracture.console import PipelineError

PATH = Path("metrics/compositions.json")

OPTIMISM = (
    "Where validation chose the members, an ensemble's scores on validation are a little too good; "
    "test chose nothing."
)
"""What must be said wherever an ensemble is held against models by validation."""


class Step(Row):
    """A model that joins.

    Attributes:
        model: A key of `models` in params.yaml.
        log_loss: On validation, of this model and all before it together, after temperature
            scaling.
    """

    model: str
    log_loss: float


class Composition(Row):
    """A mean of models: its logit is the mean over all networks of its members.

    Attributes:
        name: A key of `systems` in params.yaml.
        selection: `forward`: validation chose the members; `all`: every candidate is one.
        candidates: Keys of `models`.
        seeds: Of the trainings: a member's networks, one for each.
        members: In the order in which they joined; who joined twice weighs twice as much.
        steps: Of the members, and of what was added after them in vain.
    """

    name: str
    selection: Literal["forward", "all"]
    candidates: list[str]
    seeds: list[Count]
    members: list[str]
    steps: list[Step]

    @property
    def weights(self) -> dict[str, int]:
        """How often each model is a member, in the order in which they joined."""
        return dict(Counter(self.members))

    def __str__(self) -> str:
        """Say whose mean it is, and who chose."""
        total = len(self.members)
        equal = len(self.weights) == total
        whose = ", ".join(
            model if equal else f"{model} ({weight} of {total})"
            for model, weight in self.weights.items()
        )
        several = len(self.seeds) > 1
        seeds = f", each of training seeds {', '.join(map(str, self.seeds))}" if several else ""
        how = (
            f"forward selection among {len(self.candidates)} candidates"
            if self.selection == "forward"
            else "all candidates"
        )
        losses = ", ".join(number(step.log_loss) for step in self.steps[:total])
        return f"mean logit of {whose}{seeds}; {how}, log loss on validation as they join: {losses}"


class Compositions(Row):
    """What the file holds.

    Attributes:
        compositions: In the order of params.yaml; empty where it names none.
    """

    compositions: list[Composition]


def write(compositions: Iterable[Composition], to: Path = PATH) -> None:
    """Write compositions in the order given; an empty list where params.yaml names none."""
    write_row(Compositions(compositions=list(compositions)), to)


def read(names: Iterable[str], source: Path = PATH) -> dict[str, Composition]:
    """Read some compositions from what `write` wrote, in the order of their names.

    Args:
        names: Keys of `systems` in params.yaml.
        source: The JSON file.

    Raises:
        PipelineError: One is not there, or was written by another version of the pipeline.
    """
    known = {each.name: each for each in read_row(Compositions, source, "compose").compositions}
    chosen = {}
    for name in names:
        if name not in known:
            raise PipelineError(
                f"{source} does not hold the composition {name}: run `dvc repro compose`"
            )
        chosen[name] = known[name]
    return chosen
