"""Gathering the records from params.yaml and the files that DVC tracks."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from fracture.artifacts import (
    comparison,
    external,
    history,
    localisation,
    manifest,
    network,
    predictions,
    report,
    scores,
    splits,
    systems,
    trained,
    two_step,
)
from fracture.artifacts.scores import Scores
from fracture.artifacts.systems import System
from fracture.console import PipelineError
from fracture.params.run import chosen
from fracture.params.section import value_at
from fracture.params.train import resolve
from fracture.presenting.described import backbone_and_variant
from fracture.tracking.points import curve_points, flat, localisation_points, score_points
from fracture.tracking.record import NETWORK, Artifact, DataSet, Point, Record
from fracture.tracking.view import composition_text, model_text, networks_text


def records_of(parameters: dict[str, Any]) -> Iterator[Record]:
    """Yield the record of each model and system of the run, and of their comparison.

    Args:
        parameters: params.yaml, as read.

    Raises:
        PipelineError: A file is missing, or of another data set or other seeds.
    """
    data = read_data_set(value_at(parameters, "dataset"))
    made = systems.read()
    for name in chosen(parameters).models:
        yield model_record(parameters, name, made.get(name), data)
    for name, system in made.items():
        if name not in parameters["models"]:
            yield system_record(parameters, system, data)
    yield comparison_record(parameters, data)


def read_data_set(name: str) -> DataSet:
    """Count the radiographs of the manifest and of each part of the split.

    Raises:
        PipelineError: There is no manifest or no split.
    """
    files = manifest.PATH, splits.PATH
    require(files, "dvc repro split")
    radiographs, parts = manifest.read(), list(splits.read().values())
    counts = {
        "radiographs": len(radiographs),
        "fractured": sum(radiograph.fractured for radiograph in radiographs),
        "groups": len({radiograph.group for radiograph in radiographs}),
    }
    digests = b"".join(hashlib.sha256(file.read_bytes()).digest() for file in files)
    return DataSet(
        name,
        hashlib.sha256(digests).hexdigest()[:12],
        counts | {part: parts.count(part) for part in splits.PARTS},
    )


def model_record(
    parameters: dict[str, Any], name: str, system: System | None, data: DataSet
) -> Record:
    """Gather one model: its settings, scores, curves, figures and networks.

    Args:
        parameters: params.yaml, as read.
        name: A key of `models`.
        system: The system that it is by itself; none of a model with `per`, which has no scores.
        data: The radiographs.

    Raises:
        PipelineError: A file is missing, or of another data set or other seeds.
    """
    model, settings = resolve(parameters, name)
    recipe, fitted = value_at(parameters, "recipe"), trained.read(name)
    networks = [
        Artifact(f"{NETWORK}/{folder.name}", folder / file)
        for folder in (network.path(name, seed, value) for value, seed in fitted.networks)
        for file in network.FILES
    ]
    require([history.path(name), *(made.file for made in networks)], f"dvc repro train@{name}")
    localised = localisation.read(name)
    used = {
        "backbone": model.backbone,
        "training_seeds": value_at(parameters, "training_seeds"),
        "size": value_at(parameters, "recipes", recipe, "preprocess", "size"),
        "variant": model.variant,
        "variant_steps": value_at(parameters, "variants", model.variant, "steps"),
    }
    if system:
        scored = _read_scores(name, data)
        _require_seeds(scored, used["training_seeds"])
        record = _scored_record(parameters, system, scored, used, data)
        kind, description = "model", model_text(model, scored, localised, recipe)
    else:
        record = _record(parameters, name, used, data)
        kind, description = "networks", networks_text(model, fitted, data.name, recipe)
    curves = history.path(name)
    drawn = [curves, *tables_and_figures(predictions.plots(name))]
    own = [Artifact("localisation", localisation.path(name))]
    own += [Artifact("plots", file) for file in drawn]
    points = localisation_points(localised) + curve_points(history.read(curves))
    synthetic = str(localised.synthetic).lower()
    return replace(
        record,
        description=description,
        parameters=record.parameters | flat(settings.model_dump()),
        points=record.points + points,
        tags=record.tags | {"kind": kind, "target": fitted.targets[0].name, "synthetic": synthetic},
        artifacts=[*record.artifacts, *own, *networks],
    )


def _require_seeds(scored: Scores, seeds: list[int]) -> None:
    if list(scored.seeds) != list(map(str, seeds)):
        raise PipelineError(
            f"{scores.path(scored.model)} holds scores of seeds {', '.join(scored.seeds)}, "
            f"params.yaml names {', '.join(map(str, seeds))}: run `dvc repro`"
        )


def system_record(parameters: dict[str, Any], system: System, data: DataSet) -> Record:
    """Gather a composed system, or a further target of a model: scores and figures, no networks.

    Args:
        parameters: params.yaml, as read.
        system: As it was composed.
        data: The radiographs.

    Raises:
        PipelineError: A file is missing, or the scores are of another data set.
    """
    scored = _read_scores(system.name, data)
    models = value_at(parameters, "models")
    backbone, variant = backbone_and_variant(system, models)
    used: dict[str, Any] = {"backbone": backbone, "variant": variant}
    if system.kind != "model":
        used |= {
            **value_at(parameters, "systems", system.name),
            "chosen": system.members,
            "weight": system.weights,
        }
    record = _scored_record(parameters, system, scored, used, data)
    return replace(
        record,
        description=composition_text(system, scored, value_at(parameters, "recipe")),
        points=record.points
        + [
            Point("selection/validation_log_loss", step.log_loss, joined)
            for joined, step in enumerate(system.steps, start=1)
        ],
    )


def _read_scores(system: str, data: DataSet) -> Scores:
    scored = scores.read(system)
    if scored.dataset != data.name:
        raise PipelineError(
            f"{scores.path(system)} holds scores on {scored.dataset}, params.yaml chooses "
            f"{data.name}: run `dvc repro`"
        )
    return scored


def _scored_record(
    parameters: dict[str, Any],
    system: System,
    scored: Scores,
    used: dict[str, Any],
    data: DataSet,
) -> Record:
    """Return what the records of all systems have in common."""
    name = system.name
    record = _record(parameters, name, used, data)
    figures = tables_and_figures(scores.plots(name))
    return replace(
        record,
        points=score_points(scored),
        tags=record.tags
        | {
            "mlflow.source.name": "dvc repro evaluate",
            "model": name if system.kind != "model" else name.partition(".")[0],
            "kind": system.kind,
            "target": system.target.name,
            "ranked": str(system.ranked).lower(),
            "synthetic": str(scored.synthetic).lower(),
        },
        artifacts=[
            Artifact("", scores.path(name)),
            *(Artifact("plots", file) for file in figures),
        ],
    )


def _record(parameters: dict[str, Any], name: str, used: dict[str, Any], data: DataSet) -> Record:
    """Return what the records of all models and systems have in common."""
    shared = {
        key: value_at(parameters, key) for key in ("recipe", "data_seed", "split", "evaluate")
    }
    return Record(
        name=name,
        description="",
        data=data,
        parameters=flat(shared | used),
        points=[],
        tags={
            "mlflow.source.name": f"dvc repro train@{name}",
            "mlflow.source.type": "LOCAL",
            "model": name,
            "backbone": used["backbone"],
            "variant": used["variant"],
            "recipe": shared["recipe"],
            "dataset": data.name,
        },
        artifacts=[],
    )


def comparison_record(parameters: dict[str, Any], data: DataSet) -> Record:
    """Gather the comparison of all systems: tables, figures, the report if any.

    Args:
        parameters: params.yaml, as read.
        data: The radiographs.

    Raises:
        PipelineError: A file is missing.
    """
    files = [
        scores.COMPARISON, comparison.PATH, two_step.PATH, comparison.TABLE, comparison.TEXT
    ]  # fmt: skip
    require(files, "dvc repro compare")
    beside = [
        file for file in tables_and_figures(comparison.TEXT.parent) if file != comparison.TABLE
    ]
    found = [file for file in (external.PATH, report.PAGE, report.CARD) if file.is_file()]
    recipe = value_at(parameters, "recipe")
    return Record(
        name="comparison",
        description=comparison.TEXT.read_text(encoding="utf-8"),
        data=data,
        parameters={"recipe": recipe, "models": " ".join(chosen(parameters).systems)},
        points=[],
        tags={
            "mlflow.source.name": "dvc repro compare",
            "mlflow.source.type": "LOCAL",
            "kind": "comparison",
            "recipe": recipe,
            "dataset": data.name,
        },
        artifacts=[Artifact("", file) for file in (*files, *beside, *found)],
    )


def tables_and_figures(folder: Path) -> list[Path]:
    """Return the PNG and CSV files of a folder, sorted."""
    return sorted(file for file in folder.iterdir() if file.suffix in {".png", ".csv"})


def require(files: Iterable[Path], command: str) -> None:
    """Require that files exist.

    Args:
        files: All that are needed.
        command: What the user types to make them.

    Raises:
        PipelineError: Some are missing.
    """
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise PipelineError(f"{', '.join(missing)} not found: run `{command}`")
