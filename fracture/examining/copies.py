"""Radiographs that are one exposure: the same bytes, the same pixels, or pictures that agree."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.notes import Note
from fracture.examining.examine import Examined
from fracture.examining.groups import components
from fracture.examining.names import named_copies
from fracture.examining.near import near_pairs
from fracture.examining.thumbnails import Description


def find_copies(examined: Sequence[Examined]) -> tuple[list[Pair], list[Note]]:
    """Return the pairs of radiographs that show one exposure, sorted, and what names say in vain.

    Pairs connect the radiographs of an exposure, each pair once, and are not all that could be
    named. Where several signs say that two are one, the pair is of the strictest kind: bytes,
    pixels, near. File names only propose pairs: `3.jpg` and `3 (1).jpg` may be two hands.
    """
    descriptions = {
        each.finding: each.description for each in examined if isinstance(each.finding, Radiograph)
    }
    radiographs = list(descriptions)
    named = named_copies(radiographs)
    strictest: dict[tuple[str, str], Pair] = {}
    for pair in [
        *equal_pairs(radiographs, "bytes"),
        *equal_pairs(radiographs, "pixels"),
        *_near(descriptions, named),
    ]:
        strictest.setdefault((pair.first, pair.second), pair)
    pairs = sorted(strictest.values())
    return pairs, _notes(named, pairs)


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


def _near(
    descriptions: Mapping[Radiograph, Description | None], named: Sequence[tuple[str, str]]
) -> Iterator[Pair]:
    """Yield the pairs that look alike; of identical radiographs the smallest id stands for all."""
    place: dict[str, int] = {}
    compared: list[Radiograph] = []
    first_of: dict[str, int] = {}
    for radiograph in sorted(descriptions, key=lambda radiograph: radiograph.id):
        place[radiograph.id] = first_of.setdefault(radiograph.pixels_sha256, len(compared))
        if place[radiograph.id] == len(compared):
            compared.append(radiograph)
    hints = [(place[first], place[second]) for first, second in named]
    for first, second, correlation in near_pairs([descriptions[each] for each in compared], hints):
        yield Pair(compared[first].id, compared[second].id, "near", correlation)


def _notes(named: Sequence[tuple[str, str]], pairs: Sequence[Pair]) -> list[Note]:
    """Return a note on names that call one a copy of another whose picture differs, if any."""
    exposure = {
        name: number
        for number, members in enumerate(components((pair.first, pair.second) for pair in pairs))
        for name in members
    }
    apart = [
        (first, second)
        for first, second in named
        if exposure.get(first, first) != exposure.get(second, second)
    ]
    if not apart:
        return []
    text = (
        f"{len(apart)} pairs of file names say that one is a copy of the other, such as "
        f"{apart[0][0]} and {apart[0][1]}, but their pictures differ: they are taken for two "
        "exposures"
    )
    return [Note("named_copies", text, len({name for pair in apart for name in pair}))]
