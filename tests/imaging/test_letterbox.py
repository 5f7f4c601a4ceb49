import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.imaging.letterbox import fit, pad


def letterbox(image: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.uint8]:
    return pad(fit(image, size), size)


def test_shrinking_averages_over_areas() -> None:
    image = np.array([[10, 20, 30, 40], [30, 40, 50, 60]], np.uint8)
    np.testing.assert_array_equal(letterbox(image, 2), [[25, 45], [0, 0]])


def test_enlarging_is_bilinear() -> None:
    image = np.array([[0, 100]], np.uint8)
    np.testing.assert_array_equal(
        letterbox(image, 4), [[0] * 4, [0, 25, 75, 100], [0, 25, 75, 100], [0] * 4]
    )


def test_the_same_size_is_left_alone() -> None:
    image = np.random.default_rng(0).integers(0, 256, (32, 32), np.uint8)
    np.testing.assert_array_equal(letterbox(image, 32), image)


def test_an_odd_pixel_of_padding_goes_below_and_to_the_right() -> None:
    tall = letterbox(np.full((4, 1), 255, np.uint8), 4)
    np.testing.assert_array_equal(np.flatnonzero(tall.any(axis=0)), [1])
    np.testing.assert_array_equal(letterbox(np.full((1, 4), 255, np.uint8), 4), tall.T)


def test_a_hairline_keeps_some_contrast_when_shrunk_eightfold() -> None:
    """Nearest neighbours would drop it or keep it by chance; averaging keeps an eighth."""
    image = np.zeros((256, 256), np.uint8)
    image[:, 100] = 255
    np.testing.assert_array_equal(letterbox(image, 32)[:, 12], 32)


@settings(deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(16, 48))
def test_a_white_radiograph_fills_a_centred_rectangle_of_its_shape(
    height: int, width: int, size: int
) -> None:
    square = letterbox(np.full((height, width), 255, np.uint8), size)
    assert square.shape == (size, size)
    assert square.dtype == np.uint8
    assert set(np.unique(square)) <= {0, 255}
    rows, columns = (np.flatnonzero(square.any(axis=axis)) for axis in (1, 0))
    assert max(len(rows), len(columns)) == size
    assert square.sum() == 255 * len(rows) * len(columns)  # one rectangle
    for found, side in ((rows, height), (columns, width)):
        assert abs(len(found) - max(1, side * size / max(height, width))) <= 0.5
        before, after = found[0], size - 1 - found[-1]
        assert after - before in {0, 1}


@pytest.mark.parametrize("shape", [(1000, 3), (3, 1000)])
def test_a_very_long_radiograph_keeps_at_least_one_pixel(shape: tuple[int, int]) -> None:
    assert letterbox(np.full(shape, 255, np.uint8), 16).sum() == 255 * 16


def test_the_inside_is_what_opencv_makes_of_it() -> None:
    image = np.random.default_rng(0).integers(0, 256, (454, 373), np.uint8)
    inside = cv2.resize(image, (184, 224), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(letterbox(image, 224), np.pad(inside, ((0, 0), (20, 20))))
