"""Show a training in MLflow while it runs: `fracture.tracking.live <model> <seed> <training>`.

The train stage starts this command where FRACTURE_LIVE is set. Standard input brings a line of JSON
for each finished epoch, and one that says how the training ended. Should MLflow fail, the command
ends with one line on standard error.
"""

import json
import math
import os
import sys
import time
from typing import Any

from fracture.params import section
from fracture.params.systems import headline_target
from fracture.params.train import resolve
from fracture.tracking.location import Location, one_line, quieten
from fracture.tracking.provenance import common_tags
from fracture.tracking.record import CLONE
from fracture.tracking.view import experiment_tags

TRAINING = "training"
"""The tag with the name of a training: after an interruption it goes on in the same run."""


def main(model: str, seed: str, training: str) -> None:
    """Show a training until it has ended.

    Args:
        model: A key of `models` in params.yaml.
        seed: Of the training.
        training: Its name; the same after an interruption.
    """
    location = Location.find(os.environ)
    quieten()
    try:
        parameters = section.load()
        show(location, parameters, training, tags_of(parameters, model, seed))
    except Exception as error:  # of whatever kind: the training prints it, and goes on
        sys.exit(f"MLflow at {location}: {one_line(f'{type(error).__name__}: {error}')}")


def show(
    location: Location, parameters: dict[str, Any], training: str, tags: dict[str, str]
) -> None:
    """Write each epoch of standard input into the run of a training, and how it ended.

    Args:
        location: Of the store.
        parameters: params.yaml, as read.
        training: Its name.
        tags: Of its run, if there is none to go on with.
    """
    # Only now: MLflow reads the settings of `quieten` as it is imported, and may not be installed.
    from mlflow.entities import Metric  # noqa: PLC0415

    from fracture.tracking.store import FIRST_CONTACT, alone, connect, patience  # noqa: PLC0415

    tags_of_all = experiment_tags(headline_target(parameters))
    experiment = section.value_at(parameters, "track", "experiment")
    with patience(FIRST_CONTACT):
        with alone(location):
            store = connect(location, experiment, tags_of_all)
            run = _begin(store, training, tags | {CLONE: location.clone})
        status = "KILLED"  # where the pipe closes before the training says how it ended
        for line in sys.stdin:
            message = json.loads(line)
            status = message.get("status", status)
            now = int(time.time() * 1000)
            metrics = [
                Metric(f"training/{name}", value, now, message["epoch"])
                for name, value in message.get("numbers", {}).items()
                if math.isfinite(value)
            ]
            if metrics:
                store.client.log_batch(run, metrics)
        store.client.set_terminated(run, status)


def _begin(store: Any, training: str, tags: dict[str, str]) -> str:
    """Return the id of the run that an interruption left in this clone, or of a new one."""
    for run in store.client.search_runs([store.experiment], f"tags.{TRAINING} = '{training}'"):
        if run.info.status != "FINISHED" and run.data.tags.get(CLONE) == store.location.clone:
            store.client.update_run(run.info.run_id, status="RUNNING")
            return str(run.info.run_id)
    tags = tags | {TRAINING: training}
    return str(store.client.create_run(store.experiment, tags=tags).info.run_id)


def tags_of(parameters: dict[str, Any], model: str, seed: str) -> dict[str, str]:
    """Return the tags of the run of a training, its name among them.

    Args:
        parameters: params.yaml, as read.
        model: A key of `models` in params.yaml.
        seed: Of the training.
    """
    made_of, _ = resolve(parameters, model)
    several = len(section.value_at(parameters, "training_seeds")) > 1
    return common_tags(os.environ) | {
        "mlflow.runName": f"{model}, seed {seed} (live)" if several else f"{model} (live)",
        "mlflow.note.content": f"The curves of a training as it ran. When all of it has run, "
        f"`{model}` is its record, with scores.",
        "mlflow.source.name": f"dvc repro train@{model}",
        "mlflow.source.type": "LOCAL",
        "kind": "live",
        "target": made_of.targets[0],
        "model": model,
        "seed": seed,
        "backbone": made_of.backbone,
        "variant": made_of.variant,
        "recipe": section.value_at(parameters, "recipe"),
        "dataset": section.value_at(parameters, "dataset"),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
