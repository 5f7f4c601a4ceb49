import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fracture.judging.pointing import centred_blob, energy, inside_boxes, pointing

HEAT = np.array([[0, 1, 0], [2, 4, 1], [0, 2, 0]], np.float32)


def pixels(*places: tuple[int, int]) -> np.ndarray:
    inside = np.zeros((3, 3), np.bool_)
    for place in places:
        inside[place] = True
    return inside


def test_by_hand() -> None:
    assert pointing(HEAT, pixels((1, 1))) == 1
    assert pointing(HEAT, pixels((0, 1), (1, 0))) == 0
    assert energy(HEAT, pixels((1, 1), (0, 1))) == 0.5
    assert energy(HEAT, pixels((0, 0))) == 0


def test_equally_hot_pixels_count_by_their_share() -> None:
    heat = np.ones((3, 3), np.float32)
    assert pointing(heat, pixels((0, 0), (2, 2))) == pytest.approx(2 / 9)


def test_without_heat_there_is_no_hit() -> None:
    nothing, everywhere = np.zeros((3, 3), np.float32), np.ones((3, 3), np.bool_)
    assert pointing(nothing, everywhere) == energy(nothing, everywhere) == 0


def test_pixels_with_their_middle_in_a_box_are_inside() -> None:
    inside = inside_boxes([(1.4, 0, 3.6, 2), (4.6, 3.4, 5, 4)], 4, 5)
    assert inside.astype(int).tolist() == [
        [0, 1, 1, 1, 0],
        [0, 1, 1, 1, 0],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 1],  # too thin for any middle
    ]


edges = st.floats(0, 20, allow_nan=False)


@given(st.tuples(edges, edges), st.tuples(edges, edges))
def test_a_box_holds_its_area_to_a_pixel_each_side(
    horizontal: tuple[float, float], vertical: tuple[float, float]
) -> None:
    (left, right), (top, bottom) = sorted(horizontal), sorted(vertical)
    inside = inside_boxes([(left, top, right, bottom)], 20, 20)
    columns, rows = inside.any(axis=0).sum(), inside.any(axis=1).sum()
    assert inside.sum() == columns * rows >= 1
    assert abs(columns - (right - left)) <= 1
    assert abs(rows - (bottom - top)) <= 1


@given(st.integers(0, 2**32 - 1))
def test_uniform_heat_scores_the_area_of_the_boxes(seed: int) -> None:
    inside = np.random.default_rng(seed).random((5, 7)) < 0.3
    uniform = np.full((5, 7), 0.25, np.float32)
    assert pointing(uniform, inside) == pytest.approx(inside.mean())
    assert energy(uniform, inside) == pytest.approx(inside.mean())


@pytest.mark.parametrize(("height", "width"), [(80, 80), (7, 9)])
def test_the_blob_lies_in_the_middle(height: int, width: int) -> None:
    blob = centred_blob(height, width)
    assert blob.shape == (height, width)
    assert blob.dtype == np.float32
    assert blob.max() == 1
    np.testing.assert_allclose(blob, blob[::-1, ::-1], rtol=1e-6)
    # A quarter of the side from the middle: exp(-1/2), both ways exp(-1).
    grid = centred_blob(41, 41)
    assert grid[20, 20] == 1
    np.testing.assert_allclose(centred_blob(401, 401)[200, 300], np.exp(-0.5), rtol=3e-3)
    np.testing.assert_allclose(centred_blob(401, 401)[100, 300], np.exp(-1), rtol=6e-3)
