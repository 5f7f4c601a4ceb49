"""A folded network is the network: the same outputs, gradients and variables, fewer layers."""

from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from fracture.training.network import FoldedConvolution, fold
from tests.backbones.networks import network, radiographs


def unsettle(model: keras.Model) -> keras.Model:
    """Freeze the batch normalisations with statistics and weights that do something."""
    random = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
            layer.set_weights([random.uniform(0.5, 1.5, w.shape) for w in layer.get_weights()])
    return model


def count(model: keras.Model, kind: type) -> int:
    return sum(isinstance(layer, kind) for layer in model.layers)


def chain(*parts: Any, size: int = 12) -> keras.Model:
    image = keras.Input((size, size, 3))
    tensor = image
    for part in parts:
        tensor = part(tensor)
    return unsettle(keras.Model(image, tensor))


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("mobilenet_v2", 0),  # of batch normalisations
        ("resnet50", 0),
        ("xception", 0),
        ("densenet121", 62),  # those before their convolution
    ],
)
def test_a_backbone_computes_the_same(name: str, left: int) -> None:
    whole = unsettle(network(name))
    described, images = whole.to_json(), radiographs(2, whole.input_shape[1])
    folded = fold(whole)
    assert count(folded, layers.BatchNormalization) == left
    assert count(folded, FoldedConvolution) == count(whole, layers.BatchNormalization) - left > 0
    expected = whole.predict_on_batch(images)
    np.testing.assert_allclose(folded.predict_on_batch(images), expected, rtol=2e-4, atol=1e-5)
    assert whole.to_json() == described


@pytest.mark.parametrize(
    "convolution",
    [
        layers.Conv2D(4, 3, strides=2, padding="same"),
        layers.Conv2D(6, 3, dilation_rate=2, groups=3, bias_initializer="normal"),
        layers.DepthwiseConv2D(3, depth_multiplier=2, strides=2, bias_initializer="normal"),
        layers.SeparableConv2D(5, 3, depth_multiplier=2, bias_initializer="normal"),
    ],
    ids=lambda layer: type(layer).__name__,
)
@pytest.mark.parametrize("has", [True, False])
def test_gradients_are_those_of_the_network(convolution: Any, has: bool) -> None:
    copy = convolution.from_config(convolution.get_config())
    whole = chain(copy, layers.BatchNormalization(scale=has, center=has), layers.ReLU())
    folded = fold(whole)
    assert count(folded, FoldedConvolution) == 1
    assert {id(v) for v in folded.variables} == {id(v) for v in whole.variables}
    images = np.random.default_rng(1).normal(size=(4, 12, 12, 3)).astype(np.float32)
    found = []
    for model in (whole, folded):
        with tf.GradientTape() as tape:
            outputs = model(images, training=True)
            loss = tf.reduce_sum(outputs**2)
        found.append([outputs, *tape.gradient(loss, copy.trainable_variables)])
    for ours, theirs in zip(*found, strict=True):
        assert np.abs(theirs).max() > 0
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4)


def test_what_cannot_be_folded_stays() -> None:
    activated = chain(layers.Conv2D(4, 3, activation="relu"), layers.BatchNormalization())
    pooled = chain(layers.Conv2D(4, 3), layers.MaxPooling2D(), layers.BatchNormalization())
    for model in (activated, pooled):
        assert count(fold(model), FoldedConvolution) == 0


def test_a_normalisation_that_learns_is_folded_for_inference_alone() -> None:
    model = chain(layers.Conv2D(4, 3), layers.BatchNormalization())
    model.layers[-1].trainable = True
    assert count(fold(model), FoldedConvolution) == 0
    assert count(fold(model, inference=True), FoldedConvolution) == 1


def test_what_others_need_too_is_still_there() -> None:
    """The convolution's own maps go into a sum with the normalised ones."""
    image = keras.Input((12, 12, 3))
    maps = layers.Conv2D(4, 3)(image)
    whole = unsettle(keras.Model(image, layers.Add()([maps, layers.BatchNormalization()(maps)])))
    images = np.random.default_rng(1).normal(size=(4, 12, 12, 3)).astype(np.float32)
    expected = whole.predict_on_batch(images)
    np.testing.assert_allclose(fold(whole).predict_on_batch(images), expected, atol=1e-5)


def test_later_weights_are_those_of_the_twin() -> None:
    whole = chain(layers.Conv2D(4, 3), layers.BatchNormalization())
    folded = fold(whole)
    images = np.ones((1, 12, 12, 3), np.float32)
    before = folded.predict_on_batch(images)
    whole.set_weights([weights * 2 for weights in whole.get_weights()])
    assert not np.allclose(folded.predict_on_batch(images), before)
    np.testing.assert_allclose(
        folded.predict_on_batch(images), whole.predict_on_batch(images), atol=1e-5
    )
