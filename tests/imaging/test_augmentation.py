"""Augmentation: bounded, repeatable, in training only, in one resampling."""

from collections.abc import Iterator
from typing import Any

import cv2
import keras
import numpy as np
import pytest

from fracture.imaging.augmentation import RandomAffine, augmentation, compressed
from fracture.params.radiographs import Augmentation

NOTHING = {
    "rotation": 0, "shift": 0, "zoom": 0, "shear": 0, "flip": "none", "brightness": 0,
    "contrast": 0, "gamma": 0, "sharpness": 0, "noise": 0, "jpeg": 0,
}  # fmt: skip
EVERYTHING = {
    "rotation": 15, "shift": 0.1, "zoom": 0.1, "shear": 0.1, "flip": "both", "brightness": 0.2,
    "contrast": 0.2, "gamma": 0.3, "sharpness": 0.5, "noise": 5, "jpeg": 40,
}  # fmt: skip


def radiographs(n: int = 8, size: int = 32) -> Any:
    return np.random.default_rng(0).uniform(0, 255, (n, size, size, 1)).astype(np.float32)


def augmented(images: Any, bounds: dict[str, Any], seed: int = 0, training: bool = True) -> Any:
    layers = augmentation(Augmentation.model_validate(NOTHING | bounds), seed)
    return np.asarray(layers(images, training=training))


def test_without_bounds_nothing_changes() -> None:
    np.testing.assert_allclose(augmented(radiographs(), {}), radiographs(), atol=1e-3)


def test_outside_training_nothing_changes() -> None:
    unchanged = augmented(radiographs(), EVERYTHING, training=False)
    np.testing.assert_array_equal(unchanged, radiographs())


def test_the_same_seed_draws_the_same_and_goes_on() -> None:
    first = augmented(radiographs(), EVERYTHING)
    np.testing.assert_array_equal(augmented(radiographs(), EVERYTHING), first)
    assert not np.array_equal(augmented(radiographs(), EVERYTHING, seed=5), first)
    layers = augmentation(Augmentation.model_validate(EVERYTHING), 0)
    layers(radiographs(), training=True)
    assert not np.array_equal(np.asarray(layers(radiographs(), training=True)), first)


@pytest.mark.parametrize(("flip", "axes"), [("horizontal", (2,)), ("vertical", (1,))])
def test_a_flip_mirrors_some_and_leaves_the_rest(flip: str, axes: tuple[int, ...]) -> None:
    images = radiographs(64)
    result = augmented(images, {"flip": flip})
    mirrored = [
        np.allclose(a, b, atol=1e-2) for a, b in zip(result, np.flip(images, axes), strict=True)
    ]
    kept = [np.allclose(a, b, atol=1e-2) for a, b in zip(result, images, strict=True)]
    assert np.logical_xor(mirrored, kept).all()
    assert 16 <= sum(mirrored) <= 48


def test_a_shift_moves_by_at_most_its_bound() -> None:
    image = np.zeros((200, 41, 41, 1), np.float32)
    image[:, 20, 20] = 255
    result = augmented(image, {"shift": 0.25})[..., 0]
    y, x = np.mgrid[:41, :41]
    mass = result.sum((1, 2))
    centres = np.stack([(result * axis).sum((1, 2)) / mass for axis in (x, y)]) - 20
    assert np.abs(centres).max() <= 0.25 * 41 + 0.01
    assert np.abs(centres).max() > 0.2 * 41


def test_a_rotation_turns_by_at_most_its_bound_about_the_centre() -> None:
    image = np.zeros((100, 41, 41, 1), np.float32)
    image[:, 20, 35:38] = 255
    result = augmented(image, {"rotation": 30})[..., 0]
    y, x = np.mgrid[:41, :41]
    mass = result.sum((1, 2))
    centre_x, centre_y = ((result * axis).sum((1, 2)) / mass - 20 for axis in (x, y))
    np.testing.assert_allclose(np.hypot(centre_x, centre_y), 16, atol=0.3)
    angles = np.degrees(np.arctan2(centre_y, centre_x))
    assert 25 < np.abs(angles).max() < 30.5


def test_brightness_and_contrast_stay_in_range() -> None:
    result = augmented(radiographs(), {"brightness": 0.5, "contrast": 0.5})
    assert result.min() >= 0
    assert result.max() <= 255
    assert not np.allclose(result, radiographs())


def test_gamma_keeps_black_and_white_and_their_order() -> None:
    image = np.tile(np.linspace(0, 255, 16, dtype=np.float32)[:, None], (64, 1, 4))[..., None]
    result = augmented(image, {"gamma": 0.5})
    np.testing.assert_allclose(result[:, [0, 15]], image[:, [0, 15]], atol=1e-3)
    assert (np.diff(result[:, :, 0, 0]) > 0).all()
    powers = np.log(result[:, 8, 0, 0] / 255) / np.log(image[:, 8, 0, 0] / 255)
    assert np.abs(np.log(powers)).max() <= 0.5
    assert powers.min() < 0.8
    assert powers.max() > 1.25


def test_noise_is_no_stronger_than_its_bound_and_differs_between_radiographs() -> None:
    image = np.full((64, 32, 32, 1), 128, np.float32)
    deviations = (augmented(image, {"noise": 20}) - image).std((1, 2, 3))
    assert deviations.min() < 3
    assert 15 < deviations.max() < 21


def test_sharpness_goes_both_ways_from_the_radiograph() -> None:
    images = radiographs(64) / 4 + 96
    change = augmented(images, {"sharpness": 0.5}).std((1, 2, 3)) / images.std((1, 2, 3))
    assert change.min() < 0.8
    assert change.max() > 1.2


@pytest.mark.parametrize("size", [64, 60])
@pytest.mark.parametrize("quality", [10, 40, 75, 95])
def test_compression_loses_what_a_jpeg_file_loses(quality: int, size: int) -> None:
    drawn = np.random.default_rng(0).integers(0, 255, (size, size), np.uint8)
    image = cv2.GaussianBlur(drawn, (0, 0), 1.5)
    file = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    saved = np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), np.float32)
    given = image[None, ..., None].astype(np.float32)
    ours = np.asarray(compressed(given, np.full((1, 1, 1, 1), quality, np.float32)))[0, ..., 0]
    # A file continues a block beyond the border in its own way.
    inside = np.s_[: size // 8 * 8, : size // 8 * 8]
    assert np.abs(np.rint(ours) - saved)[inside].mean() < 0.2
    assert np.abs(saved - image)[inside].mean() > 0.5


def test_each_radiograph_is_compressed_to_a_quality_of_its_own() -> None:
    images = np.tile(radiographs(1), (64, 1, 1, 1))
    lost = np.abs(augmented(images, {"jpeg": 30}) - images).mean((1, 2, 3))
    hardest = np.asarray(compressed(images[:1], np.full((1, 1, 1, 1), 30, np.float32)))
    assert lost.max() <= np.abs(hardest - images[:1]).mean() + 0.01
    assert lost.min() < 0.2 * lost.max()


def test_edges_move_with_the_radiograph_and_keep_their_grey() -> None:
    """Three equal channels: whatever differs afterwards is what brightness and contrast did."""
    images = np.repeat(radiographs(), 3, axis=-1)
    greys = dict.fromkeys(("brightness", "contrast", "gamma", "sharpness", "noise", "jpeg"), 0)
    moved = augmented(images, EVERYTHING | greys)
    np.testing.assert_array_equal(moved, np.repeat(moved[..., :1], 3, axis=-1))
    assert not np.allclose(moved, images)
    result = augmented(images, EVERYTHING)
    np.testing.assert_array_equal(result[..., 2], moved[..., 2])
    np.testing.assert_array_equal(result[..., 0], result[..., 1])
    assert not np.allclose(result[..., 0], moved[..., 0])
    # The radiograph is changed as it would be without channels beside it.
    alone = augmented(radiographs(), EVERYTHING)
    np.testing.assert_allclose(result[..., :1], alone, atol=1e-3)


@pytest.fixture
def mixed_precision() -> Iterator[None]:
    keras.mixed_precision.set_global_policy("mixed_float16")
    yield
    keras.mixed_precision.set_global_policy("float32")


@pytest.mark.usefixtures("mixed_precision")
@pytest.mark.parametrize(
    "change", ["brightness", "contrast", "gamma", "sharpness", "noise", "jpeg"]
)
def test_each_change_of_greys_works_in_mixed_precision(change: str) -> None:
    result = augmented(radiographs(), {change: EVERYTHING[change]}).astype(np.float32)
    assert np.isfinite(result).all()
    assert not np.allclose(result, radiographs(), atol=1)


def test_the_layer_trains_within_a_model() -> None:
    radiograph = keras.Input((32, 32, 1))
    layers = augmentation(Augmentation.model_validate(EVERYTHING), 0)
    pooled = keras.layers.GlobalAveragePooling2D()(layers(radiograph))
    model = keras.Model(radiograph, keras.layers.Dense(1)(pooled))
    model.compile("sgd", "mse")
    before = model.get_weights()[0].copy()
    model.train_on_batch(radiographs() / 255, np.ones((8, 1)))
    assert not np.array_equal(before, model.get_weights()[0])
    assert isinstance(layers.layers[0], RandomAffine)
