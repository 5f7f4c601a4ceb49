"""Gathering the record of an ensemble."""

from typing import Any

from fracture.artifacts import scores
from fracture.artifacts.compositions import Composition
from fracture.params.section import value_at
from fracture.params.systems import System, compositions
from fracture.tracking.describe import describe_ensemble
from fracture.tracking.gather import agree, tables_and_figures
from fracture.tracking.records import Artifact, DataSet, Record
from fracture.tracking.tables import Point, flat, score_points


def ensemble_record(parameters: dict[str, Any], ensemble: Composition, data: DataSet) -> Record:
    """Gather one ensemble: its settings, members, scores and figures; the networks are theirs.

    Args:
        parameters: params.yaml, as read.
        ensemble: As validation chose it.
        data: The radiographs.

    Raises:
        PipelineError: A file is missing, or the scores are of another data set.
    """
    name, scored_by = ensemble.name, System.composition(ensemble.name).scored_by
    scored, recipe = scores.read(name, scored_by), value_at(parameters, "recipe")
    agree(scored, data.name)
    used = {
        "recipe": recipe,
        "seed": value_at(parameters, "seed"),
        "seeds": ensemble.seeds,
        "backbone": "ensemble",
        "variant": _variants(parameters, ensemble),
        "split": value_at(parameters, "split"),
        "evaluate": value_at(parameters, "evaluate"),
        "candidates": ensemble.candidates,
        "members": compositions(parameters)[name].members,
        "chosen": ensemble.members,
    }
    return Record(
        name=name,
        description=describe_ensemble(ensemble, scored, recipe),
        data=data,
        parameters=flat(used),
        points=score_points(scored)
        + [
            Point("selection/validation_log_loss", step.log_loss, joined)
            for joined, step in enumerate(ensemble.steps, start=1)
        ],
        tags={
            "mlflow.source.name": f"dvc repro {scored_by}",
            "mlflow.source.type": "LOCAL",
            "kind": "ensemble",
            "model": name,
            "backbone": "ensemble",
            "variant": _variants(parameters, ensemble),
            "recipe": recipe,
            "dataset": data.name,
            "synthetic": str(scored.synthetic).lower(),
        },
        artifacts=[
            Artifact("", scores.path(name)),
            *(Artifact("plots", file) for file in tables_and_figures(scores.plots(name))),
        ],
    )


def _variants(parameters: dict[str, Any], ensemble: Composition) -> str:
    """Return the variants that its members see."""
    seen = {value_at(parameters, "models", member, "variant") for member in ensemble.members}
    return ", ".join(sorted(seen))
