"""Leaks: what belongs together and stands in different parts, however the split was made."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

from tabulate import tabulate

from fracture.artifacts.duplicates import Kind as DuplicateKind
from fracture.artifacts.duplicates import Pair
from fracture.artifacts.gate import Leakage, LeakingPair
from fracture.artifacts.manifest import Radiograph, require_same
from fracture.artifacts.splits import PARTS, Part

Kind = Literal["group", "patient", "study", DuplicateKind]
KINDS: tuple[Kind, ...] = get_args(Kind)
SIDES = tuple(combinations(PARTS, 2))
"""The pairs of parts between which something can leak."""
COLUMNS = {sides: f"{sides[1]} tied to {sides[0]}" for sides in SIDES}
NAMED = 100  # pairs that are written down
SHOWN = 3  # pairs in an error

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
    """Yield what ties a radiograph to others."""
    if radiograph.group:
        yield "group", radiograph.group, ""
    if radiograph.patient:
        yield "patient", radiograph.patient, ""
    if radiograph.study:
        yield "study", radiograph.study, ""
    if radiograph.sha256:
        yield "bytes", radiograph.sha256, ""
    if radiograph.pixels_sha256:
        yield "pixels", radiograph.pixels_sha256, ""


def across(members: Members, sides: tuple[Part, Part]) -> Iterator[tuple[str, str]]:
    """Yield pairs of ids from two parts: the smallest id of each part with every id of the other.

    Args:
        members: Ids that share a key, in each part.
        sides: The two parts.
    """
    left, right = (members.get(side, []) for side in sides)
    if left and right:
        first, second = min(left), min(right)
        yield from ((first, name) for name in right)
        yield from ((name, second) for name in left)


def count_leaks(
    radiographs: Sequence[Radiograph], parts: Mapping[str, Part], leaks: Sequence[Leak]
) -> Leakage:
    """Count what the parts of a split share, and name the first 100 pairs.

    Args:
        radiographs: Of the manifest, of one data set.
        parts: Of each radiograph.
        leaks: As `find_leaks` returns them.
    """
    placed = list(parts.values())
    kinds = defaultdict(list)
    for leak in leaks:
        kinds[leak.first, leak.second, leak.sides].append(leak.kind)
    return Leakage(
        dataset=radiographs[0].dataset,
        verdict="leaks" if leaks else "clean",
        radiographs={part: placed.count(part) for part in PARTS},
        leaking={
            part: _radiographs(leak for leak in leaks if leak.sides[1] == part)
            for part in PARTS[1:]
        },
        by_kind={kind: _counts([leak for leak in leaks if leak.kind == kind]) for kind in KINDS},
        leaking_pairs=len(kinds),
        pairs=[
            LeakingPair(first=first, second=second, parts=sides, kinds=list(shared))
            for (first, second, sides), shared in sorted(kinds.items())[:NAMED]
        ],
    )


def _counts(leaks: Sequence[Leak]) -> dict[str, int]:
    return {"radiographs": _radiographs(leaks)} | {
        column: _radiographs(leak for leak in leaks if leak.sides == sides)
        for sides, column in COLUMNS.items()
    }


def _radiographs(leaks: Iterable[Leak]) -> int:
    return len({leak.second for leak in leaks})


def overview(leakage: Leakage) -> str:
    """Return a table of the leaks by kind, or a line that says that there are none."""
    if leakage.verdict == "clean":
        return f"clean: no {', '.join(KINDS[:-1])} or {KINDS[-1]} is shared by two parts"
    rows = [[kind, *counts.values()] for kind, counts in _found(leakage).items()]
    return tabulate(rows, ["shared", "radiographs", *COLUMNS.values()])


def refusal(leakage: Leakage) -> str:
    """Return a line on a split that leaks: how much, by what, for example which, what to do."""
    leaking = " and ".join(
        f"{count} of {leakage.radiographs[part]} {part}" for part, count in leakage.leaking.items()
    )
    kinds = ", ".join(f"{kind} {counts['radiographs']}" for kind, counts in _found(leakage).items())
    pairs = ", ".join(
        f"{pair.first} ({pair.parts[0]}) with {pair.second} ({pair.parts[1]})"
        for pair in leakage.pairs[:SHOWN]
    )
    return (
        f"the split leaks: {leaking} radiographs are tied to an earlier part, by {kinds}, such as "
        f"{pairs}: mend the split (split.given or split.shipped in params.yaml), or set "
        "gate.on_leak to report to go on with it"
    )


def _found(leakage: Leakage) -> dict[str, dict[str, int]]:
    """Return the counts of the kinds of which there are leaks."""
    return {kind: counts for kind, counts in leakage.by_kind.items() if counts["radiographs"]}
