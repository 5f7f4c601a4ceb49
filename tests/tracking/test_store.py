import os
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from fracture.params.section import load
from fracture.tracking.gather import records_of
from fracture.tracking.location import Location
from fracture.tracking.record import Record
from fracture.tracking.store import BEGUN, Store, check_database, connect, patience
from fracture.tracking.view import experiment_tags

# MLflow uses what SQLAlchemy deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")


def test_patience_ends_with_its_block_and_leaves_the_users_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "90")
    monkeypatch.delenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", raising=False)
    with patience({"MLFLOW_HTTP_REQUEST_TIMEOUT": "4", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1"}):
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "90"
        assert os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] == "1"
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "90"
    assert "MLFLOW_HTTP_REQUEST_MAX_RETRIES" not in os.environ


def test_a_closed_port_is_noticed_at_once() -> None:
    location = Location.find({"MLFLOW_TRACKING_URI": "mysql://127.0.0.1:9/mlflow"})
    with pytest.raises(ConnectionRefusedError):
        check_database(location)


@dataclass
class Machines:
    """Two clones that write the same record into one store."""

    store: Store
    record: Record

    def other(self) -> Store:
        elsewhere = replace(self.store.location, root=Path("/another/clone"))
        return replace(self.store, location=elsewhere)

    def found(self) -> list[tuple[str, str]]:
        client = self.store.client
        return [
            (run.info.run_id, run.info.status)
            for run in client.search_runs([self.store.experiment], "tags.content = 'key'")
        ]

    def add(self, store: Store) -> bool:
        return store.add("key", self.record, {})[1]


@pytest.fixture
def machines(database: str) -> Machines:
    parameters = load()
    location = Location.find({"MLFLOW_TRACKING_URI": database})
    store = connect(location, "experiment", experiment_tags("fractured"))
    return Machines(store, next(records_of(parameters)))


def test_who_comes_second_waits_for_the_first(
    machines: Machines, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other, client = machines.other(), machines.store.client
    run = other.write(machines.record, {"content": "key"})
    client.update_run(run, status="RUNNING")
    monkeypatch.setattr(time, "sleep", lambda _: client.set_terminated(run))
    assert not machines.add(machines.store)
    assert machines.found() == [(run, "FINISHED")]
    assert capsys.readouterr().err == "waiting for another clone that writes first\n"


@pytest.mark.parametrize(("clone", "age"), [("own", 0), ("other", 301)])
def test_what_nobody_writes_any_more_is_replaced(machines: Machines, clone: str, age: int) -> None:
    client = machines.store.client
    tags = {"content": "key", "clone": machines.store.location.clone if clone == "own" else "x"}
    begun = int((time.time() - age) * 1000)
    left = client.create_run(machines.store.experiment, begun, tags).info.run_id
    assert machines.add(machines.store)
    ((run, status),) = machines.found()
    assert (run != left, status) == (True, "FINISHED")


@pytest.mark.parametrize("first", [True, False], ids=["other first", "own first"])
def test_of_two_that_began_at_once_one_run_stays(
    machines: Machines, first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, client, create = machines.other(), machines.store.client, MlflowClient.create_run
    written: list[str] = []

    def race(self: MlflowClient, *arguments: Any, **options: Any) -> Run:
        """Between search and creation here, the other clone writes the same."""
        monkeypatch.setattr(MlflowClient, "create_run", create)
        written.append(other.write(machines.record, {"content": "key"}))
        options["tags"][BEGUN] = str(int(time.time() * 1000) if first else 1000)
        return create(self, *arguments, **options)

    monkeypatch.setattr(MlflowClient, "create_run", race)
    time.sleep(0.002)
    assert machines.add(machines.store) is not first
    ((run, status),) = machines.found()
    assert (run == written[0], status) == (first, "FINISHED")
    assert not machines.add(other)
    assert client.get_run(run).info.lifecycle_stage == "active"


def test_more_parameters_than_mlflow_takes_at_once(machines: Machines) -> None:
    parameters = {f"name.{n}": str(n) for n in range(250)}
    record = replace(machines.record, parameters=parameters)
    run = machines.store.write(record, {"content": "key"})
    assert machines.store.client.get_run(run).data.params == parameters


def test_an_experiment_that_another_machine_makes_first_is_used(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_name, looked = MlflowClient.get_experiment_by_name, []

    def not_yet(self: MlflowClient, name: str) -> Any:
        looked.append(name)
        return by_name(self, name) if len(looked) > 1 else None

    monkeypatch.setattr(MlflowClient, "get_experiment_by_name", not_yet)
    again = connect(machines.store.location, "experiment", experiment_tags("fractured"))
    assert again.experiment == machines.store.experiment
