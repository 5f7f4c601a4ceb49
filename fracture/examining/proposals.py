"""Which radiographs may show one exposure: those whose local features vote for each other."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.spatial import KDTree

from fracture.examining.registration import MIRRORED
from fracture.examining.thumbnails import SIDE, Description, Floats, Grey

DIMENSIONS = 16  # principal components of the features, of 128: they hold three quarters of it
NEIGHBOURS = 6  # of each feature, itself among them
SLACK = 3.0  # the tree may miss a neighbour for one that is up to four times as far
VOTES = 5  # features that must agree roughly before two radiographs are compared
NEAR = 0.12 * SIDE  # pixels by which the votes on where the centre lies may differ
TURN = 0.94  # cosine of 20 degrees, by which votes on the rotation may differ
ROWS = 1 << 13  # of features that are worked on at a time

Positions = npt.NDArray[np.int64]


class Proposal(NamedTuple):
    """Two radiographs that are worth a comparison.

    Attributes:
        first: Position.
        second: Position, larger than the first.
        mirrored: Whether one seems turned over.
        votes: How many features agree on it.
    """

    first: int
    second: int
    mirrored: bool
    votes: int


def propose(descriptions: Sequence[Description]) -> list[Proposal]:
    """Return the pairs worth a comparison, those with most votes first.

    Each feature votes for the radiographs that hold the features nearest to it. A vote says how one
    radiograph would lie on the other; those of a pair that agree count, as in Lowe (2004).
    """
    if not any(len(each.features) for each in descriptions):
        return []
    features = np.concatenate([each.features for each in descriptions])
    owners = np.repeat(np.arange(len(descriptions)), [len(each.points) for each in descriptions])
    axes, mean = _principal(features)
    tree = KDTree(_projected(features, axes, mean))
    votes = [
        _votes(descriptions, owners, _neighbours(tree, queries, axes, mean), mirrored=mirrored)
        for mirrored, queries in ((False, features), (True, features[:, MIRRORED]))
    ]
    counts = pd.concat(votes).sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    proposals = []
    for pair, agreeing in zip(counts.index.tolist(), counts.tolist(), strict=True):
        both, mirrored = divmod(pair, 2)
        first, second = divmod(both, len(descriptions))
        proposals.append(Proposal(first, second, mirrored == 1, agreeing))
    return proposals


def _principal(features: Grey) -> tuple[Floats, Floats]:
    """Return the principal axes of the features, (128, 16), and their mean, (128,)."""
    mean = features.sum(axis=0, dtype=np.int64) / len(features)
    covariance = np.zeros((128, 128))
    for start in range(0, len(features), ROWS):
        part = features[start : start + ROWS] - mean
        covariance += part.T @ part
    _, axes = np.linalg.eigh(covariance)
    return axes[:, ::-1][:, :DIMENSIONS].astype(np.float32), mean.astype(np.float32)


def _projected(features: Grey, axes: Floats, mean: Floats) -> Floats:
    parts = range(0, len(features), ROWS)
    return np.concatenate([(features[start : start + ROWS] - mean) @ axes for start in parts])


def _neighbours(tree: KDTree, queries: Grey, axes: Floats, mean: Floats) -> Positions:
    """Return the positions of the features nearest to each of the queries, (n, 6)."""
    count = min(NEIGHBOURS, tree.n)
    _, nearest = tree.query(_projected(queries, axes, mean), k=count, eps=SLACK, workers=-1)
    return np.asarray(nearest, np.int64).reshape(len(queries), count)


def _votes(
    descriptions: Sequence[Description], owners: Positions, nearest: Positions, *, mirrored: bool
) -> "pd.Series[int]":
    """Return how many votes agree, by pair: ((first * n) + second) * 2, + 1 where mirrored."""
    one = np.repeat(np.arange(len(nearest)), nearest.shape[1])
    other = nearest.ravel()
    one, other = np.where(owners[one] < owners[other], (one, other), (other, one))
    pairs = (owners[one] * len(descriptions) + owners[other]) * 2 + mirrored
    _, inverse, counts = np.unique(pairs, return_inverse=True, return_counts=True)
    enough = (counts[inverse] >= VOTES) & (owners[one] != owners[other])
    one, other, pairs = one[enough], other[enough], pairs[enough]
    points = np.concatenate([each.points for each in descriptions])
    x, y, size, turn = points[one].T
    if mirrored:
        widths = np.array([each.thumbnail.shape[1] for each in descriptions])
        x, turn = widths[owners[one]] - 1 - x, 180 - turn
    to_x, to_y, to_size, to_turn = points[other].T
    angle, scale = np.deg2rad(to_turn - turn), to_size / size
    cosine, sine = np.cos(angle), np.sin(angle)
    right, down = SIDE / 2 - x, SIDE / 2 - y
    cast = pd.DataFrame(
        {
            "cosine": cosine,
            "sine": sine,
            "x": to_x + scale * (cosine * right - sine * down),
            "y": to_y + scale * (sine * right + cosine * down),
        }
    )
    usual = cast.groupby(pairs).transform("median")
    turned = cast.cosine * usual.cosine + cast.sine * usual.sine
    agree = (turned > TURN * np.hypot(usual.cosine, usual.sine)) & (
        np.hypot(cast.x - usual.x, cast.y - usual.y) < NEAR
    )
    votes = agree.groupby(pairs).sum()
    return votes[votes >= VOTES]
