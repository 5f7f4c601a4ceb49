"""Pairs of radiographs that show the same exposure, among many."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, groupby

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from fracture.examining.near.correlation import correlations
from fracture.examining.near.description import Description
from fracture.examining.near.search import candidates

# In FracAtlas what is one correlates by 0.97 or more, different exposures of like hands up to 0.84.
# Copies in a letterbox of 224 pixels at JPEG quality 60 come down to 0.94: benchmarks/.
SAME = 0.93
CHAINED = 0.85  # what any two of a cluster must reach, so that no chain of look-alikes joins others
FEWEST_ROWS = 20  # of 64: a file that shows less is compared with nothing

Pair = tuple[int, int]


def near_pairs(descriptions: Sequence[Description | None]) -> list[tuple[int, int, float]]:
    """Return the pairs that show the same exposure, sorted, each with its correlation.

    The same whatever the order of the descriptions, but for their positions. Not every two are
    compared: a tree over perceptual hashes proposes, the correlation of aligned pixels decides.
    In time and memory it is made for tens of thousands; a picture that occurs thousands of times is
    better given once, for all its pairs are returned.

    Args:
        descriptions: Of radiographs; None where there is nothing to compare.

    Returns:
        Position of the first, of the second, which is larger, and their correlation, 0.93 to 1.
    """
    known = {
        position: description
        for position, description in enumerate(descriptions)
        if description is not None and description.rows >= FEWEST_ROWS
    }
    found = {
        pair: correlation
        for pair, correlation in _correlate(known, sorted(_proposed(known)))
        if correlation >= SAME
    }
    return [(*pair, found[pair]) for pair in sorted(_unchained(known, found))]


def _proposed(known: dict[int, Description]) -> set[Pair]:
    """Return the pairs that a look at all thumbnails proposes, once for each number of rows."""
    proposed: set[Pair] = set()
    for rows in {description.rows for description in known.values()}:
        shown = [
            (position, description.rows, thumbnail[:rows])
            for position, description in known.items()
            for thumbnail in description.thumbnails
            if description.rows >= rows
        ]
        owners = np.array([position for position, _, _ in shown])
        asking = np.array([theirs == rows for _, theirs, _ in shown])
        near = owners[candidates([thumbnail for _, _, thumbnail in shown], asking)]
        near = np.sort(near[near[:, 0] != near[:, 1]], axis=1)
        proposed.update(map(tuple, near.tolist()))
    return proposed


def _correlate(
    known: dict[int, Description], pairs: Sequence[Pair]
) -> Iterator[tuple[Pair, float]]:
    """Yield each of the sorted pairs with its correlation."""
    for first, same_first in groupby(pairs, lambda pair: pair[0]):
        together = list(same_first)
        others = (known[second] for _, second in together)
        yield from zip(together, correlations(known[first], others), strict=True)


def _unchained(known: dict[int, Description], found: dict[Pair, float]) -> Iterator[Pair]:
    """Yield the pairs found, without those that would chain what does not belong together.

    Clusters grow by complete linkage: any two radiographs of a cluster reach `CHAINED`.
    """
    for members in _components(found):
        pairs = list(combinations(members, 2))
        missing = [pair for pair in pairs if pair not in found]
        others = dict(_correlate(known, missing))
        distances = [1 - (found[pair] if pair in found else others[pair]) for pair in pairs]
        clusters = fcluster(linkage(distances, "complete"), 1 - CHAINED, "distance")
        cluster = dict(zip(members, clusters.tolist(), strict=True))
        yield from (
            (one, other)
            for one, other in pairs
            if (one, other) in found and cluster[one] == cluster[other]
        )


def _components(pairs: Iterable[Pair]) -> Iterator[list[int]]:
    """Yield the sorted members of each connected component."""
    ends = np.array(list(pairs), np.intp).reshape(-1, 2)
    names, places = np.unique(ends, return_inverse=True)
    start, end = places.reshape(-1, 2).T
    graph = coo_array((np.ones(len(ends), bool), (start, end)), shape=(len(names), len(names)))
    number = connected_components(graph, directed=False)[1]
    order = np.argsort(number, kind="stable")
    for members in np.split(names[order], np.flatnonzero(np.diff(number[order])) + 1):
        if len(members):
            yield members.tolist()
