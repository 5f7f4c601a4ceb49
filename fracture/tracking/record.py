"""What one MLflow run holds, and the key by which it is found again."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from fracture.artifacts import digests

KEY = "content"
"""The tag that holds a record's key."""
CLONE = "clone"
"""The tag with the clone that writes a run: it alone knows whether it still does."""
NETWORK = "network"
"""The artifact folder of the networks' files, in one folder for each seed; and the tag that says
whether they were copied."""
COPIED = "copied"


class Point(NamedTuple):
    """One value of a metric; `step` is the epoch, 0 for what is no curve."""

    name: str
    value: float
    step: int = 0


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
        name: Of a system, or `comparison`.
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

    def copied(self, networks: bool) -> list[Artifact]:
        """Return the artifacts that a run gets, those of networks only if they are asked for."""
        return [each for each in self.artifacts if networks or not each.is_network]

    def top(self, networks: bool) -> set[str]:
        """Return the names at the top of a run's artifacts, with or without the networks."""
        return {each.folder.split("/")[0] or each.file.name for each in self.copied(networks)}

    def is_in(self, uri: str, with_networks: bool, networks: bool) -> bool:
        """Return whether a run has the files that it should have.

        Args:
            uri: Of the run's artifacts. What no file system holds cannot be looked at, and is
                believed to be there.
            with_networks: Whether the run got the networks.
            networks: Whether it should have them.
        """
        if networks and self.has_network and not with_networks:
            return False
        parts = urlsplit(uri)
        if parts.scheme not in {"", "file"}:
            return True
        folder = Path(url2pathname(parts.path))
        files = self.copied(with_networks)
        return all(_is_copy(folder / each.folder / each.file.name, each.file) for each in files)

    def key(self, sha256: Mapping[Path, str]) -> str:
        """Return a hash of what the run holds, 64 hexadecimal digits.

        The description is left out: rewording it is no reason for another run.

        Args:
            sha256: Of the artifacts, by file.
        """
        content = vars(self) | {
            "description": None,
            "data": asdict(self.data),
            "artifacts": [
                [artifact.folder, artifact.file.name, sha256[artifact.file]]
                for artifact in self.artifacts
            ],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _is_copy(file: Path, original: Path) -> bool:
    return file.is_file() and file.stat().st_size == original.stat().st_size


def by_key(records: Iterable[Record]) -> dict[str, Record]:
    """Return records by their key."""
    records = list(records)
    sha256 = digests.sha256_of(each.file for record in records for each in record.artifacts)
    return {record.key(sha256): record for record in records}
