"""Radiographs that are one exposure: the same bytes, the same pixels, nearly so, or so named."""

from collections.abc import Iterator, Mapping, Sequence

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.manifest import Radiograph
from fracture.examining.equal import equal_pairs
from fracture.examining.examine import Examined
from fracture.examining.names import named_copies
from fracture.examining.near import Description, near_pairs


def find_copies(examined: Sequence[Examined[Description]]) -> list[Pair]:
    """Return the pairs of radiographs that show one exposure, sorted, each pair once.

    Of several ways to know that two are one the strictest is told: bytes, pixels, near, name.
    """
    described = {
        one.finding: one.description for one in examined if isinstance(one.finding, Radiograph)
    }
    radiographs = list(described)
    known: dict[tuple[str, str], Pair] = {}
    found = [
        *equal_pairs(radiographs, "bytes"),
        *equal_pairs(radiographs, "pixels"),
        *_near(described),
        *named_copies(radiographs),
    ]
    for pair in found:
        known.setdefault((pair.first, pair.second), pair)
    return sorted(known.values())


def _near(described: Mapping[Radiograph, Description | None]) -> Iterator[Pair]:
    """Yield the pairs that look alike; of identical radiographs the smallest id stands for all."""
    alone: dict[str, Radiograph] = {}
    for radiograph in sorted(described, key=lambda radiograph: radiograph.id):
        alone.setdefault(radiograph.pixels_sha256, radiograph)
    looked_at = list(alone.values())
    for first, second, correlation in near_pairs([described[one] for one in looked_at]):
        yield Pair(looked_at[first].id, looked_at[second].id, "near", round(correlation, 4))
