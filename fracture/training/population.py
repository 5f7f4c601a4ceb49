"""Who a model learns from: radiographs with a class, of one kind, or of each of several kinds."""

from collections.abc import Mapping, Sequence

import pandas as pd

from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.trained import TargetRow, Trained
from fracture.console import PipelineError
from fracture.params.targets import TargetSection
from fracture.params.train import Model
from fracture.targets import Target, find

LEAST_VALIDATION = 1
"""Radiographs of each class without which a network's validation loss says nothing."""


def plan(
    model: Model, sections: Mapping[str, TargetSection], table: pd.DataFrame, seeds: Sequence[int]
) -> Trained:
    """Return which networks a model has, what they predict, and which kinds have none.

    Args:
        model: Its entry in params.yaml.
        sections: The entries of its targets, its own one first.
        table: All radiographs, as fracture/artifacts/arrays.py holds them.
        seeds: Of the trainings.

    Raises:
        PipelineError: There is too little to learn from.
    """
    for column, value in (model.where or {}).items():
        table = table[table[column] == value]
        if table.empty:
            raise PipelineError(
                f"where: no radiograph has {column} {value}: name a value that the data set has"
            )
    training = table[table["part"] == "train"]
    targets = [find(name, section, training) for name, section in sections.items()]
    kinds, without = [""], {}
    for column, least in (model.per or {}).items():
        found = sorted(set(training[column]))
        without = {
            kind: reason
            for kind in found
            if (reason := too_few(targets[0], table[table[column] == kind], least))
        }
        kinds = [kind for kind in found if kind not in without]
        if not kinds:
            reasons = "; ".join(f"{kind}: {reason}" for kind, reason in without.items())
            raise PipelineError(
                f"per: no {column} has enough radiographs for a network of its own ({reasons}): "
                f"lower per.{column}, or use a larger data set"
            )
    return Trained(
        targets=[TargetRow.of(target) for target in targets],
        where=model.where or {},
        per=next(iter(model.per or {}), ""),
        kinds=kinds,
        seeds=list(seeds),
        without=without,
    )


def too_few(target: Target, table: pd.DataFrame, least: int) -> str:
    """Say why radiographs are too few for a network; an empty text where they are enough.

    Args:
        target: What it would predict.
        table: The radiographs of all parts.
        least: How many of each class it needs for training.
    """
    labels = pd.Series(target.labels(table), index=table.index)
    reasons = []
    for part, needed in (("train", least), ("validation", LEAST_VALIDATION)):
        counts = labels[table["part"] == part].value_counts()
        few = {
            name: int(counts.get(place, 0))
            for place, name in enumerate(target.classes)
            if counts.get(place, 0) < needed
        }
        if few:
            found = ", ".join(f"{count} {name}" for name, count in few.items())
            name = {"train": "training"}.get(part, part)
            reasons.append(f"{found} of the {name} part, {needed} or more are needed")
    return "; ".join(reasons)


def restrict(packed: PackedImages, made: Trained, value: str) -> PackedImages:
    """Return the same radiographs, of which those that a network does not know belong to no part.

    Args:
        packed: Radiographs of all parts.
        made: The model.
        value: What the network is trained on, see `Trained`.
    """
    table = packed.table
    inside = made.targets[0].target.labels(table) >= 0
    kind = dict(made.where) | ({made.per: value} if made.per else {})
    for column, wanted in kind.items():
        inside &= (table[column] == wanted).to_numpy()
    return PackedImages(packed.images, table.assign(part=table["part"].where(inside, "unused")))
