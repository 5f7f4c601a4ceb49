"""Radiographs that belong together: of one patient, of one study, or one exposure."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.manifest import Radiograph
from fracture.datasets.findings import Finding

Thing = TypeVar("Thing", bound=Hashable)


def clusters(pairs: Iterable[Pair]) -> list[set[str]]:
    """Return the ids that pairs, or chains of them, make one; each cluster once."""
    return joined((pair.first, pair.second) for pair in pairs)


def of_opposite_labels(radiographs: Iterable[Radiograph], pairs: Iterable[Pair]) -> set[str]:
    """Return the ids in those clusters of one exposure that carry both labels."""
    fractured = {radiograph.id: radiograph.fractured for radiograph in radiographs}
    return {
        name
        for cluster in clusters(pairs)
        if len({fractured[name] for name in cluster}) > 1
        for name in cluster
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
    copies = [((pair.first,), (pair.second,)) for pair in pairs]
    name_of: dict[str, str] = {}
    for together in joined([*copies, *_ties(radiographs)]):
        members = kept.intersection(thing[0] for thing in together if len(thing) == 1)
        name_of |= dict.fromkeys(members, min(members, default=""))
    return [
        replace(finding, group=name_of.get(finding.id, finding.id))
        if isinstance(finding, Radiograph)
        else finding
        for finding in findings
    ]


def joined(ties: Iterable[tuple[Thing, Thing]]) -> list[set[Thing]]:
    """Return the sets of things that ties, or chains of them, hold together."""
    ties = list(ties)
    things = list(dict.fromkeys(thing for tie in ties for thing in tie))
    number = {thing: position for position, thing in enumerate(things)}
    start, end = (
        np.array([(number[one], number[other]) for one, other in ties], np.intp).reshape(-1, 2).T
    )
    n = len(things)
    graph = coo_array((np.ones(len(start), bool), (start, end)), shape=(n, n))
    together: dict[int, set[Thing]] = defaultdict(set)
    if n:
        for component, thing in zip(
            connected_components(graph, directed=False)[1], things, strict=True
        ):
            together[component].add(thing)
    return list(together.values())


def _ties(
    radiographs: Iterable[Radiograph],
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield what ties a radiograph, (id,), to others: its patient, its study.

    A study's id may be unique for its patient alone.
    """
    for radiograph in radiographs:
        if radiograph.patient:
            yield (radiograph.id,), ("patient", radiograph.patient)
        if radiograph.study:
            yield (radiograph.id,), ("study", radiograph.patient, radiograph.study)
