"""The radiographs of another data set that the models never saw."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.raw import data_root
from fracture.console import PipelineError
from fracture.datasets import READERS
from fracture.datasets.findings import Finding, separate
from fracture.examining import faults
from fracture.examining.equal import equal_pairs
from fracture.examining.examine import examine
from fracture.examining.groups import group, of_opposite_labels
from fracture.params.datasets import DataSet
from fracture.params.ingest import Ingest

SEEN = "seen in training data"
SEEN_GROUP = "of a patient, study or exposure seen in training data"
COPY = "the same pixels as another"


@dataclass(frozen=True)
class Source:
    """A data set of `external` in params.yaml.

    Attributes:
        name: Its key.
        reader: A key of `datasets`.
        section: As the reader wants it.
    """

    name: str
    reader: str
    section: DataSet

    @property
    def root(self) -> Path:
        """The folder that holds it.

        Raises:
            PipelineError: There is none.
        """
        root = data_root(self.section.root)
        if not root.is_dir():
            raise PipelineError(
                f"no folder {root}: put the data set {self.name} there, or set "
                f"external.{self.name}.root in params.yaml"
            )
        return root


def read_unseen(source: Source, settings: Ingest, trained: Iterable[Radiograph]) -> list[Finding]:
    """Return what another data set names: a grouped radiograph, or why it is left out.

    What is wrong with a file is judged as it was for the data set that the models learned from.

    Args:
        source: The data set.
        settings: `ingest` of params.yaml.
        trained: The manifest of the data set that the models were trained, chosen and judged on.

    Raises:
        PipelineError: The data set cannot be read, or holds what `ingest` calls a failure.
    """
    root = source.root
    try:
        findings = READERS[source.reader](source.section, root)
    except PipelineError as error:
        raise PipelineError(f"external.{source.name}: {error}") from None
    examined = examine(findings, root, settings, describe=lambda _: None)
    found = [one.finding for one in examined]
    radiographs, _ = separate(found)
    pairs = [*equal_pairs(radiographs, "pixels")]
    faulty = {one.finding.id: set(one.faults) for one in examined}
    for contradicted in of_opposite_labels(radiographs, pairs):
        faulty[contradicted].add(faults.CONFLICTING_LABELS)
    grouped = group(faults.apply(found, faulty, settings), radiographs, pairs)
    return [*_once(_not_seen(grouped, trained))]


def _not_seen(findings: Sequence[Finding], trained: Iterable[Radiograph]) -> Iterator[Finding]:
    """Yield the findings, those left out whose exposure, patient or study was there in training."""
    known = {digest for one in trained for digest in (one.sha256, one.pixels_sha256)}
    seen = {
        one.id: one.group
        for one in findings
        if isinstance(one, Radiograph) and not known.isdisjoint((one.sha256, one.pixels_sha256))
    }
    groups = set(seen.values())
    for finding in findings:
        if isinstance(finding, LeftOut) or finding.group not in groups:
            yield finding
        else:
            yield faults.leave_out(finding, SEEN if finding.id in seen else SEEN_GROUP)


def _once(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings, of radiographs with the same pixels the first alone."""
    known: set[str] = set()
    for finding in findings:
        if isinstance(finding, Radiograph) and finding.pixels_sha256 in known:
            yield faults.leave_out(finding, COPY)
            continue
        if isinstance(finding, Radiograph):
            known.add(finding.pixels_sha256)
        yield finding
