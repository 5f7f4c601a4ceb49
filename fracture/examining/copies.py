"""Radiographs that are one exposure: the same bytes, the same pixels, nearly so, or so named."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.manifest import Radiograph
from fracture.examining.examine import Examined
from fracture.examining.names import named_copies
from fracture.examining.near import near_pairs
from fracture.examining.thumbnails import Description


def find_copies(examined: Sequence[Examined]) -> list[Pair]:
    """Return the pairs of radiographs that show one exposure, sorted, each pair once.

    Where several signs say that two are one, the pair is of the strictest kind: bytes, pixels,
    near, name.
    """
    descriptions = {
        each.finding: each.description for each in examined if isinstance(each.finding, Radiograph)
    }
    radiographs = list(descriptions)
    strictest: dict[tuple[str, str], Pair] = {}
    for pair in [
        *equal_pairs(radiographs, "bytes"),
        *equal_pairs(radiographs, "pixels"),
        *_near(descriptions),
        *named_copies(radiographs),
    ]:
        strictest.setdefault((pair.first, pair.second), pair)
    return sorted(strictest.values())


def equal_pairs(
    radiographs: Sequence[Radiograph], kind: Literal["bytes", "pixels"]
) -> Iterator[Pair]:
    """Yield pairs of radiographs with equal hashes: the smallest id with each of the other ids.

    Args:
        radiographs: Examined: with their hashes.
        kind: Which hash; the same bytes are always the same pixels.
    """
    ids_of = defaultdict(list)
    for radiograph in radiographs:
        digest = radiograph.sha256 if kind == "bytes" else radiograph.pixels_sha256
        ids_of[digest].append(radiograph.id)
    for ids in ids_of.values():
        first, *others = sorted(ids)
        yield from (Pair(first, other, kind) for other in others)


def _near(descriptions: Mapping[Radiograph, Description | None]) -> Iterator[Pair]:
    """Yield the pairs that look alike; of identical radiographs the smallest id stands for all."""
    distinct: dict[str, Radiograph] = {}
    for radiograph in sorted(descriptions, key=lambda radiograph: radiograph.id):
        distinct.setdefault(radiograph.pixels_sha256, radiograph)
    compared = list(distinct.values())
    for first, second, correlation in near_pairs([descriptions[each] for each in compared]):
        yield Pair(compared[first].id, compared[second].id, "near", round(correlation, 4))
