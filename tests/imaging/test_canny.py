import cv2
import numpy as np
import numpy.typing as npt
import pytest

from fracture.imaging.canny import canny
from fracture.params.radiographs import Canny


def step(**changes: float) -> Canny:
    return Canny.parse(
        {"step": "canny", "blur": 0.0, "low": 40, "high": 110, "blend": 1.0} | changes, "test"
    )


def square() -> npt.NDArray[np.uint8]:
    image = np.zeros((40, 40), np.uint8)
    image[10:30, 10:30] = 200
    return image


def test_edges_alone_outline_a_square() -> None:
    edges = canny(square(), step())
    assert set(np.unique(edges)) == {0, 255}
    rows, columns = np.nonzero(edges)
    from_outline = np.minimum(np.abs(rows - 9.5), np.abs(rows - 29.5))
    from_outline = np.minimum(
        from_outline, np.minimum(np.abs(columns - 9.5), np.abs(columns - 29.5))
    )
    assert from_outline.max() <= 1
    assert 70 <= len(rows) <= 80  # one pixel wide
    np.testing.assert_array_equal(edges, cv2.Canny(square(), 40, 110))


def test_no_blend_is_the_radiograph() -> None:
    np.testing.assert_array_equal(canny(square(), step(blend=0.0)), square())


def test_blend_is_a_weighted_mean_rounded() -> None:
    edges = canny(square(), step()).astype(float)
    blended = canny(square(), step(blend=0.3))
    assert blended.dtype == np.uint8
    np.testing.assert_allclose(blended, 0.7 * square() + 0.3 * edges, atol=0.5001)


def test_blur_removes_the_edges_of_noise_and_only_before_the_search() -> None:
    noisy = np.random.default_rng(0).integers(90, 130, (64, 64), np.uint8)
    assert canny(noisy, step(blur=0.0)).mean() > 20 * canny(noisy, step(blur=2.0)).mean()
    np.testing.assert_array_equal(canny(noisy, step(blur=2.0, blend=0.0)), noisy)


@pytest.mark.parametrize(("contrast", "found"), [(20, False), (60, True)])
def test_thresholds_decide_which_contrast_is_an_edge(contrast: int, found: bool) -> None:
    """Sobel's 3 x 3 operator weighs a step of c grey levels 4 c: 80 and 240."""
    image = np.full((20, 20), 50, np.uint8)
    image[:, 10:] += np.uint8(contrast)
    assert canny(image, step(low=100, high=110)).any() == found
