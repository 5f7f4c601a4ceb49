"""Radiographs that belong together: of one patient, of one study, or the same picture."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from stages.artifacts.manifest import Radiograph
from stages.ingest.findings import Finding, LeftOut, separate

OPPOSITE_LABELS = "identical pixels carry opposite labels"


def group(findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings with groups named, identical radiographs of opposite labels left out.

    Radiographs share a group if a chain of the same patient, the same study or the same pixels
    leads from one to the other. A group bears the smallest id kept in it, so names do not depend on
    the order. What is left out for its labels still ties others together.
    """
    radiographs, _ = separate(findings)
    labels = defaultdict(set)
    for radiograph in radiographs:
        labels[radiograph.pixels_sha256].add(radiograph.fractured)
    members = defaultdict(list)
    for number, radiograph in zip(components(radiographs), radiographs, strict=True):
        members[number].append(radiograph)
    outcome: dict[str, Finding] = {}
    for together in members.values():
        agreeing = [member for member in together if len(labels[member.pixels_sha256]) == 1]
        outcome |= {member.id: LeftOut(member.id, OPPOSITE_LABELS) for member in together}
        name = min((member.id for member in agreeing), default="")
        outcome |= {member.id: replace(member, group=name) for member in agreeing}
    return [outcome.get(finding.id, finding) for finding in findings]


def components(radiographs: Sequence[Radiograph]) -> list[int]:
    """Return the number of the group of each radiograph."""
    first: dict[tuple[str, ...], int] = {}
    edges = [
        (first.setdefault(key, position), position)
        for position, radiograph in enumerate(radiographs)
        for key in _ties(radiograph)
    ]
    n = len(radiographs)
    start, end = np.array(edges, np.intp).reshape(-1, 2).T
    graph = coo_array((np.ones(len(start), bool), (start, end)), shape=(n, n))
    numbers: list[int] = connected_components(graph, directed=False)[1].tolist()
    return numbers


def duplicate_clusters(radiographs: Sequence[Radiograph]) -> int:
    """Return how many different pictures occur more than once."""
    copies = Counter(radiograph.pixels_sha256 for radiograph in radiographs)
    return sum(count > 1 for count in copies.values())


def _ties(radiograph: Radiograph) -> Iterator[tuple[str, ...]]:
    """Yield what ties a radiograph to others: the same bytes are the same pixels.

    A study's id may be unique for its patient alone.
    """
    yield "pixels", radiograph.pixels_sha256
    if radiograph.patient:
        yield "patient", radiograph.patient
    if radiograph.study:
        yield "study", radiograph.patient, radiograph.study
