"""Which records a local MLflow database holds already, seen without MLflow.

`track` runs on every `dvc repro`, and mostly nothing is new. To import MLflow takes seconds, to
read its SQLite tables takes milliseconds. Nothing is written here, and whatever is not as expected
(a server, another schema, a database that is locked) is left to MLflow itself.
"""

import sqlite3
from collections.abc import Mapping
from contextlib import closing

from fracture.params.whole import Track
from fracture.tracking.location import Location
from fracture.tracking.record import COPIED, KEY, NETWORK, Record
from fracture.tracking.view import VIEW

EXPERIMENT = """
    SELECT experiment_id, view.value FROM experiments
    JOIN experiment_tags AS view USING (experiment_id)
    WHERE name = ? AND lifecycle_stage = 'active' AND view.key = ?
"""
RUNS = """
    SELECT content.value, network.value, artifact_uri FROM runs
    JOIN tags AS content ON content.run_uuid = runs.run_uuid AND content.key = ?
    LEFT JOIN tags AS network ON network.run_uuid = runs.run_uuid AND network.key = ?
    WHERE experiment_id = ? AND lifecycle_stage = 'active' AND status = 'FINISHED'
"""


def experiment_with_all(
    records: Mapping[str, Record], location: Location, settings: Track, view: str
) -> str | None:
    """Return the id of the experiment if it holds every record; None if not, or if unsure.

    Args:
        records: By key.
        location: Of the store.
        settings: `track` of params.yaml.
        view: As `experiment_tags` gives it under `VIEW`.
    """
    if location.file is None:
        return None
    try:
        database = f"{location.file.as_uri()}?mode=ro"
        with closing(sqlite3.connect(database, uri=True)) as connection:
            ((experiment, view_there),) = connection.execute(
                EXPERIMENT, (settings.experiment, VIEW)
            )
            runs = connection.execute(RUNS, (KEY, NETWORK, experiment)).fetchall()
    except (sqlite3.Error, ValueError):  # ValueError: none, or several, of that name
        return None
    there = set()
    for key, network, uri in runs:
        record = records.get(key)
        if record and record.is_in(uri, network == COPIED, settings.networks):
            there.add(key)
    return str(experiment) if view_there == view and there == records.keys() else None
