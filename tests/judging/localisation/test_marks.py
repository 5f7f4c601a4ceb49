import numpy as np
import pytest

from fracture.judging.marks import MOST, Marks, find_marks
from fracture.judging.pointing import centred_blob

HEAT = np.zeros((8, 8), np.float32)
HEAT[1, 1:4] = 0.6, 0.8, 0.5
HEAT[2, 2] = 0.4
HEAT[6, 6] = 0.3
HEAT[6, 1] = -0.9
"""Two peaks and a place that speaks against a fracture."""


def at_its_size(heat: np.ndarray, share: float = 0.5) -> Marks:
    """Return the marks of heat that has a place for each pixel."""
    height, width = heat.shape
    return find_marks(heat, height, width, share)


def test_peaks_come_hottest_first_with_the_region_around_them() -> None:
    marks = at_its_size(HEAT)
    np.testing.assert_allclose(marks.scores, [0.8, 0.3], rtol=1e-6)
    np.testing.assert_array_equal(marks.peaks, [[2.5, 1.5], [6.5, 6.5]])
    # From 0.4 on: three places in a row, and one below the middle one.
    np.testing.assert_array_equal(marks.boxes, [[1, 1, 4, 3], [6, 6, 7, 7]])


@pytest.mark.parametrize(("share", "box"), [(0.7, [1, 1, 3, 2]), (0.9, [2, 1, 3, 2])])
def test_the_share_sets_the_size_of_the_region(share: float, box: list[int]) -> None:
    np.testing.assert_array_equal(at_its_size(HEAT, share).boxes[0], box)


def test_a_later_peak_in_an_earlier_region_is_no_mark() -> None:
    line = np.array([[0, 1, 0.6, 0.9, 0.2, 0.7, 0]], np.float32)
    marks = at_its_size(line)
    np.testing.assert_allclose(marks.scores, [1, 0.7])
    np.testing.assert_array_equal(marks.boxes, [[1, 0, 4, 1], [5, 0, 6, 1]])
    # The saddle of 0.6 parts the first two at a higher share.
    np.testing.assert_allclose(at_its_size(line, 0.8).scores, [1, 0.9, 0.7])


def test_places_that_touch_at_a_corner_are_connected() -> None:
    marks = at_its_size(np.array([[1, 0, 0], [0, 0.9, 0], [0, 0, 0.8]], np.float32))
    np.testing.assert_array_equal(marks.boxes, [[0, 0, 3, 3]])


def test_marks_stand_in_pixels_of_the_radiograph() -> None:
    marks = find_marks(HEAT, 64, 64, 0.5)
    # Enlarged bilinearly; the middle of place (1, 2) lies at x = 20, y = 12. The pixel beside it is
    # a sixteenth of a place away, both ways.
    np.testing.assert_array_equal(marks.peaks[0], [20.5, 12.5])
    fine = np.array([[0.8, 0.5], [0.4, 0]])
    expected = np.array([15, 1]) @ fine @ np.array([15, 1]) / 256
    assert marks.scores[0] == pytest.approx(expected, rel=1e-5)
    # The lone place has half of its heat as far as half a place from its middle.
    left, top, right, bottom = marks.boxes[1]
    assert (right - left, bottom - top) == (8, 8)
    assert (left, top) == (48, 48)


def test_scores_are_not_divided_by_the_hottest_place() -> None:
    few, many = at_its_size(HEAT), at_its_size(2 * HEAT)
    np.testing.assert_allclose(many.scores, 2 * few.scores)
    np.testing.assert_array_equal(many.boxes, few.boxes)


@pytest.mark.parametrize("heat", [np.zeros((4, 4)), -np.ones((4, 4)), np.full((4, 4), np.nan)])
def test_without_heat_there_are_no_marks(heat: np.ndarray) -> None:
    marks = at_its_size(heat.astype(np.float32))
    assert marks.peaks.shape == (0, 2)
    assert marks.boxes.shape == (0, 4)
    assert marks.scores.shape == (0,)


def test_a_number_of_marks_is_the_limit() -> None:
    grid = np.zeros((20, 20), np.float32)
    grid[::2, ::2] = np.arange(1, 101).reshape(10, 10)
    marks = at_its_size(grid, 0.999)
    np.testing.assert_array_equal(marks.scores, np.arange(100, 100 - MOST, -1))


def test_the_blob_is_one_mark_of_the_same_score() -> None:
    marks = at_its_size(centred_blob(32, 48))
    assert marks.scores.tolist() == [1]
    assert abs(marks.peaks[0] - (24, 16)).max() <= 0.5
    # Half of the hottest at sqrt(2 ln 2) standard deviations, of a quarter of the side each.
    np.testing.assert_allclose(marks.boxes[0], [9.9, 6.6, 38.1, 25.4], atol=1)


def test_uniform_heat_is_one_mark_of_the_whole() -> None:
    marks = at_its_size(np.full((5, 7), 0.25, np.float32))
    np.testing.assert_array_equal(marks.boxes, [[0, 0, 7, 5]])
