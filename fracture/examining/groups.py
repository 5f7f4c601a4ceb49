"""Radiographs that belong together: of one patient, of one study, or one exposure."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from scipy.cluster.hierarchy import DisjointSet

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.manifest import Radiograph
from fracture.datasets.findings import Finding

Node = TypeVar("Node", bound=Hashable)


def components(pairs: Iterable[tuple[Node, Node]]) -> list[set[Node]]:
    """Return the sets of nodes that pairs, or chains of them, connect."""
    pairs = list(pairs)
    sets = DisjointSet(node for pair in pairs for node in pair)
    for first, second in pairs:
        sets.merge(first, second)
    found: list[set[Node]] = sets.subsets()
    return found


def opposite_labels(radiographs: Iterable[Radiograph], pairs: Iterable[Pair]) -> set[str]:
    """Return the ids of radiographs whose exposure carries both labels.

    Args:
        radiographs: With their labels.
        pairs: Those that show one exposure, as chains of them do.
    """
    fractured = {radiograph.id: radiograph.fractured for radiograph in radiographs}
    return {
        name
        for exposure in components((pair.first, pair.second) for pair in pairs)
        if len({fractured[name] for name in exposure}) > 1
        for name in exposure
    }


def group(
    findings: Sequence[Finding], radiographs: Iterable[Radiograph], pairs: Iterable[Pair]
) -> list[Finding]:
    """Return the findings, each radiograph with its group.

    Radiographs share a group if a chain of the same patient, the same study or the same exposure
    leads from one to the other. A group bears the smallest id kept in it, so names do not depend on
    the order. A radiograph that is left out still ties others together.

    Args:
        findings: What is kept and what is left out.
        radiographs: All that have pixels, kept or not.
        pairs: Those that show one exposure.
    """
    kept = {finding.id for finding in findings if isinstance(finding, Radiograph)}
    exposures = [((pair.first,), (pair.second,)) for pair in pairs]
    group_of: dict[str, str] = {}
    for component in components([*exposures, *_ties(radiographs)]):
        members = kept.intersection(node[0] for node in component if len(node) == 1)
        group_of |= dict.fromkeys(members, min(members, default=""))
    return [
        replace(finding, group=group_of.get(finding.id, finding.id))
        if isinstance(finding, Radiograph)
        else finding
        for finding in findings
    ]


def _ties(
    radiographs: Iterable[Radiograph],
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield what ties a radiograph, (id,), to others: its patient, its study."""
    for radiograph in radiographs:
        if radiograph.patient:
            yield (radiograph.id,), ("patient", radiograph.patient)
        if radiograph.study:
            yield (radiograph.id,), ("study", radiograph.study)
