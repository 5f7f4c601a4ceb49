"""Gathering the record of an ensemble."""

from typing import Any

from stages.artifacts import scores
from stages.artifacts.ensembles import Ensemble
from stages.params.ensembles import Classifier, ensembles_of
from stages.params.section import at
from stages.track.describe import describe_ensemble
from stages.track.gather import agree, tables_and_figures
from stages.track.records import Artifact, DataSet, Record
from stages.track.tables import Point, flat, score_points


def ensemble_record(parameters: dict[str, Any], ensemble: Ensemble, data: DataSet) -> Record:
    """Gather one ensemble: its settings, members, scores and figures; the networks are theirs.

    Args:
        parameters: params.yaml, as read.
        ensemble: As validation chose it.
        data: The radiographs.

    Raises:
        PipelineError: A file is missing, or the scores are of another data set.
    """
    name, scored_by = ensemble.name, Classifier(ensemble.name, is_ensemble=True).scored_by
    scored, recipe = scores.read(name, scored_by), at(parameters, "recipe")
    agree(scored, data.name)
    used = {
        "recipe": recipe,
        "seed": at(parameters, "seed"),
        "seeds": ensemble.seeds,
        "backbone": "ensemble",
        "variant": _variants(parameters, ensemble),
        "split": at(parameters, "split"),
        "evaluate": at(parameters, "evaluate"),
        "candidates": ensemble.candidates,
        "members": ensembles_of(parameters)[name].members,
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


def _variants(parameters: dict[str, Any], ensemble: Ensemble) -> str:
    """Return the variants that its members see."""
    seen = {at(parameters, "models", member, "variant") for member in ensemble.members}
    return ", ".join(sorted(seen))
