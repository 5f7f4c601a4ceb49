"""What one MLflow run holds, and the key by which it is found again."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from urllib.request import url2pathname

from fracture.artifacts import digests
from fracture.artifacts.costs import Costs
from fracture.tracking.data_set import DataSet

KEY = "content"
"""The tag that holds a record's key."""
CLONE = "clone"
"""The tag with the clone that writes a run: it alone knows whether it still does."""
NETWORK = "network"
"""The artifact folder of the networks' files, in one folder for each seed; and the tag that says
whether they were copied."""
COPIED = "copied"
HEADLINE = "headline"
"""The tag that marks the run of the system that `model` in params.yaml names."""
PARENT = "mlflow.parentRunId"
"""The tag with the run below which MLflow shows a run."""
STATE = "state"
"""The tag `kind` of the run of a state of the pipeline, the parent of its systems' runs."""
NO_COSTS = Costs(None, None)
NUMBERS = "numbers.json"
"""The artifact with all numbers of a run."""


class Point(NamedTuple):
    """One value of a metric; `step` is the epoch, 0 for what is no curve."""

    name: str
    value: float
    step: int = 0


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
        name: Of a system, or of the state of the pipeline.
        description: Markdown, which MLflow shows on the run's page.
        data: The radiographs.
        parameters: Settings by name, nested ones with dots.
        points: The scores that are charted (step 0) and curves (step: epoch).
        numbers: All scores by name, as a table.
        tags: Short facts to filter by.
        artifacts: In the order in which they are copied.
        classes: Of the target of a system; empty for what gives no probabilities.
        headline: Whether it is the system that `model` in params.yaml names.
        with_networks: Whether its networks are to be copied, if it has any.
        costs: What training and predicting took on this machine.
    """

    name: str
    description: str
    data: DataSet
    parameters: dict[str, str]
    points: list[Point]
    numbers: dict[str, float]
    tags: dict[str, str]
    artifacts: list[Artifact]
    classes: tuple[str, ...] = ()
    headline: bool = False
    with_networks: bool = False
    costs: Costs = NO_COSTS

    @property
    def is_state(self) -> bool:
        """Whether it is the state of the pipeline, and no system."""
        return self.tags["kind"] == STATE

    @property
    def has_network(self) -> bool:
        """Whether there is a network to copy."""
        return any(artifact.is_network for artifact in self.artifacts)

    @property
    def copies_networks(self) -> bool:
        """Whether a run of it shall have networks."""
        return self.with_networks and self.has_network

    @property
    def trained(self) -> tuple[int, int] | None:
        """Beginning and end of its training, milliseconds since 1970; None where not measured."""
        training = self.costs.training
        if training is None or not training.whole:
            return None
        end = datetime.fromisoformat(training.finished).timestamp()
        return round((end - training.seconds) * 1000), round(end * 1000)

    def copied(self, networks: bool) -> list[Artifact]:
        """Return the artifacts that a run gets, those of networks only if they are asked for."""
        return [each for each in self.artifacts if networks or not each.is_network]

    def top(self, networks: bool) -> set[str]:
        """Return the names at the top of a run's artifacts, with or without the networks."""
        names = {each.folder.split("/")[0] or each.file.name for each in self.copied(networks)}
        return names | ({NUMBERS} if self.numbers else set())

    def is_in(self, uri: str, networks: bool) -> bool:
        """Return whether a run has the files that it should have.

        Args:
            uri: Of the run's artifacts. What no file system holds cannot be looked at, and is
                believed to be there.
            networks: Whether the run got the networks.
        """
        if self.copies_networks and not networks:
            return False
        parts = urlsplit(uri)
        if parts.scheme not in {"", "file"}:
            return True
        folder = Path(url2pathname(parts.path))
        files = self.copied(networks)
        if self.numbers and not (folder / NUMBERS).is_file():
            return False
        return all(_is_copy(folder / each.folder / each.file.name, each.file) for each in files)

    def key(self, sha256: Mapping[Path, str], systems: Iterable[str] = ()) -> str:
        """Return a hash of what the run holds, 64 hexadecimal digits.

        Left out are the description, whether it is the headline, whether networks are copied, and
        costs, which no rerun repeats: to change one of those is no reason for another run.

        Args:
            sha256: Of the artifacts, by file.
            systems: Keys of the systems' records, where it is that of the state.
        """
        content = vars(self) | {
            "description": None,
            "headline": None,
            "with_networks": None,
            "costs": None,
            "systems": list(systems),
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
    """Return records by their key, that of the state of the pipeline last."""
    records = list(records)
    sha256 = digests.sha256_of(each.file for record in records for each in record.artifacts)
    made = {record.key(sha256): record for record in records if not record.is_state}
    return made | {record.key(sha256, made): record for record in records if record.is_state}
