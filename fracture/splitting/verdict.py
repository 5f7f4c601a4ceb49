"""The verdict on a split: as a table of counts with named pairs, on the console, in one line."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tabulate import tabulate

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.splitting.leaks import KINDS, SIDES, Leak

NAMED = 100  # pairs in the verdict
SHOWN = 3  # pairs in an error
COLUMNS = {sides: f"{sides[1]} tied to {sides[0]}" for sides in SIDES}


def judge(
    radiographs: Sequence[Radiograph], parts: Mapping[str, Part], leaks: Sequence[Leak]
) -> dict[str, Any]:
    """Return the verdict on a split.

    Args:
        radiographs: Of the manifest, of one data set.
        parts: Of each radiograph.
        leaks: As `find_leaks` returns them.

    Returns:
        `verdict` is `clean` or `leaks`, `radiographs` counts each part. `leaking` counts the
        radiographs of validation and of test that are tied to one of an earlier part, each once;
        `by_kind` counts the same for each kind of leak, in all and by the two parts.
        `leaking_pairs` is the number of pairs found, of which `pairs` names the first 100, by id.
    """
    placed = list(parts.values())
    kinds = defaultdict(list)
    for leak in leaks:
        kinds[leak.first, leak.second, *leak.sides].append(leak.kind)
    return {
        "dataset": radiographs[0].dataset,
        "verdict": "leaks" if leaks else "clean",
        "radiographs": {part: placed.count(part) for part in PARTS},
        "leaking": {
            part: _radiographs(leak for leak in leaks if leak.sides[1] == part)
            for part in PARTS[1:]
        },
        "by_kind": {kind: _counts([leak for leak in leaks if leak.kind == kind]) for kind in KINDS},
        "leaking_pairs": len(kinds),
        "pairs": [
            {"first": first, "second": second, "parts": sides, "kinds": of}
            for (first, second, *sides), of in sorted(kinds.items())[:NAMED]
        ],
    }


def _counts(leaks: Sequence[Leak]) -> dict[str, int]:
    return {"radiographs": _radiographs(leaks)} | {
        column: _radiographs(leak for leak in leaks if leak.sides == sides)
        for sides, column in COLUMNS.items()
    }


def _radiographs(leaks: Iterable[Leak]) -> int:
    return len({leak.second for leak in leaks})


def overview(verdict: Mapping[str, Any]) -> str:
    """Return the verdict as people read it: a table of the leaks by kind, if there are any."""
    if verdict["verdict"] == "clean":
        return f"clean: no {', '.join(KINDS[:-1])} or {KINDS[-1]} is shared by two parts"
    rows = [[kind, *counts.values()] for kind, counts in _found(verdict).items()]
    return tabulate(rows, ["shared", "radiographs", *COLUMNS.values()])


def refusal(verdict: Mapping[str, Any]) -> str:
    """Return a line on a split that leaks: how much, by what, for example which, what to do."""
    leaking = " and ".join(
        f"{count} of {verdict['radiographs'][part]} {part}"
        for part, count in verdict["leaking"].items()
    )
    kinds = ", ".join(f"{kind} {counts['radiographs']}" for kind, counts in _found(verdict).items())
    pairs = ", ".join(
        f"{pair['first']} ({pair['parts'][0]}) with {pair['second']} ({pair['parts'][1]})"
        for pair in verdict["pairs"][:SHOWN]
    )
    return (
        f"the split leaks: {leaking} radiographs are tied to an earlier part, by {kinds}, such as "
        f"{pairs}: mend the split (split.given or split.shipped in params.yaml), or set "
        "gate.on_leak to report to go on with it"
    )


def _found(verdict: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return the counts of the kinds of which there are leaks."""
    return {kind: counts for kind, counts in verdict["by_kind"].items() if counts["radiographs"]}
