"""Where a drawn split is not what was asked for, and the group that causes it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import PARTS, Part
from fracture.params.split import Split

TOLERANCE = 0.05
"""Of the radiographs, or of the label rate: what a part may lie off."""


@dataclass(frozen=True)
class Miss:
    """A part of a split that differs by more than `TOLERANCE` from what was asked for.

    Attributes:
        kind: `share`, of all radiographs, or `rate`, of fractured radiographs among a part's.
        part: Which part.
        asked: Share or rate, 0 to 1; the rate that is asked for is that of all radiographs.
        found: Likewise.
        group: Whose size, or whose labels, do most for it.
        size: Radiographs in the group.
        total: Radiographs in all groups.
    """

    kind: Literal["share", "rate"]
    part: Part
    asked: float
    found: float
    group: str
    size: int
    total: int

    def __str__(self) -> str:
        """What people read."""
        if self.kind == "share":
            what = f"asked for {self.asked:.0%} of the radiographs, got {self.found:.0%}"
        else:
            what = f"{self.found:.0%} of its radiographs are fractured, of all {self.asked:.0%}"
        return (
            f"{self.part}: {what}; the group {self.group} holds {self.size} of {self.total} "
            "radiographs and stays whole"
        )


def find_misses(
    radiographs: Sequence[Radiograph], parts: Mapping[str, Part], settings: Split
) -> list[Miss]:
    """Return where a split differs from what was asked for, those of shares first.

    Only a miss of more than `TOLERANCE`, and of more than one radiograph, counts.

    Args:
        radiographs: Of the manifest, each with its `group`.
        parts: Of each, by id.
        settings: `split` of params.yaml.
    """
    rest = 1 - settings.validation - settings.test
    shares = {"train": rest, "validation": settings.validation, "test": settings.test}
    groups: dict[str, list[Radiograph]] = defaultdict(list)
    for radiograph in sorted(radiographs, key=lambda each: each.id):
        groups[radiograph.group].append(radiograph)
    total = len(radiographs)
    rate = sum(each.fractured for each in radiographs) / total
    misses = []
    for part in PARTS:
        members = [each for each in radiographs if parts[each.id] == part]
        own = {name: group for name, group in groups.items() if parts[group[0].id] == part}
        share = len(members) / total
        if _is_off(share, shares[part], total):
            # A part that is too small lost to the largest group of all.
            places = own if share > shares[part] else groups
            largest = max(places, key=lambda name: len(places[name]))
            misses.append(
                Miss("share", part, shares[part], share, largest, len(groups[largest]), total)
            )
        found = sum(each.fractured for each in members) / len(members)
        if _is_off(found, rate, len(members)):
            sign = 1 if found > rate else -1
            excess = {
                name: sign * sum(each.fractured - rate for each in group)
                for name, group in own.items()
            }
            most = max(excess, key=lambda name: excess[name])
            misses.append(Miss("rate", part, rate, found, most, len(groups[most]), total))
    return sorted(misses, key=lambda miss: miss.kind == "rate")


def _is_off(found: float, asked: float, count: int) -> bool:
    """Return whether a share of so many is off, by more than one of them can make it."""
    return abs(found - asked) > max(TOLERANCE, 1 / count)


def refusal(misses: Sequence[Miss]) -> str:
    """Return a line on shares that are missed, and what to do."""
    listed = "; ".join(map(str, misses))
    return (
        f"the split is not what was asked for ({listed}): look whether the group's patient or "
        "study id means none (ingest.nobody in params.yaml), or set split.on_miss to report to go "
        "on"
    )
