"""The headline system as the pipeline left it: what is registered, and what travels with it."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fracture.artifacts import bundle as bundles
from fracture.artifacts import manifest, predictions, scores, systems
from fracture.artifacts.raw import data_root
from fracture.artifacts.row import read_row
from fracture.artifacts.scores import Scores
from fracture.console import PipelineError
from fracture.params.datasets import chosen_dataset
from fracture.params.section import value_at
from serving.registry.gate import Judged
from serving.registry.model import BUNDLE

PREDICTIONS, SCORES = "predictions.csv", "scores.json"
"""What travels beside the bundle, for the comparison with systems that come later."""
NEEDED = ("seed", "id", "part", "group", "label")
"""Columns of predictions that a paired test needs; what else they hold stays with the pipeline."""


@dataclass(frozen=True)
class Candidate:
    """A system that is to be registered.

    Attributes:
        bundle: Its folder.
        digest: Of the bundle.
        judged: Its scores, and its predictions of the test part.
        files: Where its radiographs lie, by id.
        seed: Of the bootstrap.
    """

    bundle: Path
    digest: str
    judged: Judged
    files: Mapping[str, Path]
    seed: int


def read_candidate(parameters: dict[str, Any]) -> Candidate:
    """Read the headline system: its bundle, scores and predictions.

    Args:
        parameters: params.yaml, as read.

    Raises:
        PipelineError: It was not judged or not sealed, or its bundle is of another training.
    """
    name = value_at(parameters, "model")
    folder, scored = bundles.find(name), scores.read(name)
    sealed, chosen = bundles.read(folder), scored.images
    if (sealed.temperature, sealed.thresholds) != (chosen.temperature, chosen.thresholds):
        raise PipelineError(
            f"{folder} has another temperature or other thresholds than {scores.path(name)}, "
            "expected the same: run `dvc repro bundle`"
        )
    table = systems.read_predictions(name)
    blank = {
        column: 0 if column in predictions.NUMBERS else ""
        for column in predictions.COLUMNS
        if column not in NEEDED
    }
    _, dataset = chosen_dataset(parameters)
    root = data_root(dataset.root)
    return Candidate(
        bundle=folder,
        digest=sealed.digest,
        judged=Judged(name, scored, table[table["part"] == "test"].assign(**blank)),
        files={one.id: root / one.path for one in manifest.read()},
        seed=value_at(parameters, "data_seed"),
    )


def write_contents(candidate: Candidate, folder: Path) -> None:
    """Write what a version holds: the bundle, and what it was judged by.

    Args:
        candidate: The system.
        folder: Takes it.
    """
    shutil.copytree(candidate.bundle, folder / BUNDLE)
    predictions.write(candidate.judged.predictions, folder / PREDICTIONS)
    scores.write(candidate.judged.scores, folder / SCORES)


def read_judged(folder: Path, name: str) -> Judged:
    """Read what a version was judged by.

    Args:
        folder: As `write_contents` filled it.
        name: What texts call it.

    Raises:
        PipelineError: Another version of the pipeline wrote it.
    """
    scored = read_row(Scores, folder / SCORES, "evaluate")
    return Judged(name, scored, predictions.read(folder / PREDICTIONS))
