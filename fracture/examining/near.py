"""Pairs of radiographs that show the same exposure although their bytes and pixels differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.cluster.hierarchy import DisjointSet, fcluster, linkage

from fracture.examining.groups import components
from fracture.examining.proposals import Proposal, propose
from fracture.examining.registration import (
    Affine,
    Picture,
    coarse,
    correlate,
    estimate,
    resemblance,
    screen,
)
from fracture.examining.thumbnails import Description, Grey
from fracture.imaging.threads import in_threads

# In FracAtlas what is one correlates by 0.934 or more; a patient's next exposure, without a move in
# between, came up to 0.915, radiographs of different patients to 0.849.
SAME = 0.92
NAMED = 0.88  # where the file names say so too: above all that was seen of different patients
CHAINED = 0.7  # what any two of a cluster must reach, so that no chain of look-alikes joins others
DIGITS = 4  # the last digits of a sum depend on its order

Pair = tuple[int, int]


class Match(NamedTuple):
    """What a comparison found: the correlation, and the transform of the second to the first."""

    correlation: float
    affine: Affine


def near_pairs(
    descriptions: Sequence[Description | None], named: Iterable[Pair] = ()
) -> list[tuple[int, int, float]]:
    """Return the pairs that show the same exposure, sorted, each with its correlation.

    The same whatever the order of the descriptions, but for their positions. Local features
    propose, the correlation of aligned pixels decides. What is known to belong together is not
    compared once more: the pairs connect the radiographs of an exposure, and are not all that
    could be named.

    Args:
        descriptions: Of radiographs; None where there is nothing to compare.
        named: Positions of pairs whose names say that they are one: compared in any case, and one
            from 0.88 on, others from 0.92.

    Returns:
        Position of the first, of the second, which is larger, and their correlation, 0 to 1.
    """
    comparable = [
        (position, each) for position, each in enumerate(descriptions) if each is not None
    ]
    # In an order of their own: comparisons of two and the tree depend on it in the last digits.
    comparable.sort(key=lambda each: each[1].key)
    place = {position: number for number, (position, _) in enumerate(comparable)}
    known = [described for _, described in comparable]
    hints = {
        (min(place[one], place[other]), max(place[one], place[other]))
        for one, other in named
        if one in place and other in place
    }
    matches = _matches(known, _proposals(known, hints), hints)
    pairs = []
    for first, second, correlation in _unchained(known, matches):
        one, other = sorted((comparable[first][0], comparable[second][0]))
        pairs.append((one, other, round(correlation, DIGITS)))
    return sorted(pairs)


def _proposals(descriptions: Sequence[Description], hints: set[Pair]) -> list[Proposal]:
    hinted = [Proposal(*pair, mirrored, 0) for pair in sorted(hints) for mirrored in (False, True)]
    proposed = propose(descriptions)
    found = {each[:3] for each in proposed}
    return [*proposed, *(each for each in hinted if each[:3] not in found)]


def _matches(
    descriptions: Sequence[Description], proposals: Sequence[Proposal], hints: set[Pair]
) -> dict[Pair, Match]:
    """Return the matches of pairs that show the same exposure.

    In two rounds: for each radiograph the proposal with most votes, then what is not yet connected.
    """
    small = list(map(coarse, descriptions))
    sets = DisjointSet(range(len(descriptions)))
    best: dict[int, Proposal] = {}
    for each in proposals:
        for position in each[:2]:
            best.setdefault(position, each)
    matches: dict[Pair, Match] = {}
    match_of = partial(_match, descriptions, small)
    for proposed in (list(dict.fromkeys(best.values())), proposals):
        waiting = [each for each in proposed if not sets.connected(*each[:2])]
        found = in_threads(match_of, waiting, "comparing")
        for each, match in zip(waiting, found, strict=True):
            pair = each[:2]
            if match is not None and match.correlation >= (NAMED if pair in hints else SAME):
                matches[pair] = max(match, matches.get(pair, match), key=lambda one: one[0])
                sets.merge(*pair)
    return matches


def _match(
    descriptions: Sequence[Description], small: Sequence[Grey], proposal: Proposal
) -> Match | None:
    """Return how well two radiographs lie on each other; None where they are clearly unlike."""
    first, second, mirrored, _ = proposal
    affine = estimate(descriptions[first], descriptions[second], mirrored=mirrored)
    if affine is not None:
        affine = screen(small[first], small[second], affine)
    if affine is None:
        return None
    return Match(*correlate(Picture(descriptions[first]), Picture(descriptions[second]), affine))


def _unchained(
    descriptions: Sequence[Description], matches: Mapping[Pair, Match]
) -> Iterator[tuple[int, int, float]]:
    """Yield the matches, without those that would chain different exposures.

    Clusters grow by complete linkage: any two radiographs of a cluster reach `CHAINED`.
    """
    chains = list(map(sorted, components(matches)))
    clusters = in_threads(partial(_clusters, descriptions, matches), chains, "checking copies")
    for members, numbers in zip(chains, clusters, strict=True):
        for (one, number), (other, same) in combinations(zip(members, numbers, strict=True), 2):
            if number == same and (one, other) in matches:
                yield one, other, matches[one, other].correlation


def _clusters(
    descriptions: Sequence[Description], matches: Mapping[Pair, Match], members: Sequence[int]
) -> list[int]:
    """Return the number of each member's cluster.

    Two that were not compared lie on each other as the chain between them says.
    """
    if len(members) == 2:  # noqa: PLR2004 - a pair
        return [1, 1]
    pairs = list(combinations(members, 2))
    laid = {members[0]: np.eye(3)}  # of each member, the transform to the first one
    links = [(pair, match.affine) for pair in pairs if (match := matches.get(pair))]
    while len(laid) < len(members):
        for (first, second), affine in links:
            if first in laid and second not in laid:
                laid[second] = laid[first] @ affine
            elif second in laid and first not in laid:
                laid[first] = laid[second] @ np.linalg.inv(affine)
    pictures = {member: Picture(descriptions[member]) for member in members}

    def alike(first: int, second: int) -> float:
        """Return the correlation of two members, as the chain lays one on the other."""
        if match := matches.get((first, second)):
            return match.correlation
        affine = np.linalg.inv(laid[first]) @ laid[second]
        return resemblance(pictures[first], pictures[second], affine)

    distances = [1 - alike(*pair) for pair in pairs]
    numbers: list[int] = fcluster(linkage(distances, "complete"), 1 - CHAINED, "distance").tolist()
    return numbers
