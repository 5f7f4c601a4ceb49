"""Leaks: what belongs together and stands in different parts, however the split was made."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

from fracture.artifacts.duplicates import Kind as DuplicateKind
from fracture.artifacts.duplicates import Pair
from fracture.artifacts.manifest import Radiograph, require_same
from fracture.artifacts.splits import PARTS, Part

Kind = Literal["group", "patient", "study", DuplicateKind]
KINDS: tuple[Kind, ...] = get_args(Kind)
SIDES = tuple(combinations(PARTS, 2))
"""The pairs of parts between which something can leak."""

Key = tuple[Kind, str, str]
"""What radiographs share: the kind, and two texts that tell one such key from another."""
Members = dict[Part, list[str]]
"""The ids of the radiographs that share a key, in each part."""


@dataclass(frozen=True, order=True)
class Leak:
    """Two radiographs that belong together and are apart.

    Attributes:
        first: Id of the one in the earlier part, in the order of `PARTS`.
        second: Id of the other.
        sides: Their parts.
        kind: What they share.
    """

    first: str
    second: str
    sides: tuple[Part, Part]
    kind: Kind


def find_leaks(
    radiographs: Sequence[Radiograph], parts: Mapping[str, Part], pairs: Iterable[Pair]
) -> list[Leak]:
    """Return the leaks of a split, sorted; none if and only if no key stands in two parts.

    Of n radiographs that share a key, at most 2 n pairs are named, and each that has a partner in
    another part is in one of them. Radiographs that are `unused` leak nothing.

    Args:
        radiographs: With group, patient, study and hashes; empty ones tie nothing.
        parts: Of each radiograph.
        pairs: Duplicates; those of radiographs that are left out of the manifest are passed over.

    Raises:
        PipelineError: The split is not one of these radiographs.
    """
    require_same(radiographs, parts)
    sharing: dict[Key, Members] = defaultdict(lambda: defaultdict(list))
    for radiograph in radiographs:
        for key in keys(radiograph):
            sharing[key][parts[radiograph.id]].append(radiograph.id)
    for pair in pairs:
        if pair.first in parts and pair.second in parts:
            for name in (pair.first, pair.second):
                sharing[pair.kind, pair.first, pair.second][parts[name]].append(name)
    return sorted(
        {
            Leak(first, second, sides, kind)
            for (kind, *_), members in sharing.items()
            for sides in SIDES
            for first, second in across(members, sides)
        }
    )


def keys(radiograph: Radiograph) -> Iterator[Key]:
    """Yield what ties a radiograph to others; a study's id may be unique for its patient alone."""
    if radiograph.group:
        yield "group", radiograph.group, ""
    if radiograph.patient:
        yield "patient", radiograph.patient, ""
    if radiograph.study:
        yield "study", radiograph.patient, radiograph.study
    if radiograph.sha256:
        yield "bytes", radiograph.sha256, ""
    if radiograph.pixels_sha256:
        yield "pixels", radiograph.pixels_sha256, ""


def across(members: Members, sides: tuple[Part, Part]) -> Iterator[tuple[str, str]]:
    """Yield pairs over two parts in which every member occurs: the smallest id with each other."""
    left, right = (members.get(side, []) for side in sides)
    if left and right:
        first, second = min(left), min(right)
        yield from ((first, name) for name in right)
        yield from ((name, second) for name in left)
