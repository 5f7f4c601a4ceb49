"""What a split leaks: counted with named pairs, as a table, and in one line."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from tabulate import tabulate

from fracture.artifacts.gate import Leakage, LeakingPair
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.splitting.leaks import KINDS, SIDES, Leak

NAMED = 100  # pairs in the verdict
SHOWN = 3  # pairs in an error
COLUMNS = {sides: f"{sides[1]} tied to {sides[0]}" for sides in SIDES}


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
