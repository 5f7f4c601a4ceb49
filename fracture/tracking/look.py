"""Which records a local MLflow database holds already, seen without MLflow.

`python -m fracture.tracking.look` prints the address at which `make mlflow` shows them.

`track` runs on every `dvc repro`, and mostly nothing is new. To import MLflow takes seconds, to
read its SQLite tables takes milliseconds. Nothing is written here, and whatever is not as expected
(a server, another schema, a database that is locked, damaged or moved) is left to MLflow itself.
"""

import os
import socket
import sqlite3
from collections.abc import Mapping
from contextlib import closing

from fracture.console import PipelineError, run
from fracture.params import section
from fracture.params.whole import Track
from fracture.tracking.database import is_whole, was_beside
from fracture.tracking.location import Location
from fracture.tracking.record import COPIED, HEADLINE, KEY, NETWORK, PARENT, Record
from fracture.tracking.view import PORT, VIEW, address

NAMED = "SELECT experiment_id FROM experiments WHERE name = ?"
EXPERIMENT = """
    SELECT experiment_id, artifact_location, view.value FROM experiments
    JOIN experiment_tags AS view USING (experiment_id)
    WHERE name = ? AND lifecycle_stage = 'active' AND view.key = ?
"""
RUNS = """
    SELECT content.value, network.value, headline.value, above.run_uuid, runs.artifact_uri FROM runs
    JOIN tags AS content ON content.run_uuid = runs.run_uuid AND content.key = ?
    LEFT JOIN tags AS network ON network.run_uuid = runs.run_uuid AND network.key = ?
    LEFT JOIN tags AS headline ON headline.run_uuid = runs.run_uuid AND headline.key = ?
    LEFT JOIN tags AS parent ON parent.run_uuid = runs.run_uuid AND parent.key = ?
    LEFT JOIN runs AS above ON above.run_uuid = parent.value AND above.lifecycle_stage = 'active'
    WHERE runs.experiment_id = ? AND runs.lifecycle_stage = 'active' AND runs.status = 'FINISHED'
"""
FIRST = "1"
"""The id of the first experiment that is made in a new database."""


def main() -> None:
    """Print the address of the runs: MLflow's own start page shows none.

    Raises:
        PipelineError: MLFLOW_PORT is no port, or another program listens there.
    """
    location = Location.find(os.environ)
    port = os.environ.get("MLFLOW_PORT", PORT)
    if location.database:
        require_free(port)
    experiment = Track.read(section.load(), "track").experiment
    print(f"Open {address(location, experiment_of(location, experiment) or FIRST, port)}")


def require_free(port: str) -> None:
    """Require that a server can listen at a port.

    Raises:
        PipelineError: That is no port, or another program listens there.
    """
    if not port.isdecimal() or int(port) not in range(1, 2**16):
        raise PipelineError(f"MLFLOW_PORT is {port}: expected a number from 1 to 65535")
    try:
        socket.create_server(("127.0.0.1", int(port))).close()
    except OSError as error:
        why = os.strerror(error.errno or 0)
        raise PipelineError(
            f"port {port} cannot be used ({why}): end what listens there, or choose "
            "another with `make mlflow PORT=5001`"
        ) from None


def experiment_of(location: Location, name: str) -> str | None:
    """Return the id of an experiment in a local database; None if it is not there.

    Args:
        location: Of the store.
        name: Of the experiment.
    """
    if location.file is None:
        return None
    try:
        with closing(sqlite3.connect(f"{location.file.as_uri()}?mode=ro", uri=True)) as connection:
            found = connection.execute(NAMED, [name])
            return next((str(each) for (each,) in found), None)
    except sqlite3.Error:
        return None


def experiment_with_all(
    records: Mapping[str, Record], location: Location, name: str, view: str
) -> str | None:
    """Return the id of the experiment if it holds every record; None if not, or if unsure.

    Args:
        records: By key.
        location: Of the store.
        name: Of the experiment.
        view: As `experiment_tags` gives it under `VIEW`.
    """
    if location.file is None:
        return None
    try:
        database = f"{location.file.as_uri()}?mode=ro"
        with closing(sqlite3.connect(database, uri=True)) as connection:
            if not is_whole(connection):
                return None
            ((experiment, artifacts, view_there),) = connection.execute(EXPERIMENT, (name, VIEW))
            runs = connection.execute(RUNS, (KEY, NETWORK, HEADLINE, PARENT, experiment)).fetchall()
    except (sqlite3.Error, ValueError):  # ValueError: none, or several, of that name
        return None
    if view_there != view or was_beside(artifacts, str(location.artifacts)):
        return None
    there = set()
    for key, network, marked, parent, uri in runs:
        record = records.get(key)
        if (
            record
            and record.is_in(uri, network == COPIED)
            and (record.is_state or parent is not None)
            and (location.in_copy or record.headline is (marked is not None))
        ):
            there.add(key)
    return str(experiment) if there == records.keys() else None


if __name__ == "__main__":
    run(main, __doc__)
