"""What one MLflow run holds, and the key by which it is found again."""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

from fracture.tracking.tables import Point

NETWORK = "network"
"""The artifact folder of the networks' files, in one folder for each seed."""


@dataclass(frozen=True)
class DataSet:
    """The radiographs that the scores rest on.

    Attributes:
        name: A key of `datasets` in params.yaml.
        digest: Of the manifest and the split, 12 hexadecimal digits.
        counts: Radiographs, fractured ones, groups, and the radiographs of each part.
    """

    name: str
    digest: str
    counts: dict[str, int]


@dataclass(frozen=True)
class Artifact:
    """A file to copy.

    Attributes:
        folder: Where it goes among the run's artifacts; empty for the top.
        file: Where it stands.
    """

    folder: str
    file: Path

    @property
    def is_network(self) -> bool:
        """Whether it belongs to a network: those are large, and copied only if asked for."""
        return self.folder.split("/")[0] == NETWORK


@dataclass(frozen=True)
class Record:
    """One run.

    Attributes:
        name: A key of `models` in params.yaml, or `comparison`.
        description: Markdown, which MLflow shows on the run's page.
        data: The radiographs.
        parameters: Settings by name, nested ones with dots.
        points: Scores (step 0) and curves (step: epoch).
        tags: Short facts to filter by.
        artifacts: In the order in which they are copied.
    """

    name: str
    description: str
    data: DataSet
    parameters: dict[str, str]
    points: list[Point]
    tags: dict[str, str]
    artifacts: list[Artifact]

    @property
    def has_network(self) -> bool:
        """Whether there is a network to copy."""
        return any(artifact.is_network for artifact in self.artifacts)

    @cached_property
    def key(self) -> str:
        """A hash of what the run holds, files by their bytes; 64 hexadecimal digits.

        The description is left out: rewording it is no reason for another run.
        """
        content = asdict(self) | {
            "description": None,
            "artifacts": [
                [artifact.folder, artifact.file.name, digest(artifact.file)]
                for artifact in self.artifacts
            ],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def digest(*files: Path) -> str:
    """Return the SHA-256 of the bytes of files, one after the other, as hexadecimal digits."""
    whole = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()
