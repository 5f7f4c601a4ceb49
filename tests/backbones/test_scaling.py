"""Input scaling: the same numbers as Keras' own preprocessing makes of a grey radiograph."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from fracture.backbones import BACKBONES, UNIT, Scaling, scale
from fracture.params.backbones import NAMES

KERAS = keras.applications
GREYS = np.arange(256, dtype=np.float32).reshape(1, 16, 16, 1)


def scaled(scaling: Scaling) -> npt.NDArray[Any]:
    return np.asarray(scale(keras.ops.convert_to_tensor(GREYS.repeat(3, -1)), scaling))


def first_layers(builder: Callable[..., keras.Model], last: str) -> Callable[..., Any]:
    """Return the preprocessing that newer networks of Keras carry inside them."""
    network = builder(include_top=False, weights=None, input_shape=(32, 32, 3))
    layers = [layer.name for layer in network.layers]
    wanted = [network.get_layer(name) for name in layers[1 : layers.index(last) + 1]]
    return keras.Sequential(wanted)


# Wide ResNet and DeepConvNet are scaled as torchvision's, which Keras' DenseNet follows; timm
# states a mean and deviation of 0.5 for these weights of ViT, as Keras' MobileNet expects.
PREPROCESS: dict[str, Callable[[], Callable[..., Any]]] = {
    "wide_resnet50_2": lambda: KERAS.densenet.preprocess_input,
    "resnet50": lambda: KERAS.resnet.preprocess_input,
    "resnet152v2": lambda: KERAS.resnet_v2.preprocess_input,
    "densenet121": lambda: KERAS.densenet.preprocess_input,
    "vgg16": lambda: KERAS.vgg16.preprocess_input,
    "mobilenet": lambda: KERAS.mobilenet.preprocess_input,
    "inception_v3": lambda: KERAS.inception_v3.preprocess_input,
    "xception": lambda: KERAS.xception.preprocess_input,
    "deepconvnet": lambda: KERAS.densenet.preprocess_input,
    "mobilenet_v2": lambda: KERAS.mobilenet_v2.preprocess_input,
    "efficientnet_v2_b0": lambda: first_layers(KERAS.EfficientNetV2B0, "normalization"),
    "convnext_tiny": lambda: first_layers(
        KERAS.ConvNeXtTiny, "convnext_tiny_prestem_normalization"
    ),
    "vit_tiny": lambda: KERAS.mobilenet.preprocess_input,
}


@pytest.mark.parametrize("name", NAMES)
def test_scaling_is_the_one_that_the_weights_expect(name: str) -> None:
    keras.utils.clear_session()
    expected = PREPROCESS[name]()(GREYS.repeat(3, -1))
    np.testing.assert_allclose(scaled(BACKBONES[name].scaling), np.asarray(expected), atol=2e-5)


def test_unit_scaling_reaches_from_0_to_1() -> None:
    np.testing.assert_allclose(scaled(UNIT), GREYS.repeat(3, -1) / 255, atol=1e-7)


def test_low_precision_keeps_all_greys_apart() -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        for row in BACKBONES.values():
            result = scaled(row.scaling)
            assert result.dtype == np.float32
            assert len(np.unique(result[..., 0])) == 256
    finally:
        keras.config.set_dtype_policy("float32")
