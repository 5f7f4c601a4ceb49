"""Grad-CAM: the gradient in closed form is the backend's, on every backbone and kind of head."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from fracture.backbones.table import BACKBONES
from fracture.console import PipelineError
from fracture.inference.gradcam import GradCAM, gradient, heatmap
from tests.inference.examples import network, radiographs


def two_channels(above: list[float]) -> keras.Model:
    """Return a network with the feature maps r and -r of a radiograph r, and these weights."""
    radiograph = keras.Input((2, 2, 1))
    maps = keras.layers.Conv2D(2, 1, use_bias=False, name="maps")(radiograph)
    pooled = keras.layers.GlobalAveragePooling2D(name="pooled")(maps)
    model = keras.Model(
        radiograph, keras.layers.Dense(1, "sigmoid", name="probability")(pooled), name="two"
    )
    model.get_layer("maps").set_weights([np.array([[[[1.0, -1.0]]]])])
    model.get_layer("probability").set_weights([np.array(above)[:, None], np.zeros(1)])
    return model


def test_by_hand() -> None:
    image = np.array([[0, 4], [2, 1]], np.uint8)[None, :, :, None]
    explained = GradCAM(two_channels([3.0, 1.0])).explain(image, np.array([0]), 1)
    # Weights 3 / 4 and 1 / 4: 3 / 4 r - 1 / 4 r; the logit is 3 * 7 / 4 - 7 / 4.
    np.testing.assert_allclose(explained.heat, np.array([[[[0, 2], [1, 0.5]]]]))
    np.testing.assert_allclose(explained.probabilities, 1 / (1 + np.exp(-3.5)), rtol=1e-6)
    against = GradCAM(two_channels([1.0, 3.0])).explain(image, np.array([0]), 1)
    np.testing.assert_allclose(against.heat, -explained.heat)
    assert not heatmap(against.heat[0, 0], 4, 4).any()


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="needs TensorFlow's gradients")
@pytest.mark.parametrize("pooling", ["average", "max"])
@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("units", [[], [6], [6, 4]])
def test_the_heat_is_that_of_tensorflows_gradients(
    parameters: dict[str, Any], pooling: str, normalize: bool, units: list[int]
) -> None:
    import tensorflow as tf  # noqa: PLC0415

    head: dict[str, Any] = {"pooling": pooling, "normalize": normalize, "units": units}
    model = network(parameters, "deepconvnet", 48, **head)
    random = np.random.default_rng(0)
    for layer in model.layers:
        if layer.name.startswith(("head_", "probability")) and layer.weights:
            signed = isinstance(layer, keras.layers.Dense)  # the others are variances
            low = -1 if signed else 0.1
            layer.set_weights([random.uniform(low, 1, weight.shape) for weight in layer.weights])
    images = radiographs(3, 48)
    pooled, *above = model.layers[[layer.name for layer in model.layers].index("pooled") :]

    maps = keras.Model(model.input, pooled.input)(images)
    with tf.GradientTape() as tape:
        tape.watch(maps)
        x = features = pooled(maps)
        for layer in above[:-1]:
            x = layer(x)
        logit = tf.matmul(x, above[-1].kernel) + above[-1].bias
    weights = tf.reduce_mean(tape.gradient(logit, maps), axis=(1, 2)).numpy()

    assert weights.any()
    closed = gradient(above, features.numpy()) / 9
    np.testing.assert_allclose(closed, weights, rtol=1e-4, atol=1e-6 * abs(weights).max())
    expected = np.einsum("nrck,nk->nrc", maps.numpy(), weights)
    explained = GradCAM(model).explain(images, np.arange(3), 2)
    heat = explained.heat[:, 0]
    np.testing.assert_allclose(heat, expected, rtol=1e-3, atol=1e-4 * abs(expected).max())
    np.testing.assert_allclose(explained.probabilities, tf.sigmoid(logit), rtol=1e-4)


@pytest.mark.parametrize("name", BACKBONES)
def test_every_backbone_is_explained(parameters: dict[str, Any], name: str) -> None:
    model = network(parameters, name, units=[4])
    size, places = model.input_shape[1], model.get_layer("pooled").input.shape[1:3]
    gradcam = GradCAM(model)
    # Tracing a deep network takes longer than a batch, but in JAX, which compiles each operation.
    gradcam.model.run_eagerly = keras.backend.backend() != "jax"
    explained = gradcam.explain(radiographs(2, size), np.array([1, 0]), 2)
    assert explained.heat.shape == (2, 1, *places)
    assert explained.heat.dtype == explained.probabilities.dtype == np.float32
    assert np.isfinite(explained.heat).all()
    assert ((explained.probabilities >= 0) & (explained.probabilities <= 1)).all()
    for heat in explained.heat[:, 0]:
        shown = heatmap(heat, size, size)
        assert shown.shape == (size, size)
        assert shown.max() == (1 if heat.max() > 0 else 0)


def test_new_weights_count_without_new_tracing(parameters: dict[str, Any]) -> None:
    model = network(parameters, "deepconvnet", 48)
    gradcam, images, rows = GradCAM(model), radiographs(5, 48), np.arange(5)
    first = gradcam.explain(images, rows, 2)
    weights, traced = model.get_weights(), gradcam.model.predict_function
    model.set_weights([2 * weight for weight in weights])
    assert not np.array_equal(gradcam.explain(images, rows, 2).probabilities, first.probabilities)
    model.set_weights(weights)
    again = gradcam.explain(images, rows, 2)
    np.testing.assert_array_equal(again.probabilities, first.probabilities)
    np.testing.assert_array_equal(again.heat, first.heat)
    assert gradcam.model.predict_function is traced


def test_a_heatmap_is_bilinear_and_the_hottest_place_is_1() -> None:
    shown = heatmap(np.array([[0, 2], [0, 0]], np.float32), 4, 4)
    # Between the middles of two cells, at a quarter and three quarters of the way.
    row = np.array([0, 0.25, 0.75, 1])
    np.testing.assert_allclose(shown, np.outer([1, 0.75, 0.25, 0], row), atol=1e-6)
    assert shown.dtype == np.float32


@pytest.mark.parametrize("value", [0, -1, np.nan, np.inf])
def test_without_heat_the_heatmap_is_0(value: float) -> None:
    shown = heatmap(np.full((3, 2), value, np.float32), 6, 8)
    np.testing.assert_array_equal(shown, np.zeros((6, 8)))


def ending(*above: Any, pooled: Any = None) -> keras.Model:
    radiograph = keras.Input((4, 4, 1))
    x = (pooled or keras.layers.GlobalAveragePooling2D(name="pooled"))(radiograph)
    for layer in above:
        x = layer(x)
    return keras.Model(radiograph, x, name="other")


def sigmoid() -> keras.Layer:
    return keras.layers.Dense(1, "sigmoid", name="probability")


def wrong() -> list[tuple[keras.Model, str]]:
    layers = keras.layers
    flat = keras.Input((7,))
    dense = layers.Dense(3, name="pooled")(flat)
    return [
        (ending(sigmoid(), pooled=layers.Flatten()), r"other has no layer `pooled` below a head"),
        (ending(), r"other has no layer `pooled` below a head"),
        (keras.Model(flat, sigmoid()(dense), name="other"), r"other pools \(None, 7\)"),
        (ending(layers.Dense(3, "tanh", name="odd"), sigmoid()), r"has a Dense 'odd' above"),
        (ending(layers.BatchNormalization(name="odd"), sigmoid()), r"BatchNormalization 'odd'"),
        (ending(layers.Dense(2, "softmax", name="odd")), r"has a Dense 'odd' above"),
        (ending(layers.LayerNormalization(name="odd"), sigmoid()), r"LayerNormalization 'odd'"),
    ]


def test_another_structure_is_refused() -> None:
    for model, message in wrong():
        with pytest.raises(PipelineError, match=message + r".*: Grad-CAM expects a feature map"):
            GradCAM(model)


def test_the_gradient_of_a_head_by_hand() -> None:
    hidden, output = keras.layers.Dense(2, "relu"), sigmoid()
    features = np.array([[1.0, 1.0], [1.0, -1.0]], np.float32)
    output(hidden(features))
    hidden.set_weights([np.array([[1.0, 2.0], [1.0, -3.0]]), np.array([0.0, 0.0])])
    output.set_weights([np.array([[5.0], [7.0]]), np.array([0.0])])
    # Hidden units 2 and -1, then 0 and 5: the first is on in one radiograph, the second in the
    # other.
    found: npt.NDArray[np.float32] = gradient([hidden, output], features)
    np.testing.assert_allclose(found, [[5, 5], [14, -21]])
