"""Writing records into an MLflow store, each once."""

import json
import logging
import os
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, Run
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from fracture.artifacts import manifest
from fracture.tracking.location import PORTS, Location
from fracture.tracking.record import COPIED, KEY, NETWORK, DataSet, Record
from fracture.tracking.view import VIEW

BATCH = 800
"""Points in one request; MLflow takes at most 1000."""
WAIT = 300
"""Seconds to wait for another process that is recording."""
SECONDS = 5
FIRST_CONTACT = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "4"}
AFTERWARDS = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "60"}
"""What a server is granted where the user has not said; taking in a network needs longer."""


@dataclass(frozen=True)
class Store:
    """An experiment of an MLflow store.

    Attributes:
        client: Of the store.
        experiment: The experiment's id.
        location: Of the store.
    """

    client: MlflowClient
    experiment: str
    location: Location

    def add(self, key: str, record: Record, provenance: dict[str, str], networks: bool) -> bool:
        """Write a record as a run unless it is there; replace what an interruption left.

        Args:
            key: Of the record.
            record: What the run holds.
            provenance: Further tags, which do not make it another run.
            networks: Whether to copy the network; a run without it is then replaced.

        Returns:
            Whether a run was written.
        """
        networks = networks and record.has_network
        for run in self.client.search_runs([self.experiment], f"tags.{KEY} = '{key}'"):
            if self._is_complete(run, record, networks):
                return False
            self._remove(run)
        self._write(record, provenance | {KEY: key}, networks)
        return True

    def _is_complete(self, run: Run, record: Record, networks: bool) -> bool:
        copied = run.data.tags.get(NETWORK) == COPIED
        # Files of a store that other machines share need not be on this one.
        uri = run.info.artifact_uri if self.location.file else "shared:"
        return run.info.status == "FINISHED" and record.is_in(uri, copied, networks)

    def _remove(self, run: Run) -> None:
        self.client.delete_run(run.info.run_id)
        if self.location.database:
            get_artifact_repository(run.info.artifact_uri).delete_artifacts()

    def _write(self, record: Record, provenance: dict[str, str], networks: bool) -> None:
        tags = {
            **record.tags,
            **provenance,
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
        for artifact in record.copied(networks):
            self.client.log_artifact(run, str(artifact.file), artifact.folder or None)
        self.client.set_terminated(run)


@contextmanager
def opened(location: Location, experiment: str, tags: dict[str, str]) -> Iterator[Store]:
    """Yield a store for a block, and let other processes of the repository wait until its end.

    Args:
        location: Of the store.
        experiment: The experiment's name.
        tags: As for `connect`.
    """
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
    return Store(client, identity, location)


def data_input(data: DataSet) -> DatasetInput:
    """Return the radiographs as MLflow's data set: name, digest and counts, no rows."""
    source = json.dumps({"uri": str(manifest.PATH)})
    dataset = Dataset(data.name, data.digest, "local", source, profile=json.dumps(data.counts))
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "train, validation, test")])


def check_database(location: Location) -> None:
    """Connect once to the database of a location.

    Raises:
        OSError: Nothing listens there, or the file's folder cannot be made.
        sqlalchemy.exc.SQLAlchemyError: The database cannot be opened, or is none.
        ImportError: The database's driver is not installed.
    """
    url = sqlalchemy.make_url(location.uri)
    kind = url.get_backend_name()
    if url.host:
        socket.create_connection((url.host, url.port or PORTS[kind]), timeout=SECONDS).close()
    elif kind == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sqlalchemy.create_engine(url)
    try:
        sqlalchemy.inspect(engine).get_table_names()
    finally:
        engine.dispose()


@contextmanager
def patience(settings: dict[str, str]) -> Iterator[None]:
    """Apply HTTP settings that the user has not set, for the length of a block."""
    mine = {name: value for name, value in settings.items() if name not in os.environ}
    os.environ.update(mine)
    try:
        yield
    finally:
        for name in mine:
            del os.environ[name]
