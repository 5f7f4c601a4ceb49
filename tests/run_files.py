"""What the stages before leave of a run, for tests of those that come after."""

from collections.abc import Mapping

import pandas as pd

from fracture.artifacts import predictions, systems, trained
from fracture.artifacts.systems import System
from fracture.artifacts.trained import TargetRow, Trained
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


def make_system(name: str, *, mean: bool = False, target: Target = FRACTURE) -> System:
    """Return what `compose` says of a system."""
    return System(
        name=name,
        kind="mean" if mean else "model",
        target=TargetRow.of(target),
        where={},
        made_of=name,
        ranked=True,
    )


def leave_systems(
    tables: Mapping[str, pd.DataFrame], means: tuple[str, ...] = (), target: Target = FRACTURE
) -> None:
    """Leave the predictions of systems of one target, as `compose` does."""
    for name, table in tables.items():
        predictions.write(table, systems.path(name))
    made = [make_system(name, mean=name in means, target=target) for name in tables]
    systems.write(made, systems.FOLDER)
