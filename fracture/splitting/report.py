"""What the split stage tells on the console."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tabulate import tabulate

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.splitting.given import first


def overview(radiographs: Sequence[Radiograph], parts: dict[str, Part]) -> str:
    """Return a table of each part's groups, radiographs and share of fractured ones."""
    rows = []
    for part in (*PARTS, "unused"):
        members = [radiograph for radiograph in radiographs if parts[radiograph.id] == part]
        if members:
            fractured = sum(member.fractured for member in members)
            groups = len({member.group for member in members})
            intact = len(members) - fractured
            rows.append([part, groups, intact, fractured, fractured / len(members)])
    return tabulate(rows, ["part", "groups", "not fractured", "fractured", "rate"], floatfmt=".3f")


def differences(parts: dict[str, Part], left_out: Iterable[LeftOut]) -> Iterator[str]:
    """Yield a line for each way in which a given split differs from the manifest.

    Args:
        parts: Of each radiograph of the manifest.
        left_out: What the split lists and the manifest leaves out.
    """
    reasons = Counter(one.reason for one in left_out)
    if reasons:
        counts = ", ".join(f"{count} {reason}" for reason, count in sorted(reasons.items()))
        yield f"{reasons.total()} of its radiographs are left out of the manifest: {counts}"
    if unused := [name for name, part in parts.items() if part == "unused"]:
        yield f"{len(unused)} radiographs of the manifest are in none of its parts: {first(unused)}"
