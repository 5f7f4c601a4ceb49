"""Show a training in MLflow while it runs: `fracture.tracking.live <model> <seed> <training>`.

The train stage starts this command where FRACTURE_LIVE is set. It reads a line of JSON for each
finished epoch, and one that says how the training ended. Its last word, should MLflow fail, is one
line on standard error.
"""

import json
import math
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from fracture.params import section
from fracture.params.evaluate import Evaluate
from fracture.params.train import resolve
from fracture.tracking.location import Location, one_line, quieten
from fracture.tracking.provenance import common_tags
from fracture.tracking.view import experiment_tags

TRAINING = "training"
"""The tag that names a training: one that goes on after an interruption goes on in its run."""


@dataclass
class Curves:
    """The run of a training.

    Attributes:
        client: An MlflowClient.
        run: The run's id.
        frozen: Epochs of the frozen phase so far; those of fine-tuning count on from there.
    """

    client: Any
    run: str
    frozen: int = field(init=False)

    def __post_init__(self) -> None:
        """Count the epochs that the run holds already."""
        known = self.client.get_metric_history(self.run, "epoch/finetune")
        self.frozen = max((point.step for point in known if not point.value), default=0)

    def add(self, epochs: list[dict[str, Any]]) -> None:
        """Write epochs, under the names that the record of `track` has."""
        from mlflow.entities import Metric  # noqa: PLC0415 - imported late, see `main`

        now = int(time.time() * 1000)
        for epoch in epochs:
            tuned = epoch["phase"] == "finetune"
            self.frozen = self.frozen if tuned else epoch["epoch"]
            step = epoch["epoch"] + (self.frozen if tuned else 0)
            numbers = epoch["numbers"] | {"finetune": float(tuned)}
            metrics = [
                Metric(f"epoch/{name}", value, now, step)
                for name, value in numbers.items()
                if math.isfinite(value)
            ]
            self.client.log_batch(self.run, metrics)


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
        # Only now: MLflow reads those settings as it is imported, and it may not be there.
        from fracture.tracking.store import FIRST_CONTACT, patience  # noqa: PLC0415

        with patience(FIRST_CONTACT):
            curves = begin(location, model, seed, training)
            status = "KILLED"  # unless the training says otherwise before it is silent
            for messages in lines(sys.stdin.fileno()):
                curves.add([message for message in messages if "epoch" in message])
                status = messages[-1].get("status", status)
            curves.client.set_terminated(curves.run, status)
    except Exception as error:  # of whatever kind: the training says it, and goes on
        sys.exit(f"MLflow at {location}: {one_line(f'{type(error).__name__}: {error}')}")


def begin(location: Location, model: str, seed: str, training: str) -> Curves:
    """Start the run of a training, or go on with the one that an interruption left."""
    from fracture.tracking.store import alone, connect  # noqa: PLC0415 - imported late, see `main`

    parameters = section.load()
    made_of, _ = resolve(parameters, model)
    headline = Evaluate.read(parameters, "evaluate").headline
    experiment = section.value_at(parameters, "track", "experiment")
    with alone(location):
        store = connect(location, experiment, experiment_tags(headline))
        client = store.client
        for run in client.search_runs([store.experiment], f"tags.{TRAINING} = '{training}'"):
            if run.info.status != "FINISHED":
                client.update_run(run.info.run_id, status="RUNNING")
                return Curves(client, run.info.run_id)
        tags = common_tags(os.environ) | {
            "mlflow.note.content": f"The curves of a training as it ran. When all of it has run, "
            f"`{model}` is its record, with scores.",
            "mlflow.source.name": f"dvc repro train@{model}",
            "mlflow.source.type": "LOCAL",
            "kind": "live",
            "model": model,
            "seed": seed,
            "backbone": made_of.backbone,
            "variant": made_of.variant,
            "recipe": section.value_at(parameters, "recipe"),
            "dataset": section.value_at(parameters, "dataset"),
            TRAINING: training,
        }
        several = len(section.value_at(parameters, "seeds")) > 1
        name = f"{model}, seed {seed} (live)" if several else f"{model} (live)"
        run = client.create_run(store.experiment, tags=tags, run_name=name)
    return Curves(client, run.info.run_id)


def lines(source: int) -> Iterator[list[dict[str, Any]]]:
    """Yield what a pipe has brought since the last time, a dictionary for each line."""
    rest = b""
    while chunk := os.read(source, 1 << 16):
        *whole, rest = (rest + chunk).split(b"\n")
        if whole:
            yield [json.loads(line) for line in whole]


if __name__ == "__main__":
    main(*sys.argv[1:])
