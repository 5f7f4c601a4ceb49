"""Radiographs whose files or pixels are the same."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.manifest import Radiograph


def equal_pairs(
    radiographs: Sequence[Radiograph], kind: Literal["bytes", "pixels"]
) -> Iterator[Pair]:
    """Yield, of radiographs with equal hashes, the smallest id with each other.

    Args:
        radiographs: Examined: with their hashes.
        kind: Which hash; the same bytes are always the same pixels.
    """
    same = defaultdict(list)
    for radiograph in radiographs:
        same[radiograph.sha256 if kind == "bytes" else radiograph.pixels_sha256].append(
            radiograph.id
        )
    for ids in same.values():
        first, *others = sorted(ids)
        yield from (Pair(first, other, kind) for other in others)
