"""The radiographs of another data set that the models never saw."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.raw import data_root
from fracture.console import PipelineError
from fracture.datasets import read
from fracture.datasets.findings import Finding, leave_out, separate
from fracture.examining.copies import equal_pairs
from fracture.examining.examine import decide, examine
from fracture.params.dataset import DataSet
from fracture.params.radiographs import Ingest

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


def read_unseen(source: Source, rules: Ingest, trained: Iterable[Radiograph]) -> list[Finding]:
    """Return what another data set names: a grouped radiograph, or why it is left out.

    What is wrong with a file is judged as it was for the data set that the models learned from.

    Args:
        source: The data set.
        rules: `ingest` of params.yaml.
        trained: The manifest of the data set that the models were trained, chosen and judged on.

    Raises:
        PipelineError: The data set cannot be read, or holds what `ingest` calls a failure.
    """
    root = source.root
    try:
        findings, _ = read(source.reader, source.section, root, rules.nobody)
    except PipelineError as error:
        raise PipelineError(f"external.{source.name}: {error}") from None
    examined = examine(findings, root, rules, described=False)
    radiographs, _ = separate(each.finding for each in examined)
    grouped = decide(examined, [*equal_pairs(radiographs, "pixels")], rules)
    return [*_without_copies(_without_seen(grouped, trained))]


def _without_seen(findings: Sequence[Finding], trained: Iterable[Radiograph]) -> Iterator[Finding]:
    """Yield the findings, those left out whose exposure, patient or study was there in training."""
    digests = {digest for each in trained for digest in (each.sha256, each.pixels_sha256)}
    seen = {
        each.id: each.group
        for each in findings
        if isinstance(each, Radiograph)
        and not digests.isdisjoint((each.sha256, each.pixels_sha256))
    }
    groups = set(seen.values())
    for finding in findings:
        if isinstance(finding, Radiograph) and finding.group in groups:
            yield leave_out(finding, SEEN if finding.id in seen else SEEN_GROUP)
        else:
            yield finding


def _without_copies(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the findings, of radiographs with the same pixels the first alone."""
    digests: set[str] = set()
    for finding in findings:
        if not isinstance(finding, Radiograph):
            yield finding
        elif finding.pixels_sha256 in digests:
            yield leave_out(finding, COPY)
        else:
            digests.add(finding.pixels_sha256)
            yield finding
