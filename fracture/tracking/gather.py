"""Gathering the records from params.yaml and the files that DVC tracks."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fracture.artifacts import (
    comparison,
    external,
    history,
    localisation,
    manifest,
    network,
    scores,
    splits,
)
from fracture.console import PipelineError
from fracture.params.section import value_at
from fracture.params.systems import all_systems
from fracture.params.train import resolve
from fracture.tracking.describe import describe
from fracture.tracking.records import NETWORK, Artifact, DataSet, Record, digest
from fracture.tracking.tables import curve_points, flat, localisation_points, score_points

REPORT = Path("plots/report")
REPORT_FILES = ("report.html", "model_card.md")


def read_data_set(name: str) -> DataSet:
    """Count the radiographs of the manifest and of each part of the split.

    Raises:
        PipelineError: There is no manifest or no split.
    """
    files = manifest.PATH, splits.PATH
    require(files, "dvc repro split")
    radiographs = manifest.read()
    parts = list(splits.read().values())
    counts = {
        "radiographs": len(radiographs),
        "fractured": sum(radiograph.fractured for radiograph in radiographs),
        "groups": len({radiograph.group for radiograph in radiographs}),
    }
    return DataSet(
        name, digest(*files)[:12], counts | {part: parts.count(part) for part in splits.PARTS}
    )


def model_record(parameters: dict[str, Any], name: str, data: DataSet) -> Record:
    """Gather one model: its settings, scores, curves, figures and networks.

    Args:
        parameters: params.yaml, as read.
        name: A key of `models`.
        data: The radiographs.

    Raises:
        PipelineError: A file is missing, or the scores are of another data set or other seeds.
    """
    model, settings = resolve(parameters, name)
    recipe, seeds = value_at(parameters, "recipe"), value_at(parameters, "seeds")
    networks = [
        Artifact(f"{NETWORK}/{folder.name}", folder / file)
        for folder in (network.path(name, seed) for seed in seeds)
        for file in network.FILES
    ]
    require([history.path(name), *(made.file for made in networks)], f"dvc repro train@{name}")
    require([localisation.path(name)], f"dvc repro predict@{name}")
    scored, localised = scores.read(name), localisation.read(name)
    agree(scored, data.name)
    agree_on_seeds(scored, seeds)
    used = {
        "recipe": recipe,
        "seed": value_at(parameters, "seed"),
        "seeds": seeds,
        "backbone": model.backbone,
        "variant": model.variant,
        "variant_steps": value_at(parameters, "variants", model.variant, "steps"),
        "size": value_at(parameters, "recipes", recipe, "preprocess", "size"),
        "split": value_at(parameters, "split"),
        "evaluate": value_at(parameters, "evaluate"),
    }
    return Record(
        name=name,
        description=describe(model, scored, localised, recipe),
        data=data,
        parameters=flat(used | settings.model_dump()),
        points=score_points(scored)
        + localisation_points(localised)
        + curve_points(history.read(history.path(name))),
        tags={
            "mlflow.source.name": f"dvc repro evaluate@{name}",
            "mlflow.source.type": "LOCAL",
            "kind": "model",
            "model": name,
            "backbone": model.backbone,
            "variant": model.variant,
            "recipe": recipe,
            "dataset": data.name,
            "synthetic": str(scored.synthetic).lower(),
        },
        artifacts=[
            Artifact("", scores.path(name)),
            Artifact("localisation", localisation.path(name)),
            *(Artifact("plots", file) for file in tables_and_figures(scores.plots(name))),
            *networks,
        ],
    )


def agree(scored: scores.Scores, dataset: str) -> None:
    """Raise a PipelineError if scores are not of the data set of params.yaml."""
    if scored.dataset != dataset:
        raise PipelineError(
            f"{scores.path(scored.model)} holds scores on {scored.dataset}, params.yaml chooses "
            f"{dataset}: run `dvc repro`"
        )


def agree_on_seeds(scored: scores.Scores, seeds: list[int]) -> None:
    """Raise a PipelineError if the scores of a model are not of the seeds of params.yaml."""
    if list(scored.seeds) != list(map(str, seeds)):
        raise PipelineError(
            f"{scores.path(scored.model)} holds scores of seeds {', '.join(scored.seeds)}, "
            f"params.yaml names {', '.join(map(str, seeds))}: run `dvc repro`"
        )


def comparison_record(parameters: dict[str, Any], data: DataSet) -> Record:
    """Gather the comparison of all models and ensembles: tables, figures, the report if any.

    Raises:
        PipelineError: A file is missing.
    """
    table = scores.COMPARISON_TABLE
    text = table.with_suffix(".md")
    files = [scores.COMPARISON, comparison.PATH, table, text]
    require(files, "dvc repro compare")
    beside = [file for file in tables_and_figures(table.parent) if file != table]
    report = [REPORT / name for name in REPORT_FILES]
    found = [file for file in (external.PATH, *report) if file.is_file()]
    recipe = value_at(parameters, "recipe")
    names = list(all_systems(parameters))
    return Record(
        name="comparison",
        description=text.read_text(encoding="utf-8"),
        data=data,
        parameters={"recipe": recipe, "models": " ".join(names)},
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
    """Raise a PipelineError that names the missing files and the command that makes them."""
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise PipelineError(f"{', '.join(missing)} not found: run `{command}`")
