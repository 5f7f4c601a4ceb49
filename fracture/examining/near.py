"""Pairs of radiographs that show the same exposure although their bytes and pixels differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, groupby

import cv2
import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from fracture.examining.groups import components
from fracture.examining.thumbnails import SIDE, Description, Floats, Grey, candidates

# In FracAtlas what is one correlates by 0.97 or more, different exposures of like hands up to 0.84.
# Copies in a letterbox of 224 pixels at JPEG quality 60 come down to 0.94: benchmarks/.
SAME = 0.93
CHAINED = 0.85  # what any two of a cluster must reach, so that no chain of look-alikes joins others
FEWEST_ROWS = 20  # of 64: a file that shows less is compared with nothing
BLUR = 2.0  # standard deviation, pixels of a thumbnail: in what is coarser, hands look alike
FAINTEST = 1.0  # grey levels, root mean square: below it there is nothing to compare
DIGITS = 4  # the last digits of a sum depend on its order

Pair = tuple[int, int]
Descriptions = Mapping[int, Description]
"""By position among all radiographs."""


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
    comparable = {
        position: description
        for position, description in enumerate(descriptions)
        if description is not None and description.rows >= FEWEST_ROWS
    }
    alike = {
        pair: correlation
        for pair, correlation in _correlate(comparable, sorted(_proposed(comparable)))
        if correlation >= SAME
    }
    return [(*pair, alike[pair]) for pair in sorted(_unchained(comparable, alike))]


def _proposed(descriptions: Descriptions) -> set[Pair]:
    """Return the pairs that a look at all thumbnails proposes, once for each number of rows."""
    proposed: set[Pair] = set()
    for rows in {description.rows for description in descriptions.values()}:
        owners, asking, thumbnails = [], [], []
        for position, description in descriptions.items():
            if description.rows >= rows:
                for thumbnail in description.thumbnails:
                    owners.append(position)
                    asking.append(description.rows == rows)
                    thumbnails.append(thumbnail[:rows])
        near = np.array(owners)[candidates(thumbnails, np.array(asking))]
        near = np.sort(near[near[:, 0] != near[:, 1]], axis=1)
        proposed.update(map(tuple, near.tolist()))
    return proposed


def _correlate(descriptions: Descriptions, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, float]]:
    """Yield each of the sorted pairs with its correlation."""
    for first, group in groupby(pairs, lambda pair: pair[0]):
        same_first = list(group)
        others = (descriptions[second] for _, second in same_first)
        yield from zip(same_first, correlations(descriptions[first], others), strict=True)


def _unchained(descriptions: Descriptions, alike: Mapping[Pair, float]) -> Iterator[Pair]:
    """Yield the pairs that are alike, without those that would chain different exposures.

    Clusters grow by complete linkage: any two radiographs of a cluster reach `CHAINED`.
    """
    for members in map(sorted, components(alike)):
        pairs = list(combinations(members, 2))
        others = dict(_correlate(descriptions, [pair for pair in pairs if pair not in alike]))
        distances = [1 - (alike[pair] if pair in alike else others[pair]) for pair in pairs]
        clusters = fcluster(linkage(distances, "complete"), 1 - CHAINED, "distance")
        cluster = dict(zip(members, clusters.tolist(), strict=True))
        yield from (
            pair for pair in pairs if pair in alike and cluster[pair[0]] == cluster[pair[1]]
        )


def correlations(description: Description, others: Iterable[Description]) -> Iterator[float]:
    """Yield how well a radiograph correlates with each of others, -1 to 1.

    It is the highest Pearson correlation of aligned pixels, after a high-pass filter, over the
    thumbnails of both and, where both show the whole radiograph, the eight flips and rotations. Of
    a file that was cut short the rows that it shows are compared, upright.

    Args:
        description: Of the radiograph.
        others: With each of which it is compared.
    """
    turned: dict[int, Floats] = {}
    for other in others:
        rows = min(description.rows, other.rows)
        if rows not in turned:
            details = _details(description, rows)
            turned[rows] = np.concatenate([_turned(detail) for detail in details])
        structure = np.stack([detail.ravel() for detail in _details(other, rows)])
        yield round(float((turned[rows] @ structure.T).max()), DIGITS)


def _details(description: Description, rows: int) -> Iterator[Floats]:
    for thumbnail in description.thumbnails:
        yield _detail(thumbnail[:rows])


def _detail(thumbnail: Grey) -> Floats:
    """Return the fine structure, mean 0 and length 1, or zeros where there is none."""
    smooth = cv2.GaussianBlur(
        thumbnail.astype(np.float32), (0, 0), BLUR, borderType=cv2.BORDER_REFLECT
    )
    detail = thumbnail - smooth
    detail -= detail.mean()
    length = np.linalg.norm(detail)
    faintest = FAINTEST * np.sqrt(detail.size)
    return np.asarray(detail / length if length > faintest else 0 * detail, np.float32)


def _turned(detail: Floats) -> Floats:
    """Return the flips and rotations as rows: 8 of a whole thumbnail, 1 of a part."""
    if len(detail) < SIDE:
        return detail.reshape(1, -1)
    turns = [np.rot90(detail, quarter) for quarter in range(4)]
    return np.stack([way.ravel() for turn in turns for way in (turn, turn.T)])
