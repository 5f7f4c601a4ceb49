"""Gathering the records from params.yaml and the files that DVC tracks."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from fracture.artifacts import (
    comparison,
    costs,
    external,
    history,
    localisation,
    network,
    pictures,
    predictions,
    report,
    scores,
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
from fracture.tracking.data_set import DataSet, read_data_set, require
from fracture.tracking.points import (
    charted,
    curve_points,
    flat,
    localisation_numbers,
    score_numbers,
)
from fracture.tracking.record import NETWORK, STATE, Artifact, Point, Record
from fracture.tracking.view import composition_text, model_text, networks_text


def records_of(parameters: dict[str, Any]) -> Iterator[Record]:
    """Yield the record of each model and system, and last that of the state of the pipeline.

    Args:
        parameters: params.yaml, as read.

    Raises:
        PipelineError: A file is missing, or of another data set or other seeds.
    """
    data = read_data_set(value_at(parameters, "dataset"))
    made = systems.read()
    copied = copied_networks(parameters, made)
    headline = value_at(parameters, "model")
    for name in chosen(parameters).models:
        record = model_record(parameters, name, made.get(name), data)
        yield replace(
            record,
            headline=name == headline,
            with_networks=name in copied,
            costs=costs.read(name),
        )
    for name, system in made.items():
        if name not in parameters["models"]:
            yield replace(system_record(parameters, system, data), headline=name == headline)
    yield state_record(parameters, data)


def copied_networks(parameters: dict[str, Any], made: Mapping[str, System]) -> set[str]:
    """Return the models of the run whose networks are to be copied, as `track.networks` says.

    Args:
        parameters: params.yaml, as read.
        made: The systems, by name.
    """
    match value_at(parameters, "track", "networks"):
        case "all":
            return set(chosen(parameters).models)
        case "headline":
            return set(made[value_at(parameters, "model")].models)
        case _:
            return set()


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
    point = next(iter(value_at(parameters, "evaluate", "points")))
    curves = history.path(name)
    drawn = [curves, *tables_and_figures(predictions.plots(name))]
    own = [Artifact("localisation", localisation.path(name))]
    own += [Artifact("plots", file) for file in drawn]
    numbers = record.numbers | localisation_numbers(localised)
    synthetic = str(localised.synthetic).lower()
    return replace(
        record,
        description=description,
        parameters=record.parameters | flat(settings.model_dump()),
        points=charted(numbers, point) + curve_points(history.read(curves)),
        numbers=numbers,
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
    numbers = record.numbers
    if scored.localisation:
        numbers |= localisation_numbers(scored.localisation)
    return replace(
        record,
        description=composition_text(system, scored, value_at(parameters, "recipe")),
        numbers=numbers,
        points=charted(numbers, scored.headline)
        + [
            Point("validation/log_loss_while_selecting", step.log_loss, joined)
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
    figures = tables_and_figures(pictures.folder(name))
    return replace(
        record,
        numbers=score_numbers(scored),
        classes=tuple(scored.classes),
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
        numbers={},
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


def state_record(parameters: dict[str, Any], data: DataSet) -> Record:
    """Gather the state of the pipeline: what its systems share, their comparison, the report.

    Its metrics are those of the headline system, so that states compare.

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
    recipe, headline = value_at(parameters, "recipe"), value_at(parameters, "model")
    shared = {key: value_at(parameters, key) for key in ("data_seed", "training_seeds", "model")}
    point = next(iter(value_at(parameters, "evaluate", "points")))
    return Record(
        name=f"{recipe} on {data.name}, headline {headline}",
        description=comparison.TEXT.read_text(encoding="utf-8"),
        data=data,
        parameters=flat(
            shared | {"recipe": recipe, "systems": " ".join(chosen(parameters).systems)}
        ),
        points=charted(score_numbers(_read_scores(headline, data)), point),
        numbers={},
        tags={
            "mlflow.source.name": "dvc repro compare",
            "mlflow.source.type": "LOCAL",
            "kind": STATE,
            "recipe": recipe,
            "dataset": data.name,
        },
        artifacts=[Artifact("", file) for file in (*files, *beside, *found)],
    )


def tables_and_figures(folder: Path) -> list[Path]:
    """Return the PNG and CSV files of a folder, sorted."""
    return sorted(file for file in folder.iterdir() if file.suffix in {".png", ".csv"})
