import numpy as np
import pytest

from fracture.imaging.letterbox import Box
from fracture.judging import free_response
from fracture.judging.free_response import (
    Ranked,
    average_precision,
    overlaps,
    rank_marks,
    sensitivity,
    side,
)
from fracture.judging.marks import Marks

LARGE, SMALL, THIRD = (10.0, 10.0, 50.0, 50.0), (60.0, 60.0, 70.0, 70.0), (0.0, 0.0, 20.0, 20.0)
BOXES: list[list[Box]] = [[LARGE, SMALL], [THIRD], [], []]
"""Two fractures, one fracture, none, none."""


def marks(*rows: tuple[float, Box]) -> Marks:
    """Return marks of these scores and boxes, their peaks in the middle of the boxes."""
    boxes = np.array([box for _, box in rows], np.float64).reshape(-1, 4)
    scores = np.array([score for score, _ in rows], np.float64)
    return Marks((boxes[:, :2] + boxes[:, 2:]) / 2, boxes, scores)


AWAY = (80.0, 80.0, 90.0, 90.0)
MARKS = [
    marks((0.9, LARGE), (0.8, AWAY), (0.3, (20, 20, 30, 30))),
    marks((0.7, (5, 5, 15, 15))),
    marks((0.85, AWAY), (0.2, AWAY)),
    marks(),
]
"""One fracture marked twice, one not at all, one by a box much smaller; four false marks."""
ONCE = np.ones((1, 4), np.int64)


def ranked(small_side: float = 15) -> Ranked:
    return rank_marks(MARKS, BOXES, small_side)


def test_marks_are_ordered_and_compared_by_hand() -> None:
    found = ranked()
    assert found.radiograph.tolist() == [0, 2, 0, 1, 0, 2]
    assert found.false.tolist() == [False, True, True, False, False, True]
    assert found.found.tolist() == [1, 0, 0, 1, 0, 0]
    assert found.found_small.tolist() == [0] * 6
    # The box of 0.7 shares 100 of 400 pixels: no match at 0.3.
    assert found.matched.tolist() == [True] + [False] * 5
    assert found.last.all()
    assert found.fractures.tolist() == [2, 1, 0, 0]
    assert found.small.tolist() == [1, 0, 0, 0]
    assert found.false_marks == 0.75


def test_free_response_by_hand() -> None:
    # Down the list: found 1, false, false, found, neither, false; 3 fractures, 4 radiographs.
    rates = np.array([0, 0.1, 0.25, 0.49, 0.5, 1])
    expected = np.array([1, 1, 1, 1, 2, 2]) / 3
    np.testing.assert_allclose(sensitivity(ranked(), ONCE, rates)[0], expected)


def test_a_radiograph_drawn_twice_counts_twice() -> None:
    weights = np.array([[2, 1, 0, 1], [1, 1, 1, 1], [0, 0, 2, 2]])
    found = sensitivity(ranked(), weights, np.array([0.25, 0.5]))
    # First draw: 5 fractures, found 2 at no false mark, 3 at two of them, over 4 radiographs.
    np.testing.assert_allclose(found[:2], [[0.4, 0.6], [1 / 3, 2 / 3]])
    assert np.isnan(found[2]).all()


def test_small_fractures_alone() -> None:
    found = sensitivity(ranked(small_side=25), ONCE, np.array([0.1, 0.5]), small=True)
    np.testing.assert_allclose(found, [[0, 0.5]])  # THIRD of 20 pixels is small then, and found
    assert np.isnan(sensitivity(ranked(5), ONCE, np.array([0.5]), small=True)).all()


def test_marks_of_equal_score_come_in_random_order() -> None:
    blob = [marks((1.0, LARGE)) for _ in range(4)]
    found = rank_marks(blob, [[LARGE], [AWAY], [], []], 10)
    assert found.last.tolist() == [False, False, False, True]
    # All together: one of two fractures at three false marks, over four radiographs.
    rates = np.array([0, 0.375, 0.75, 1])
    np.testing.assert_allclose(sensitivity(found, ONCE, rates)[0], [0, 0.25, 0.5, 0.5], atol=1e-8)
    assert average_precision(found, ONCE)[0] == pytest.approx(0.5 * 0.25)


def test_one_mark_finds_every_fracture_whose_box_holds_its_peak() -> None:
    found = rank_marks([marks((0.9, LARGE))], [[LARGE, (25, 25, 35, 35)]], 15)
    assert (found.found.tolist(), found.found_small.tolist()) == ([2], [1])


def test_average_precision_by_hand() -> None:
    boxes: list[list[Box]] = [[LARGE, SMALL], [THIRD], [LARGE]]
    found = rank_marks(
        [
            marks((0.9, LARGE), (0.8, AWAY), (0.6, LARGE)),
            marks((0.7, (0, 0, 20, 15))),  # three quarters of the box
            marks((0.5, (10, 10, 50, 40)), (0.4, AWAY)),
        ],
        boxes,
        15,
    )
    # True, false, true, false as the fracture has a mark already, true, false; four fractures.
    assert found.matched.tolist() == [True, False, True, False, True, False]
    # Precision 1, 1/2, 2/3, 1/2, 3/5, 1/2 at recall 1/4, 1/4, 2/4, 2/4, 3/4, 3/4.
    expected = (1 + 2 / 3 + 3 / 5) / 4
    assert average_precision(found, np.ones((1, 3), np.int64))[0] == pytest.approx(expected)


def test_precision_is_the_highest_at_that_recall_or_beyond() -> None:
    found = rank_marks([marks((0.9, AWAY), (0.8, LARGE), (0.7, SMALL))], [[LARGE, SMALL]], 15)
    # Precision 0, 1/2, 2/3: at a recall of 1/2 that of 2/3 counts.
    assert average_precision(found, np.ones((1, 1), np.int64))[0] == pytest.approx(2 / 3)


def test_the_best_box_decides_even_if_it_is_taken() -> None:
    beside = (12.0, 10.0, 52.0, 50.0)
    found = rank_marks([marks((0.9, LARGE), (0.8, LARGE))], [[LARGE, beside]], 15)
    assert found.matched.tolist() == [True, False]  # as in PASCAL VOC


def test_intersection_over_union_by_hand() -> None:
    some = np.array([[0.0, 0, 4, 4], [2, 2, 6, 6]])
    others = np.array([[0.0, 0, 4, 4], [0, 0, 2, 2], [4, 4, 8, 8]])
    np.testing.assert_allclose(overlaps(some, others), [[1, 4 / 16, 0], [4 / 28, 0, 4 / 28]])
    assert side((2.0, 3.0, 6.0, 12.0)) == 6


def test_without_any_mark_nothing_is_found() -> None:
    found = rank_marks([marks(), marks()], [[LARGE], []], 15)
    once = np.ones((1, 2), np.int64)
    assert sensitivity(found, once, np.array([0.1, 1])).tolist() == [[0, 0]]
    assert average_precision(found, once).tolist() == [0]


def random_marks(random: np.random.Generator) -> Marks:
    count = random.integers(0, 6)
    corners = random.integers(0, 60, (count, 2))
    boxes = np.hstack([corners, corners + random.integers(5, 40, (count, 2))])
    scores = np.sort(random.integers(1, 12, count))[::-1] / 12  # some of them equal
    return marks(*zip(scores.tolist(), map(tuple, boxes.tolist()), strict=True))


@pytest.mark.parametrize("batch", [1, 2**20])
def test_weights_are_as_good_as_copies(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(free_response, "BATCH", batch)  # one draw at a time, or all
    random = np.random.default_rng(0)
    on = [random_marks(random) for _ in range(12)]
    boxes: list[list[Box]] = [[LARGE, SMALL], [THIRD], [], []] * 3
    weights = random.multinomial(12, np.full(12, 1 / 12), size=20)
    rates = np.array([0.05, 0.1, 0.3, 0.5, 1, 2])
    whole = rank_marks(on, boxes, 15)
    found, small, area = (
        sensitivity(whole, weights, rates),
        sensitivity(whole, weights, rates, small=True),
        average_precision(whole, weights),
    )
    for draw, weight in enumerate(weights):
        again = np.repeat(np.arange(12), weight)
        copied = rank_marks([on[i] for i in again], [boxes[i] for i in again], 15)
        once = np.ones((1, len(again)), np.int64)
        np.testing.assert_allclose(sensitivity(copied, once, rates)[0], found[draw])
        np.testing.assert_allclose(sensitivity(copied, once, rates, small=True)[0], small[draw])
        np.testing.assert_allclose(average_precision(copied, once)[0], area[draw])
