"""Where MLflow records: the store that the user names, else one beside the pipeline."""

import hashlib
import os
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

SQLITE = "sqlite:///"
DATABASE, ARTIFACTS = "mlflow.db", "mlartifacts"
PORTS = {"sqlite": 0, "postgresql": 5432, "mysql": 3306, "mssql": 1433}
"""The databases that MLflow opens without a server, and where each of them listens."""
LOCKED = 60
"""Seconds to wait for an SQLite file that another program has locked."""
LONGEST = 300
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
"""Settings that MLflow reads as it is imported: what it raises, it need not print as well."""
ELSEWHERE = "or name another store in MLFLOW_TRACKING_URI"
FAULTS = {
    "error code 401|password authentication failed|Access denied for user": (
        "it does not accept this name and password; mend them in ~/.mlflow/credentials or in "
        "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, those of a database in ~/.pgpass "
        "or in the address"
    ),
    "error code 403": "this account may not do that; let an administrator grant it",
    "error code 404|not in a valid JSON": (
        "what answers there is no MLflow server; mend MLFLOW_TRACKING_URI"
    ),
    "unsupported URI|Can't load plugin|Could not parse": (
        "it is no address that MLflow knows; mend MLFLOW_TRACKING_URI: expected http://, https://, "
        "sqlite:///, postgresql://, mysql:// or mssql://"
    ),
    "maintenance mode": (
        "it is a folder, in which MLflow no longer records; mend MLFLOW_TRACKING_URI: expected "
        "http:// before the name of a server, or sqlite:/// before that of a file"
    ),
    "Name or service not known|nodename nor servname|name resolution|Failed to resolve": (
        "there is no such host; mend MLFLOW_TRACKING_URI (a file takes three slashes: "
        "sqlite:///mlflow.db), or use a network that knows it"
    ),
    r'database "[^"]*" does not exist': "its server has no such database; create it",
    r"No module named '(\w+)": r"it needs \1, which is not installed; install that package",
    "Connection refused": f"nothing listens there; start that server, {ELSEWHERE}",
    "timed out": f"it does not answer; start that server anew, {ELSEWHERE}",
    "API request to": f"its server answers with an error; look into its log, {ELSEWHERE}",
    "database is locked": "the database is locked; end the program that holds it",
    "readonly database": "the database is read-only; make it and its folder writable",
    "unable to open database file": (
        "the database cannot be opened; make it and its folder readable and writable"
    ),
    "file is not a database|disk image is malformed": (
        f"the file is not a database, or it is damaged; move it away, {ELSEWHERE}"
    ),
    "File exists|Not a directory": (
        f"a file lies where its folder would; move it away, {ELSEWHERE}"
    ),
    "out-of-date database schema": (
        "its tables are those of another version of MLflow; run `mlflow db upgrade` on it"
    ),
    "Permission denied": "it cannot be written to; make its files and folders writable",
    "No space left|disk is full": "the disk is full; free some space",
}
"""What is wrong with a store and what to do, by what an error's text holds, the first that does."""


@dataclass(frozen=True)
class Location:
    """Where runs and their artifacts are kept.

    Attributes:
        root: The repository; not the copy of it that `dvc exp run --temp` works in.
        uri: As MLFLOW_TRACKING_URI would name it.
        file: The file of a local SQLite database; None for any other store.
    """

    root: Path
    uri: str
    file: Path | None = None

    @classmethod
    def find(cls, environment: Mapping[str, str]) -> Self:
        """Return the location for an environment's MLFLOW_TRACKING_URI and DVC_ROOT.

        DVC sets DVC_ROOT to the repository even where it works in a copy, which it removes
        afterwards: a relative SQLite file is therefore taken to be in the repository.
        """
        root = Path(environment.get("DVC_ROOT") or Path.cwd()).resolve()
        uri = environment.get("MLFLOW_TRACKING_URI") or f"{SQLITE}{DATABASE}"
        if not uri.startswith(SQLITE):
            return cls(root, uri)
        file = root / uri.removeprefix(SQLITE).partition("?")[0]
        return cls(root, f"{SQLITE}{file}", file)

    @property
    def to_open(self) -> str:
        """The URI for MLflow: an SQLite file that is locked is waited for."""
        if self.file is None:
            return self.uri
        # In a URI a question mark ends the path, and MLflow knows no way to escape it.
        path = os.path.relpath(self.file) if "?" in str(self.file) else self.file
        return f"{SQLITE}{path}?timeout={LOCKED}"

    @property
    def database(self) -> bool:
        """Whether this process writes into a database itself, with no MLflow server between."""
        return re.split(r"[+:]", self.uri)[0] in PORTS

    @property
    def in_copy(self) -> bool:
        """Whether this process works in a copy: `dvc exp run --temp`, or a queue."""
        return self.root != Path.cwd().resolve()

    @property
    def own(self) -> bool:
        """Whether it is the database that the pipeline makes where the user names no store."""
        return self.file == self.root / DATABASE

    @property
    def clone(self) -> str:
        """A name of this clone of the repository, 12 hexadecimal digits, other on any machine."""
        return hashlib.sha256(f"{socket.gethostname()}:{self.root}".encode()).hexdigest()[:12]

    @property
    def folder(self) -> Path:
        """Where the artifacts of a database and its lock lie: beside an SQLite file."""
        return self.file.parent if self.file else self.root

    @property
    def artifacts(self) -> str | None:
        """The absolute URI of a new experiment's artifacts; None where a server decides."""
        return (self.folder / ARTIFACTS).as_uri() if self.database else None

    def __str__(self) -> str:
        """Return the URI, fit to be shown."""
        return without_credentials(self.uri)


def advice(error: Exception) -> str:
    """Return what was wrong with a store and what to do, in one line fit to be shown."""
    text = f"{type(error).__name__}: {error}"
    for sign, told in FAULTS.items():
        if match := re.search(sign, text):
            return match.expand(told)
    return one_line(text)


def without_credentials(text: str) -> str:
    """Return a text whose URIs have lost their users' names and passwords."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def one_line(message: str) -> str:
    """Return an error message as one line fit to be shown; of a long one, beginning and end."""
    line = without_credentials(" ".join(message.split()))
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} ... {line[-LONGEST // 2 :]}"


def quieten() -> None:
    """Set, before MLflow is imported, what the user has not: no telemetry, no chatter."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
