"""Pictures that look unlike the radiographs of a system: found by grey levels and detail."""

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.bundle import Likeness
from fracture.inference.likeness import distance, is_unlike, learn, measure

SIZE = 64
Images = npt.NDArray[np.uint8]


def limbs(count: int, seed: int) -> Images:
    """Return bright bones in grey limbs on black, uint8 (count, 64, 64, 1)."""
    random = np.random.default_rng(seed)
    images = np.zeros((count, SIZE, SIZE), np.uint8)
    for image in images:
        middle, tilt = random.uniform(26, 38), random.uniform(-6, 6)
        for width, grey in ((28, random.uniform(70, 120)), (10, random.uniform(150, 230))):
            ends = (int(middle - tilt), 0), (int(middle + tilt), SIZE)
            cv2.line(image, *ends, grey, int(width * random.uniform(0.8, 1.2)))
        image[:] = cv2.GaussianBlur(image, (0, 0), random.uniform(0.8, 1.5))
    noisy = images + random.normal(0, 2, images.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)[..., None]


PARTS = ["train"] * 200 + ["validation"] * 60 + ["test"] * 60
PACKED = PackedImages(limbs(len(PARTS), 0), pd.DataFrame({"part": PARTS}))


@pytest.fixture(scope="module")
def learned() -> Likeness:
    likeness = learn(PACKED)
    assert likeness is not None
    return likeness


def test_properties_by_hand() -> None:
    """Columns of 0 and 255 lose 127.5 at a scale of 1, and nothing more."""
    stripes = np.tile(np.array([0, 255], np.uint8), (32, 16))
    flat = 10 * np.log2(0.5)
    expected = [127.5, 127.5, 50, 50, 10 * np.log2(128), flat, flat, flat]
    np.testing.assert_allclose(measure(stripes), expected)


def test_the_distance_is_mahalanobis() -> None:
    likeness = Likeness(centre=[1, 2], precision=[[0.25, 0], [0, 4]], limit=1)
    assert distance(likeness, np.array([3.0, 2.0])) == pytest.approx(1)
    assert distance(likeness, np.array([1.0, 3.0])) == pytest.approx(2)


def test_radiographs_of_the_same_kind_are_like_and_few_are_not(learned: Likeness) -> None:
    validation = [is_unlike(learned, PACKED.images[row]) for row in PACKED.rows("validation")]
    assert sum(validation) <= 1  # the farthest, which the quantile cuts off
    unlike = [is_unlike(learned, image) for image in limbs(200, 1)]
    assert np.mean(unlike) < 0.05


def other_pictures() -> dict[str, Images]:
    random = np.random.default_rng(2)
    page = np.full((SIZE, SIZE), 255, np.uint8)
    page[8::6, 4:-4:2] = 0
    return {
        "noise": random.integers(0, 256, (SIZE, SIZE), np.uint8),
        "faint noise": random.integers(100, 140, (SIZE, SIZE), np.uint8),
        "page": page,
        "gradient": np.tile(np.linspace(0, 255, SIZE), (SIZE, 1)).astype(np.uint8),
        "grey": np.full((SIZE, SIZE), 128, np.uint8),
        "exchanged": 255 - PACKED.images[0, ..., 0],
    }


@pytest.mark.parametrize("name", other_pictures())
def test_other_pictures_are_unlike(name: str, learned: Likeness) -> None:
    assert is_unlike(learned, other_pictures()[name][..., None])


def test_it_does_not_depend_on_more_radiographs_than_are_needed() -> None:
    assert learn(PACKED) == learn(PACKED)
    assert learn(PackedImages(PACKED.images, PACKED.table.assign(part="test"))) is None
