"""Writing records into an MLflow store, each once."""

import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from fracture.tracking.location import Location
from fracture.tracking.reach import AFTERWARDS, FIRST_CONTACT, check_database, patience
from fracture.tracking.records import NETWORK, DataSet, Record
from fracture.tracking.view import VIEW

KEY = "content"
COPIED = "copied"
BATCH = 800
"""Points in one request; MLflow takes at most 1000."""
WAIT = 300
"""Seconds to wait for another process that is recording."""


@dataclass(frozen=True)
class Store:
    """An experiment of an MLflow store.

    Attributes:
        client: Of the store.
        experiment: The experiment's id.
        database: Whether this process writes into a database itself, and reaches the artifacts.
    """

    client: MlflowClient
    experiment: str
    database: bool

    def add(self, record: Record, provenance: dict[str, str], networks: bool) -> bool:
        """Write a record as a run unless it is there; replace what an interruption left.

        Args:
            record: What the run holds.
            provenance: Further tags, which do not make it another run.
            networks: Whether to copy the network; a run without it is then replaced.

        Returns:
            Whether a run was written.
        """
        networks = networks and record.has_network
        for run in self.client.search_runs([self.experiment], f"tags.{KEY} = '{record.key}'"):
            copied = run.data.tags.get(NETWORK) == COPIED
            if run.info.status == "FINISHED" and (copied or not networks):
                return False
            self._remove(run)
        self._write(record, provenance, networks)
        return True

    def _remove(self, run: Run) -> None:
        self.client.delete_run(run.info.run_id)
        if self.database:
            get_artifact_repository(run.info.artifact_uri).delete_artifacts()

    def _write(self, record: Record, provenance: dict[str, str], networks: bool) -> None:
        tags = {
            **record.tags,
            **provenance,
            KEY: record.key,
            "mlflow.note.content": record.description,
        }
        if record.has_network:
            tags[NETWORK] = COPIED if networks else "not copied"
        experiment = provenance.get("dvc_experiment")
        name = f"{record.name} ({experiment})" if experiment else record.name
        run = self.client.create_run(self.experiment, tags=tags, run_name=name).info.run_id
        self.client.log_inputs(run, [data_input(record.data)])
        self.client.log_batch(run, params=[Param(*item) for item in record.parameters.items()])
        now = int(time.time() * 1000)
        metrics = [Metric(point.name, point.value, now, point.step) for point in record.points]
        for start in range(0, len(metrics), BATCH):
            self.client.log_batch(run, metrics[start : start + BATCH])
        for artifact in record.artifacts:
            if networks or not artifact.is_network:
                self.client.log_artifact(run, str(artifact.file), artifact.folder or None)
        self.client.set_terminated(run)


@contextmanager
def opened(location: Location, experiment: str, tags: dict[str, str]) -> Iterator[Store]:
    """Yield what `connect` returns; other processes of the repository wait."""
    with alone(location):
        store = connect(location, experiment, tags)
        with patience(AFTERWARDS):
            yield store


@contextmanager
def alone(location: Location) -> Iterator[None]:
    """Let no other process of the repository into the store within the block."""
    # Queued experiments end at the same time, and a database that is being made bears one process.
    lock = sqlite3.connect(location.root / "mlflow.db.lock", timeout=WAIT, isolation_level=None)
    with closing(lock):
        lock.execute("BEGIN EXCLUSIVE")
        yield


def connect(location: Location, experiment: str, tags: dict[str, str]) -> Store:
    """Return a store with its experiment, made if need be.

    Args:
        location: Of the store.
        experiment: The experiment's name.
        tags: Of an experiment that is made; one that is there gets the view alone.

    Raises:
        Exception: Whatever MLflow, its database or the network raises.
    """
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    if location.database:
        check_database(location)
    with patience(FIRST_CONTACT):
        client = MlflowClient(location.uri)
        found = client.get_experiment_by_name(experiment)
    with patience(AFTERWARDS):
        if found:
            identity = found.experiment_id
            if found.tags.get(VIEW) != tags[VIEW]:  # of other columns
                client.set_experiment_tag(identity, VIEW, tags[VIEW])
        else:
            identity = client.create_experiment(experiment, location.artifacts, tags)
    return Store(client, identity, location.database)


def data_input(data: DataSet) -> DatasetInput:
    """Return the radiographs as MLflow's data set: name, digest and counts, no rows."""
    source = json.dumps({"uri": "data/manifest.csv"})
    dataset = Dataset(data.name, data.digest, "local", source, profile=json.dumps(data.counts))
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "train, validation, test")])
