"""Finding out soon whether a store answers: MLflow itself keeps trying for minutes."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy

from fracture.tracking.location import PORTS, Location

SECONDS = 5
FIRST_CONTACT = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "4"}
AFTERWARDS = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "60"}
"""What a server is granted where the user has not said; taking in a network needs longer."""


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
