import io

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fracture.imaging.decode import decode_grey
from fracture.imaging.letterbox import Box, fit, pad, place_boxes


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


def white_box(height: int, width: int, box: tuple[int, int, int, int]) -> npt.NDArray[np.uint8]:
    image = np.zeros((height, width), np.uint8)
    left, top, right, bottom = box
    image[top:bottom, left:right] = 255
    return image


def extent(square: npt.NDArray[np.uint8]) -> Box:
    """Return where white begins and ends; a grey pixel is white for as much as it is bright."""
    edges = []
    for axis in (0, 1):
        share = square.max(axis=axis) / 255
        found = np.flatnonzero(share)
        edges.append((found[0] + 1 - share[found[0]], found[-1] + share[found[-1]]))
    (left, right), (top, bottom) = edges
    return left, top, right, bottom


@settings(deadline=None)
@given(st.integers(50, 300), st.integers(50, 300), st.integers(16, 50), st.data())
def test_a_shrunk_white_rectangle_lies_in_its_box(
    height: int, width: int, size: int, data: st.DataObject
) -> None:
    spans = []
    for side in (width, height):  # at least three pixels of the square
        smallest = 3 * max(height, width) // size + 1
        first = data.draw(st.integers(0, max(0, side - smallest)))
        spans.append((first, data.draw(st.integers(min(first + smallest, side), side))))
    (left, right), (top, bottom) = spans
    box = (left, top, right, bottom)
    square = letterbox(white_box(height, width, box), size)
    (placed,) = place_boxes([box], width, height, size)
    np.testing.assert_allclose(extent(square), placed, atol=0.02)


@pytest.mark.parametrize("size", [90, 180, 181])
def test_an_enlarged_white_rectangle_lies_in_its_box(size: int) -> None:
    square = letterbox(white_box(60, 45, (9, 20, 30, 40)), size)
    (placed,) = place_boxes([(9, 20, 30, 40)], 45, 60, size)
    np.testing.assert_allclose(extent((square > 127).astype(np.uint8) * 255), placed, atol=0.5)


def test_boxes_by_hand() -> None:
    """100 x 50 pixels in a square of 20: scaled by 0.2, moved down by 5."""
    boxes = [(0.0, 0.0, 100.0, 50.0), (10.0, 20.0, 12.5, 25.0)]
    np.testing.assert_allclose(
        place_boxes(boxes, 100, 50, 20), [(0, 5, 20, 15), (2, 9, 2.5, 10)], rtol=1e-12
    )
    assert place_boxes([], 100, 50, 20) == []


STORED = {  # how an upright radiograph is stored under each EXIF orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("at_least", [None, 40])
def test_boxes_fit_a_turned_file_reduced_or_not(orientation: int, at_least: int | None) -> None:
    box = (32, 64, 128, 240)
    stored = Image.fromarray(white_box(320, 192, box))
    if orientation in STORED:
        stored = stored.transpose(STORED[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = io.BytesIO()
    stored.save(file, "JPEG", quality=95, exif=exif)
    square = letterbox(decode_grey(file.getvalue(), at_least=at_least), 40)
    white = (square > 127).astype(np.uint8) * 255
    assert [extent(white)] == place_boxes([box], 192, 320, 40) == [(12, 8, 24, 30)]
