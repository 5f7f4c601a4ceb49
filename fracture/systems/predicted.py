"""What all networks of a run say of the same radiographs, and tables of what systems make of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.artifacts import network
from fracture.artifacts.predictions import COLUMNS
from fracture.artifacts.systems import System
from fracture.artifacts.trained import Trained
from fracture.console import PipelineError
from fracture.judging.logits import Probabilities
from fracture.judging.sample import Sample
from fracture.systems.formula import TRUTH, Leaf, Node, evaluate, mean
from fracture.targets import LABEL, Target

RADIOGRAPH = [column for column in COLUMNS if column not in ("seed", "trained_on", LABEL)]
"""Columns of predictions that are of the radiograph alone."""
ALL_SEEDS = 0
"""Stands for all training seeds in the predictions of a composition."""

Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Predicted:
    """What all networks of a run say of n radiographs.

    Attributes:
        models: What training left of each model.
        radiographs: The columns of `RADIOGRAPH`, sorted by part and id.
        labels: By target, int64 (n,), -1 for radiographs of none of its classes.
        leaves: Probabilities by network and target, as fracture/systems/formula.py takes them.
    """

    models: Mapping[str, Trained]
    radiographs: pd.DataFrame
    labels: Mapping[Target, Labels]
    leaves: Mapping[Leaf, Probabilities]

    @property
    def seeds(self) -> list[int]:
        """Of the trainings of every model."""
        return next(iter(self.models.values())).seeds

    def networks(self, model: str, target: str, kind: str = "") -> dict[int, Node]:
        """Return networks of a model by training seed.

        Args:
            model: A key of `models`.
            target: What is asked of them.
            kind: What they were trained on, see `Trained`.
        """
        return {
            seed: Leaf(network=network.name_of(model, seed, kind), target=target)
            for seed in self.models[model].seeds
        }

    def part(self, system: System) -> Node:
        """Return the formula of a system within others: of a model that of all its seeds."""
        if system.kind != "model":
            return system.formula
        networks = self.networks(system.name.partition(".")[0], system.target.name)
        return mean(list(networks.values()))

    def validation(self, system: System, node: Node) -> Sample:
        """Return what a formula says of the validation radiographs of a system.

        Args:
            system: Whose radiographs they are.
            node: The formula.

        Raises:
            PipelineError: They are of fewer than two classes.
        """
        target = system.target.target
        inside = self._inside(target, system.where)
        rows = inside & (self.radiographs["part"] == "validation").to_numpy()
        labels = self.labels[target][rows]
        if len(set(labels)) < 2:  # noqa: PLR2004
            found = " and ".join(target.classes[label] for label in set(labels)) or "of no class"
            raise PipelineError(
                f"all {len(labels)} validation radiographs of {system.name} are {found}, expected "
                "several classes to choose on: raise split.validation in params.yaml, or use a "
                "larger data set"
            )
        groups = self.radiographs["group"].to_numpy(object)
        return Sample(labels, evaluate(node, self.leaves)[rows], groups[rows])

    def table(self, system: System) -> pd.DataFrame:
        """Return the predictions of a system: of a model those of each training seed.

        They are as fracture/artifacts/predictions.py holds them, of those radiographs alone that
        the system knows and that have a class.
        """
        nodes: dict[int, Node] = {ALL_SEEDS: system.formula}
        if system.kind == "model":
            nodes = self.networks(system.name.partition(".")[0], system.target.name)
        target = system.target.target
        labelled = self.radiographs.assign(trained_on="", label=self.labels[target])
        tables = []
        for seed, node in nodes.items():
            columns = np.atleast_2d(evaluate(node, self.leaves).T)
            given = dict(zip(target.columns, columns, strict=True))
            tables.append(labelled.assign(seed=seed, **given)[self._inside(target, system.where)])
        return pd.concat(tables, ignore_index=True)

    def _inside(self, target: Target, where: Mapping[str, str]) -> npt.NDArray[np.bool_]:
        """Return which radiographs have a class and a value in a column, bool (n,)."""
        inside = self.labels[target] >= 0
        for column, value in where.items():
            inside = inside & (self.radiographs[column] == value).to_numpy()
        return inside


def side_by_side(
    models: Mapping[str, Trained], tables: Mapping[tuple[str, str], pd.DataFrame]
) -> Predicted:
    """Put the predictions of models side by side.

    Args:
        models: What training left of each, one or more.
        tables: Predictions of each model and target, by the names of both.

    Raises:
        PipelineError: Two networks were not run on the same radiographs, or what one said is no
            probability.
    """
    first = next(iter(models))
    table = tables[first, models[first].targets[0].name]
    radiographs = _of_network(table, *models[first].networks[0])[RADIOGRAPH]
    labels: dict[Target, Labels] = {}
    leaves: dict[Leaf, Probabilities] = {}
    for model, trained in models.items():
        for row in trained.targets:
            target = row.target
            for kind, seed in trained.networks:
                rows = _of_network(tables[model, target.name], kind, seed)
                labels.setdefault(target, rows[LABEL].to_numpy(np.int64))
                _require_same(
                    radiographs.assign(label=labels[target]), rows, f"{first} and {model}"
                )
                name = network.name_of(model, seed, kind)
                _require_probabilities(rows, target, name)
                leaf = Leaf(network=name, target=target.name)
                given = rows[target.columns].to_numpy(np.float64)
                leaves[leaf] = given[:, 0] if target.binary else given
    for column in ("body_part", "view"):
        leaves[truth(column)] = pd.get_dummies(radiographs[column], dtype=float).to_numpy()
    return Predicted(models, radiographs, labels, leaves)


def truth(column: str) -> Leaf:
    """Return the leaf that knows the value of a column; its classes are all values, sorted."""
    return Leaf(network=TRUTH, target=column)


def _of_network(table: pd.DataFrame, kind: str, seed: int) -> pd.DataFrame:
    rows = table[(table["seed"] == seed) & (table["trained_on"] == kind)]
    return rows.sort_values(["part", "id"], ignore_index=True)


def _require_same(expected: pd.DataFrame, rows: pd.DataFrame, both: str) -> None:
    merged = expected.merge(rows[expected.columns], how="outer", indicator=True)
    differing = merged.loc[merged["_merge"] != "both", "id"].unique()
    if len(differing):
        raise PipelineError(
            f"{both} were predicted on different radiographs: {len(differing)} differ in id, label "
            f"or group, first {differing[0]}; run `dvc repro`, which predicts again what is out of "
            "date"
        )


def _require_probabilities(rows: pd.DataFrame, target: Target, name: str) -> None:
    wrong = rows[~rows[target.columns].apply(lambda given: given.between(0, 1)).all(axis=1)]
    if len(wrong):
        first = wrong.iloc[0]
        raise PipelineError(
            f"{len(wrong)} of {len(rows)} predictions of {name} are not a probability from 0 to 1, "
            f"first {first[target.columns[0]]} for {first['id']}: train the model again, with a "
            "lower learning_rate if its loss was not a number"
        )
