"""Teaching the fracture map: boxes that move with the radiograph, its loss, what it learns."""

from typing import Any

import keras
import numpy as np
import pytest

from fracture.artifacts.arrays import PackedImages
from fracture.device import prepare
from fracture.imaging.augmentation import augmentation
from fracture.inference.gradcam import GradCAM
from fracture.judging.pointing import inside_boxes
from fracture.params.radiographs import Augmentation
from fracture.params.train import Localise, Model
from fracture.training.batches import Rows
from fracture.training.localising import Boxed, MapLoss, covered, place_loss
from fracture.training.network import build
from fracture.training.training import learning_rate_scales, train
from tests.imaging.test_augmentation import EVERYTHING
from tests.training.conftest import SIZE, settings
from tests.training.test_pyramid import SETTINGS

SMALL = Model(backbone="deepconvnet", variant="plain", target="fractured")
LINE = "[[0, 14, 32, 18]]"
"""Where the radiographs of `packed` are dark."""


@pytest.fixture
def boxed(packed: PackedImages) -> PackedImages:
    """The same radiographs, with a box around each dark line."""
    fractured = packed.table["fractured"] == 1
    boxes = np.where(fractured, LINE, "[]")
    return PackedImages(packed.images, packed.table.assign(boxes=boxes))


def test_cells_hold_the_share_that_boxes_cover() -> None:
    found = covered([(4, 0, 10, 8), (0, 12, 2, 16)], (16, 16), (2, 4))
    # Cells are 4 pixels wide and 8 high.
    np.testing.assert_array_equal(found, [[0, 255, 128, 0], [64, 0, 0, 0]])


def test_boxes_that_overlap_count_once_and_those_outside_not() -> None:
    found = covered([(0, 0, 8, 8), (0, 0, 8, 8), (20, 20, 30, 30)], (16, 16), (2, 2))
    np.testing.assert_array_equal(found, [[255, 0], [0, 0]])


def test_boxes_move_as_the_radiograph_does() -> None:
    random = np.random.default_rng(0)
    coarse = np.zeros((32, 10, 10, 1), np.float32)
    for each in coarse:
        top, left = random.integers(2, 6, 2)
        each[top : top + 3, left : left + 2] = 255
    images = coarse.repeat(4, 1).repeat(4, 2)
    affine = augmentation(Augmentation.model_validate(EVERYTHING), 0).layers[0]
    moved, shares = map(np.asarray, affine([images, coarse], training=True))
    averaged = moved.reshape(32, 10, 4, 10, 4, 1).mean((2, 4))
    assert abs(averaged - coarse).mean() > 5  # they did move
    # The corners of a coarse square are rounder: the difference has no direction.
    assert abs(averaged - shares).mean() < 3
    y, x = np.mgrid[:10, :10]
    for axis in (x, y):
        ours, theirs = (
            (each[..., 0] * axis).sum((1, 2)) / each.sum((1, 2, 3)) for each in (averaged, shares)
        )
        np.testing.assert_allclose(ours, theirs, atol=0.03)


def test_outside_training_boxes_stay() -> None:
    affine = augmentation(Augmentation.model_validate(EVERYTHING), 0).layers[0]
    images, shares = np.ones((2, 8, 8, 1), np.float32), np.ones((2, 4, 4, 1), np.float32)
    for before, after in zip((images, shares), affine([images, shares]), strict=True):
        np.testing.assert_array_equal(np.asarray(after), before)


def test_the_loss_of_the_places_by_hand() -> None:
    section = Localise.model_validate(SETTINGS)
    logits, target = np.array([[0.0, 2.0], [-3.0, 1.0]]), np.array([[1.0, 0.25], [0.0, 0.0]])
    share = 1 / (1 + np.exp(-logits))
    loss = -(target * np.log(share) + (1 - target) * np.log(1 - share))
    expected = ((1 + 20 * target) * abs(target - share) * loss).sum() / 50
    found = place_loss(logits.reshape(1, 2, 2, 1), target.reshape(1, 2, 2, 1), section)
    np.testing.assert_allclose(np.asarray(found), [expected], rtol=1e-5)


def test_a_fracture_without_a_box_teaches_the_head_alone() -> None:
    section = Localise.model_validate(SETTINGS)
    rows = Rows(np.zeros((3, 8, 8, 1), np.uint8))
    labels, weights = np.array([1, 1, 0], np.float32), np.array([1, 2, 3], np.float32)
    inputs = Boxed(rows, labels, weights, [[(0, 0, 8, 8)], [], []], (2, 2))[np.arange(3)]
    np.testing.assert_array_equal(inputs["facts"], [[1, 1, 1], [1, 2, 0], [0, 3, 1]])
    assert inputs["shares"].shape == (3, 2, 2, 1)
    layer = MapLoss(section)
    logits, half = np.full((3, 1, 1, 1), 1, np.float32), np.full((3, 1), 0.5, np.float32)
    target = np.array([255, 0, 0], np.float32).reshape(3, 1, 1, 1)
    layer([half, logits, half, target, inputs["facts"]], training=True)
    places = np.asarray(place_loss(logits, target / 255, section))
    alone = 0.3 * np.log(2)
    expected = (places[0] + alone + 2 * alone + 3 * (places[2] + alone)) / 3
    np.testing.assert_allclose(float(layer.losses[0]), expected, rtol=1e-5)
    layer([half, logits, half, target, inputs["facts"]], training=False)
    assert not layer.losses


def test_the_map_learns_where_fractures_are(boxed: PackedImages, demo: dict[str, Any]) -> None:
    prepare("cpu", 0)
    chosen = settings(
        demo, localise=SETTINGS, learning_rate=0.01, finetune={"epochs": 20, "patience": 0}
    )
    network = build(SMALL, chosen, SIZE)
    history = train(network, boxed, chosen, 0)
    fractured = boxed.rows("train")[1::2]
    found = GradCAM(network.whole).explain(boxed.images, fractured, 8)
    assert found.map is not None
    assert found.map.shape == (12, 1, 4, 4)
    line = inside_boxes([(0, 14, 32, 18)], SIZE, SIZE).reshape(4, 8, 4, 8).any((1, 3))
    inside, outside = found.map[:, 0, line].mean(), found.map[:, 0, ~line].mean()
    assert inside > 2 * outside
    # Of both parts what the history shows is the cross-entropy of the probabilities alone.
    rows = boxed.rows("validation")
    labels = boxed.table["fractured"].to_numpy()[rows]
    given = np.asarray(network.whole.predict(boxed.images[rows], verbose=0))[:, 0]
    expected = -np.log(np.where(labels == 1, given, 1 - given)).mean()
    assert history["validation_loss"].iloc[-1] == pytest.approx(expected, rel=1e-4)
    assert history["loss"].iloc[-1] < 0.5


def test_without_any_box_the_map_learns_through_the_probability(
    packed: PackedImages, demo: dict[str, Any]
) -> None:
    prepare("cpu", 0)
    chosen = settings(
        demo, localise=SETTINGS | {"head_weight": 0.0}, learning_rate=0.01, finetune={"epochs": 3}
    )
    network = build(SMALL, chosen, SIZE)
    before = network.whole.get_layer("fracture_map").get_weights()[0]
    train(network, packed, chosen, 0)
    assert abs(network.whole.get_layer("fracture_map").get_weights()[0] - before).max() > 1e-3


def test_the_map_learns_at_the_rate_of_the_first_phase(demo: dict[str, Any]) -> None:
    chosen = settings(demo, localise=SETTINGS, finetune={"learning_rate_scale": 0.1})
    network = build(SMALL, chosen, SIZE)
    scales = learning_rate_scales(network, chosen.finetune)
    new = {variable.path for variable in network.whole.variables}
    new -= {variable.path for layer in network.backbone for variable in layer.variables}
    new -= {variable.path for variable in network.head.variables}
    assert set(scales) == new
    assert set(scales.values()) == {10.0}


def test_the_explained_map_is_the_probability_of_each_place(demo: dict[str, Any]) -> None:
    network = build(SMALL, settings(demo, localise=SETTINGS), SIZE)
    images = np.random.default_rng(0).integers(0, 256, (3, SIZE, SIZE, 1), np.uint8)
    found = GradCAM(network.whole).explain(images, np.arange(3), 2)
    assert network.map is not None
    logits = np.asarray(keras.Model(network.whole.input, network.map.logits)(images * 1.0))
    assert found.map is not None
    np.testing.assert_allclose(found.map[:, 0], 1 / (1 + np.exp(-logits[..., 0])), rtol=1e-4)


def test_gradcam_of_a_network_with_a_map_is_that_of_its_head(demo: dict[str, Any]) -> None:
    network = build(SMALL, settings(demo, localise=SETTINGS), SIZE)
    images = np.random.default_rng(0).integers(0, 256, (3, SIZE, SIZE, 1), np.uint8)
    found = GradCAM(network.whole).explain(images, np.arange(3), 3)
    # With average pooling and without hidden layers the heat adds up to the logit: the
    # normalisation subtracts nothing yet, and the bias is 0.
    head = network.whole.get_layer("head_logit")
    logits = np.asarray(keras.Model(network.whole.input, head.output)(images * 1.0))
    np.testing.assert_allclose(found.heat.sum((1, 2, 3)), logits[:, 0], rtol=1e-3, atol=1e-4)
