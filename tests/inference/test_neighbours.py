"""Pictures whose features lie far from those of known radiographs."""

import numpy as np
import pytest

from fracture.inference.neighbours import Known, are_unlike, learn


def at(*degrees: float) -> np.ndarray:
    """Return features of two dimensions at angles from the first, of different lengths."""
    angles = np.radians(np.array(degrees))
    lengths = np.arange(1, len(degrees) + 1)[:, None]
    return np.asarray(lengths * np.stack([np.cos(angles), np.sin(angles)], axis=1), np.float32)


def chord(degrees: float) -> float:
    """Return the distance on the unit circle of two points so many degrees apart."""
    return float(2 * np.sin(np.radians(degrees) / 2))


def each_alone(count: int) -> np.ndarray:
    return np.array([str(number) for number in range(count)], object)


def test_the_limit_by_hand() -> None:
    """The fifth nearest of 0, 10, ..., 50 degrees is 50 away at the ends and 30 in the middle."""
    known = learn(at(0, 10, 20, 30, 40, 50), each_alone(6))
    assert known is not None
    distances = [chord(away) for away in (50, 40, 30, 30, 40, 50)]
    assert known.furthest == pytest.approx(np.quantile(distances, 0.99), abs=2e-3)
    np.testing.assert_allclose(np.linalg.norm(known.features, axis=1), 1, atol=1e-3)
    # Of 20 degrees the fifth nearest is at 50, of 60 at 10, of 180 farther still.
    assert are_unlike(at(20, 60, 59, 49, 180), known).tolist() == [False, False, False, False, True]


def test_the_fifth_nearest_counts_and_lengths_do_not() -> None:
    known = Known(at(0, 1, 2, 3, 30).astype(np.float16), chord(28))
    scaled = Known((known.features / np.linalg.norm(known.features, axis=1)[:, None]), chord(28))
    assert are_unlike(at(3), scaled).tolist() == [False]  # 27 degrees from the fifth
    assert are_unlike(1000 * at(1), scaled).tolist() == [True]  # 29 degrees


def test_its_own_group_does_not_make_a_radiograph_near() -> None:
    """Twins a degree apart: without the twin the fifth nearest is one further."""
    degrees = [0, 1, 20, 21, 40, 41, 60, 61]
    twins = np.array(list("aabbccdd"), object)
    together, alone = learn(at(*degrees), twins), learn(at(*degrees), each_alone(8))
    assert together is not None
    assert alone is not None
    assert together.furthest > alone.furthest


@pytest.mark.parametrize("groups", ["abcde", "aaaabbcc", ""])
def test_too_few_groups_are_none(groups: str) -> None:
    features = np.ones((len(groups), 2), np.float32)
    assert learn(features, np.array(list(groups), object)) is None
