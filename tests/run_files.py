"""What the stages before leave of a run, for tests of those that come after."""

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from fracture.artifacts import predictions, systems, trained
from fracture.artifacts.systems import Step, System
from fracture.artifacts.trained import TargetRow, Trained
from fracture.systems import formula
from fracture.systems.formula import Leaf, Linear, Node
from fracture.targets import FRACTURE, Target

ROW = TargetRow.of(FRACTURE)


def make_trained(seeds: tuple[int, ...] = (0,)) -> Trained:
    """Return what training leaves of a model that predicts fractures."""
    return Trained(targets=[ROW], where={}, per="", kinds=[""], seeds=list(seeds), without={})


def leave_predictions(model: str, table: pd.DataFrame) -> None:
    """Leave the predictions of a model, as `predict` does."""
    predictions.write(table, predictions.path(model))
    seeds = tuple(int(seed) for seed in table["seed"].unique())
    trained.write(make_trained(seeds), predictions.folder(model))


def make_system(name: str, *, seed: int = 0, target: Target = FRACTURE) -> System:
    """Return what `compose` says of a model."""
    return System(
        name=name,
        kind="model",
        target=TargetRow.of(target),
        where={},
        made_of="a backbone on plain radiographs",
        seeds=[seed],
        parts=[],
        weights={},
        steps=[],
        ranked=True,
        formula=Leaf(network=f"{name}/seed{seed}", target=target.name),
    )


def make_mean(name: str, members: Sequence[str], *, seeds: Sequence[int] = (0,)) -> System:
    """Return what `compose` says of a mean of models, whose members validation selected.

    Args:
        name: Of the mean.
        members: Models in the order in which they joined, some perhaps twice.
        seeds: Of their trainings.
    """
    weights = {each: count / len(members) for each, count in Counter(members).items()}
    nodes: list[Node] = [
        formula.mean([make_system(each, seed=seed).formula for seed in seeds]) for each in weights
    ]
    what = f"selected among {len(weights)} systems on validation"
    listed = ", ".join(f"{each} ({weight:.3f})" for each, weight in weights.items())
    return make_system(name).model_copy(
        update={
            "kind": "mean",
            "made_of": f"mean logit of {listed}, {what}",
            "seeds": [*seeds],
            "parts": sorted(weights),
            "weights": weights,
            "steps": [
                Step(system=each, log_loss=round(0.5 - n / 8, 6)) for n, each in enumerate(members)
            ],
            "formula": Linear(parts=nodes, weights=[*weights.values()], intercept=[0]),
        }
    )


def leave_systems(
    tables: Mapping[str, pd.DataFrame], means: Sequence[System] = (), target: Target = FRACTURE
) -> None:
    """Leave the predictions of systems of one target, as `compose` does.

    Args:
        tables: Predictions by name of the system.
        means: Those that are no model.
        target: Of the models.
    """
    for name, table in tables.items():
        predictions.write(table, systems.path(name))
    composed = {each.name: each for each in means}
    models = {name: make_system(name, target=target) for name in tables}
    made = [*(models | composed).values()]
    systems.write(made, systems.FOLDER)
