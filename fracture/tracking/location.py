"""Where MLflow records: the store that the user names, else one beside the pipeline."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

SQLITE = "sqlite:///"
PORTS = {"sqlite": 0, "postgresql": 5432, "mysql": 3306, "mssql": 1433}
"""The databases that MLflow opens without a server, and where each of them listens."""
LONGEST = 300
QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
}
"""Settings that MLflow reads as it is imported."""


@dataclass(frozen=True)
class Location:
    """Where runs and their artifacts are kept.

    Attributes:
        root: The repository; not the copy of it that `dvc exp run --temp` works in.
        uri: As MLFLOW_TRACKING_URI would name it.
    """

    root: Path
    uri: str

    @classmethod
    def find(cls, environment: Mapping[str, str]) -> Self:
        """Return the location for an environment's MLFLOW_TRACKING_URI and DVC_ROOT.

        DVC sets DVC_ROOT to the repository even where it works in a copy, which it removes
        afterwards: a relative SQLite file is therefore taken to be in the repository.
        """
        root = Path(environment.get("DVC_ROOT") or Path.cwd()).resolve()
        uri = environment.get("MLFLOW_TRACKING_URI") or f"{SQLITE}mlflow.db"
        if uri.startswith(SQLITE):
            uri = f"{SQLITE}{root / uri.removeprefix(SQLITE)}"
        return cls(root, uri)

    @property
    def database(self) -> bool:
        """Whether this process writes into a database itself, with no MLflow server between."""
        return re.split(r"[+:]", self.uri)[0] in PORTS

    @property
    def file(self) -> Path | None:
        """The file of a local SQLite database; None for any other store."""
        return Path(self.uri.removeprefix(SQLITE)) if self.uri.startswith(SQLITE) else None

    @property
    def artifacts(self) -> str | None:
        """The absolute URI of a new experiment's artifacts; None where a server decides."""
        return (self.root / "mlartifacts").as_uri() if self.database else None

    def __str__(self) -> str:
        """Return the URI, fit to be shown."""
        return without_credentials(self.uri)


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
