"""The fracture map's graph: from which maps of a backbone it is joined, and what it adds up."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from fracture.artifacts import network as networks
from fracture.params.train import Localise, Model
from fracture.training.network import build
from fracture.training.pyramid import pool, taps
from tests.training.conftest import settings

SETTINGS = {
    "stride": 8, "channels": 8, "pooling": "top", "places": 2, "box_weight": 20.0, "divisor": 50.0,
    "head_weight": 0.3,
}  # fmt: skip

EXPECTED = {
    "mobilenet_v2": ["block_6_expand_relu", "block_13_expand_relu", "out_relu"],
    "resnet50": ["conv3_block4_out", "conv4_block6_out", "conv5_block3_out"],
    "densenet121": ["pool3_conv", "pool4_conv", "relu"],
    "efficientnet_v2_b0": [
        "block4a_expand_activation", "block6a_expand_activation", "top_activation",
    ],
    "inception_v3": ["mixed2", "mixed7", "mixed10"],
    "vit_tiny": ["feature_map"],
    "dinov2_small": ["feature_map"],
    "dinov3_small": ["feature_map"],
}  # fmt: skip


def test_what_a_residual_passes_by_is_no_tap() -> None:
    radiograph = keras.Input((32, 32, 3))
    first = layers.Conv2D(4, 3, 2, padding="same", name="first")(radiograph)
    inside = layers.Conv2D(4, 3, padding="same", name="inside")(first)
    together = layers.Add(name="together")([first, inside])
    padded = layers.ZeroPadding2D(1)(together)
    squeezed = layers.GlobalAveragePooling2D(keepdims=True)(padded)
    excited = layers.Multiply(name="excited")([padded, squeezed])
    last = layers.MaxPooling2D(2, name="last")(excited)
    found = taps(keras.Model(radiograph, last))
    names = {stride: maps._keras_history.operation.name for stride, maps in found.items()}
    assert names == {1: radiograph._keras_history.operation.name, 2: "excited", 4: "last"}


@pytest.mark.parametrize("backbone", EXPECTED)
def test_a_map_is_joined_from_the_last_maps_before_a_stride(
    demo: dict[str, Any], tmp_path: Path, backbone: str
) -> None:
    chosen = settings(demo, weights=None, localise=SETTINGS)
    network = build(Model(backbone=backbone, variant="plain", target="fractured"), chosen, 96)
    found = taps(keras.Model(network.whole.input, network.pooled._keras_history.operation.input))
    names = [maps._keras_history.operation.name for stride, maps in found.items() if stride >= 8]
    assert names == EXPECTED[backbone]
    assert network.map is not None
    # Inception's convolutions are not padded, so that it loses the rim.
    rows = 9 if backbone == "inception_v3" else 12
    assert network.map.logits.shape == (None, rows, rows, 1)
    networks.write(network.whole, tmp_path / "net")
    images = np.random.default_rng(0).uniform(0, 255, (2, 96, 96, 1)).astype(np.float32)
    again = networks.read(tmp_path / "net")
    np.testing.assert_array_equal(np.asarray(again(images)), np.asarray(network.whole(images)))


def test_at_first_the_head_is_heard_alone(demo: dict[str, Any]) -> None:
    model = Model(backbone="deepconvnet", variant="plain", target="fractured")
    network = build(model, settings(demo, localise=SETTINGS), 64)
    assert network.map is not None
    network.whole.get_layer("fracture_map").set_weights([np.zeros((1, 1, 8, 1)), np.array([-4.0])])
    images = np.random.default_rng(0).uniform(0, 255, (4, 64, 64, 1)).astype(np.float32)
    both = keras.Model(network.whole.input, [network.whole.output, network.map.head])
    together, alone = map(np.asarray, both(images))
    np.testing.assert_allclose(together, alone, atol=1e-6)
    features = np.asarray(network.features(images))
    np.testing.assert_allclose(np.asarray(network.head(features)), alone, atol=1e-6)


def test_a_stride_of_four_has_twice_the_places(demo: dict[str, Any]) -> None:
    model = Model(backbone="deepconvnet", variant="plain", target="fractured")
    network = build(model, settings(demo, localise=SETTINGS | {"stride": 4}), 64)
    assert network.map is not None
    assert network.map.logits.shape == (None, 16, 16, 1)
    assert network.map.cells == (32, 32)


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [("top", (4 + 3) / 2), ("log_sum_exp", np.log(np.mean(np.exp([1, 2, 3, 4]))))],
)
def test_pooling_is_what_its_name_says(pooling: str, expected: float) -> None:
    section = Localise.model_validate(SETTINGS | {"pooling": pooling})
    places = keras.Input((2, 2, 1))
    model = keras.Model(places, pool(places, places, section))
    given = np.array([3, 1, 4, 2], np.float32).reshape(1, 2, 2, 1)
    np.testing.assert_allclose(np.asarray(model(given)), [[expected]], rtol=1e-6)


def test_attention_weighs_the_places() -> None:
    section = Localise.model_validate(SETTINGS | {"pooling": "attention"})
    places = keras.Input((1, 2, 1))
    model = keras.Model(places, pool(places, places, section))
    model.get_layer("map_attention").set_weights([np.full((1, 1, 1, 1), 2.0), np.zeros(1)])
    share = np.exp(6) / (np.exp(6) + np.exp(2))
    given = np.array([3, 1], np.float32).reshape(1, 1, 2, 1)
    expected = 3 * share + 1 * (1 - share)
    np.testing.assert_allclose(np.asarray(model(given)), [[expected]], rtol=1e-6)
