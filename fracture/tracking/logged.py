"""Systems as MLflow's logged models: settings, scores and signature, without the networks again."""

import re
import tempfile
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import LoggedModel, LoggedModelOutput
from mlflow.models import Model, ModelSignature
from mlflow.types.schema import ColSpec, Schema

from fracture.tracking.record import Record

READY = "READY"


def log_model(client: MlflowClient, experiment: str, run: str, record: Record) -> str:
    """Log a system as a model of a run; return the model's id, for its metrics.

    Args:
        client: Of the store.
        experiment: The experiment's id.
        run: The run's id.
        record: Of the system.
    """
    made = client.create_logged_model(
        experiment,
        re.sub(r"[/:.%\"']", "_", record.name),  # what MLflow refuses
        run,
        record.tags,
        record.parameters,
        record.tags["kind"],
    )
    with tempfile.TemporaryDirectory() as folder:
        described = Model(run_id=run, model_id=made.model_id, signature=signature(record))
        described.save(str(Path(folder) / "MLmodel"))
        client.log_model_artifacts(made.model_id, folder)
    client.finalize_logged_model(made.model_id, READY)
    client.log_outputs(run, [LoggedModelOutput(made.model_id, 0)])
    return str(made.model_id)


def signature(record: Record) -> ModelSignature:
    """Return what a system takes and gives: a file's bytes, and a probability for each class."""
    return ModelSignature(
        Schema([ColSpec("binary", "radiograph")]),
        Schema([ColSpec("double", name) for name in record.classes]),
    )


def models_of(client: MlflowClient, experiment: str, run: str) -> list[LoggedModel]:
    """Return the logged models of a run.

    Args:
        client: Of the store.
        experiment: The experiment's id.
        run: The run's id.
    """
    return list(client.search_logged_models([experiment], f"source_run_id = '{run}'"))
