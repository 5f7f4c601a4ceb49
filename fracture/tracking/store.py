"""Writing records into an MLflow store, each once."""

import json
import logging
import os
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import sqlalchemy
from mlflow import MlflowClient
from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LifecycleStage,
    Metric,
    Param,
    Run,
    RunStatus,
)
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from fracture.artifacts import manifest
from fracture.tracking.data_set import DataSet
from fracture.tracking.database import mend
from fracture.tracking.location import DATABASE, PORTS, Location
from fracture.tracking.logged import log_model, models_of
from fracture.tracking.points import cost_points, table
from fracture.tracking.record import (
    CLONE,
    COPIED,
    KEY,
    NETWORK,
    NUMBERS,
    Record,
)
from fracture.tracking.view import VIEW, fitting

METRICS_AT_ONCE, PARAMETERS_AT_ONCE = 800, 100
"""In one request to MLflow, which takes at most 1000 and 100."""
WAIT = 300
"""Seconds to wait for another process that is recording."""
SECONDS = 5
FINISHED = RunStatus.to_string(RunStatus.FINISHED)
FIRST_CONTACT = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "4"}
BEGUN = "written_since"
"""The tag with the milliseconds since 1970 at which a run began to be written."""
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

    def add(self, key: str, record: Record, provenance: dict[str, str]) -> tuple[str, bool]:
        """Write a record as a run unless it is there; replace what an interruption left.

        MLflow has no lock for machines that write into one store. Whoever finds a run that another
        clone is writing waits; of those that began at once, each looks again when it has finished,
        and the earliest run stays.

        Args:
            key: Of the record.
            record: What the run holds.
            provenance: Further tags, which do not make it another run.

        Returns:
            The run's id, and whether it was written now.
        """
        found, waited = self._runs(key), False
        while any(self._is_being_written(run) for run in found):
            if not waited:
                print(f"waiting for another clone that writes {record.name}", file=sys.stderr)
            time.sleep(1)
            found, waited = self._runs(key), True
        if there := self._one_of(found, record):
            return there, False
        written = self.write(record, provenance | {KEY: key})
        kept = self._one_of([run for run in self._runs(key) if run.info.status == FINISHED], record)
        return kept or written, kept == written

    def _runs(self, key: str) -> list[Run]:
        """Return the runs of a key, in an order that is the same for all who ask."""
        found = self.client.search_runs([self.experiment], f"tags.{KEY} = '{key}'")
        return sorted(found, key=lambda run: (_begun(run), run.info.run_id))

    def _is_being_written(self, run: Run) -> bool:
        """Return whether another clone writes a run: it began lately, and has not finished."""
        age = abs(time.time() - _begun(run) / 1000)
        mine = run.data.tags.get(CLONE) == self.location.clone
        return run.info.status == "RUNNING" and not mine and age < WAIT

    def _one_of(self, runs: list[Run], record: Record) -> str | None:
        """Return the id of the first complete run, if any, and remove all others."""
        complete = [run for run in runs if self._is_complete(run, record)]
        for run in runs:
            if run not in complete[:1]:
                self._remove(run)
        return str(complete[0].info.run_id) if complete else None

    def _is_complete(self, run: Run, record: Record) -> bool:
        if run.info.status != FINISHED:
            return False
        copied = run.data.tags.get(NETWORK) == COPIED
        uri = run.info.artifact_uri
        if uri.startswith("mlflow-artifacts:"):  # kept by the server: its folder may be lost
            there = {file.path for file in self.client.list_artifacts(run.info.run_id)}
            if not there >= record.top(copied):
                return False
        if not self.location.file:  # files of a store that other machines share may lie on those
            return copied or not record.copies_networks
        return record.is_in(uri, copied)

    def _remove(self, run: Run) -> None:
        addresses = [run.info.artifact_uri]
        for model in models_of(self.client, self.experiment, run.info.run_id):
            self.client.delete_logged_model(model.model_id)
            addresses.append(model.artifact_location)
        self.client.delete_run(run.info.run_id)
        if self.location.database:
            for address in addresses:
                get_artifact_repository(address).delete_artifacts()

    def write(self, record: Record, provenance: dict[str, str]) -> str:
        """Write a record as a run, last of all that it is finished; return the run's id.

        Its duration is that of its training, none where that was not measured.

        Args:
            record: What the run holds.
            provenance: Further tags.
        """
        networks, now = record.copies_networks, int(time.time() * 1000)
        tags = {
            **record.tags,
            **provenance,
            "mlflow.note.content": fitting(record.description),
            CLONE: self.location.clone,
            BEGUN: str(now),
        }
        if record.numbers:  # MLflow shows it as a table, side by side with those of other runs
            tags["mlflow.loggedArtifacts"] = json.dumps([{"path": NUMBERS, "type": "table"}])
        if training := record.costs.training:
            tags |= {"machine": training.machine, "device": training.device}
        if record.has_network:
            tags[NETWORK] = COPIED if networks else "not copied"
        experiment = provenance.get("dvc_experiment")
        of = experiment or (provenance.get("git_revision", "")[:7] if record.is_state else "")
        name = f"{record.name} ({of})" if of else record.name
        begin, end = record.trained or (now, now)
        made = self.client.create_run(self.experiment, begin, tags=tags, run_name=name)
        run: str = made.info.run_id
        self.client.log_inputs(run, [data_input(record.data)])
        parameters = [Param(*item) for item in record.parameters.items()]
        for start in range(0, len(parameters), PARAMETERS_AT_ONCE):
            self.client.log_batch(run, params=parameters[start : start + PARAMETERS_AT_ONCE])
        model = log_model(self.client, self.experiment, run, record) if record.classes else None
        metrics = [
            Metric(
                point.name, point.value, now, point.step,
                model_id=model, dataset_name=record.data.name, dataset_digest=record.data.digest,
            )
            for point in record.points + cost_points(record.costs)
        ]  # fmt: skip
        for start in range(0, len(metrics), METRICS_AT_ONCE):
            self.client.log_batch(run, metrics[start : start + METRICS_AT_ONCE])
        if record.numbers:
            self.client.log_dict(run, table(record.numbers), NUMBERS)
        for artifact in record.copied(networks):
            self.client.log_artifact(run, str(artifact.file), artifact.folder or None)
        self.client.set_terminated(run, end_time=end)
        return run


def _begun(run: Run) -> int:
    return int(run.data.tags.get(BEGUN, run.info.start_time))


@contextmanager
def opened(location: Location, experiment: str, tags: dict[str, str]) -> Iterator[Store]:
    """Yield a store for a block, and let other processes of the repository wait until its end.

    Args:
        location: Of the store.
        experiment: The experiment's name.
        tags: As for `connect`.
    """
    with alone(location):
        mend(location)
        store = connect(location, experiment, tags)
        with patience(AFTERWARDS):
            yield store


@contextmanager
def alone(location: Location) -> Iterator[None]:
    """Let no other process of the repository, or of its SQLite file, in within the block."""
    # Queued experiments end at the same time, and a database that is being made bears one process.
    file = location.folder / f"{location.file.name if location.file else DATABASE}.lock"
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file, timeout=WAIT, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        yield


def connect(location: Location, experiment: str, tags: dict[str, str]) -> Store:
    """Return a store with its experiment, made if need be.

    Args:
        location: Of the store.
        experiment: The experiment's name.
        tags: Of an experiment that is made; one that is there gets the view alone, and is restored
            where it was deleted.

    Raises:
        Exception: Whatever MLflow, its database or the network raises.
    """
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    if location.database:
        check_database(location)
    with patience(FIRST_CONTACT):
        client = MlflowClient(location.to_open)
        found = client.get_experiment_by_name(experiment)
    with patience(AFTERWARDS):
        if found is None:
            identity = _create(client, experiment, location.artifacts, tags)
        else:
            identity = found.experiment_id
            if found.lifecycle_stage == LifecycleStage.DELETED:
                client.restore_experiment(identity)
            if found.tags.get(VIEW) != tags[VIEW]:  # of other columns
                client.set_experiment_tag(identity, VIEW, tags[VIEW])
    return Store(client, identity, location)


def _create(client: MlflowClient, name: str, artifacts: str | None, tags: dict[str, str]) -> str:
    try:
        return str(client.create_experiment(name, artifacts, tags))
    except MlflowException as error:
        found = client.get_experiment_by_name(name)
        if error.error_code != "RESOURCE_ALREADY_EXISTS" or found is None:
            raise
        return str(found.experiment_id)  # another machine was quicker


def data_input(data: DataSet) -> DatasetInput:
    """Return the radiographs as MLflow's data set: name, digest and counts, no rows."""
    source = json.dumps({"uri": str(manifest.PATH)})
    dataset = Dataset(data.name, data.digest, "local", source, profile=json.dumps(data.counts))
    return DatasetInput(dataset, [InputTag("mlflow.data.context", "train, validation, test")])


def check_database(location: Location) -> None:
    """Connect once to the database of a location.

    Raises:
        OSError: Nothing listens there.
        sqlalchemy.exc.SQLAlchemyError: The database cannot be opened, or is none.
        ImportError: The database's driver is not installed.
    """
    url = sqlalchemy.make_url(location.to_open)
    kind = url.get_backend_name()
    if url.host:
        socket.create_connection((url.host, url.port or PORTS[kind]), timeout=SECONDS).close()
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
