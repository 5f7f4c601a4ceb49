"""From a row of the table to layers: input scaling, refusals, Keras' published weights."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pytest

from fracture.backbones.build import build_backbone, scale
from fracture.backbones.scaling import UNIT, Scaling
from fracture.backbones.table import BACKBONES
from fracture.console import PipelineError
from tests.backbones.networks import radiographs

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


def lite(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Scale as TensorFlow's EfficientNet-Lite does, which states one mean and one deviation."""
    return (pixels - 127.0) / 128.0


def rad_dino(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Scale as RAD-DINO's model card does."""
    return (pixels / 255 - 0.5307) / 0.2583


# Wide ResNet, DeepConvNet and DINO are scaled as torchvision's, which Keras' DenseNet follows;
# timm states a mean and deviation of 0.5 for these weights of ViT, as Keras' MobileNet expects.
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
    "convnext_base": lambda: first_layers(
        KERAS.ConvNeXtBase, "convnext_base_prestem_normalization"
    ),
    "vit_tiny": lambda: KERAS.mobilenet.preprocess_input,
    "dinov2_small": lambda: KERAS.densenet.preprocess_input,
    "dinov2_base": lambda: KERAS.densenet.preprocess_input,
    "rad_dino": lambda: rad_dino,
    "dinov3_small": lambda: KERAS.densenet.preprocess_input,
    "efficientnet_lite0": lambda: lite,
    "efficientnet_lite1": lambda: lite,
    "efficientnet_lite2": lambda: lite,
}


@pytest.mark.parametrize("name", BACKBONES)
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


def test_an_unknown_backbone_is_refused() -> None:
    with pytest.raises(
        PipelineError,
        match=r"no backbone 'resnet18' \(did you mean resnet50\?\); expected one of: wide_res",
    ):
        build_backbone("resnet18", keras.Input((80, 80, 3)), None)


@pytest.mark.parametrize(
    ("name", "size"), [(name, row.minimum_size - 1) for name, row in BACKBONES.items()]
)
def test_too_small_radiographs_are_refused(name: str, size: int) -> None:
    message = (
        rf"{name} needs .* at least {size + 1} pixels a side, found {size + 9} x {size}: raise"
    )
    with pytest.raises(PipelineError, match=message):
        build_backbone(name, keras.Input((size, size + 9, 3)), None)


def test_weights_that_nobody_publishes_are_refused() -> None:
    message = r"no ImageNet weights are published for deepconvnet: set .*published are .*resnet50"
    with pytest.raises(PipelineError, match=message):
        build_backbone("deepconvnet", keras.Input((80, 80, 3)), "imagenet")


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("mobilenet", "mobilenet_1_0_224_tf_no_top.h5"),
        ("convnext_tiny", "convnext_tiny_notop.h5"),
    ],
)
def test_without_a_network_the_message_names_the_file_and_its_place(
    name: str, file: str, models: Path
) -> None:
    message = (
        rf"^https://\S+/{file} could not be had \(no route to host\): .*"
        rf"put it in place as {models}/{file}, or run the same command with a network"
        r"[^\n]*$"
    )
    with pytest.raises(PipelineError, match=message):
        build_backbone(name, keras.Input((80, 80, 3)), "imagenet")


def test_a_file_that_holds_no_weights_is_named_as_the_mistake(models: Path) -> None:
    weights = models / "mobilenet_1_0_224_tf_no_top.h5"
    weights.write_text("<html>log in to this network first</html>")
    with pytest.raises(PipelineError, match=r"the file of ImageNet weights could not be had \(.*"):
        build_backbone("mobilenet", keras.Input((80, 80, 3)), "imagenet")


def test_other_mistakes_are_not_taken_for_a_failed_download() -> None:
    with pytest.raises(ValueError, match="weights"):
        build_backbone("mobilenet", keras.Input((80, 80, 3)), "no-such-weights")


@pytest.mark.shared
def test_imagenet_weights_give_the_features_that_keras_computes(
    keras_home: Path, models: Path
) -> None:
    # Linked: Keras passes over a folder that it cannot write to.
    models.rmdir()
    models.symlink_to(keras_home.resolve() / "models")
    radiograph = keras.Input((80, 80, 1))
    scaled = scale(keras.layers.Concatenate()([radiograph] * 3), BACKBONES["mobilenet_v2"].scaling)
    ours = keras.Model(radiograph, build_backbone("mobilenet_v2", scaled, "imagenet"))
    with pytest.warns(UserWarning, match="`input_shape` is undefined"):
        theirs = keras.applications.MobileNetV2(include_top=False, input_shape=(80, 80, 3))
    batch = radiographs(2, 80)
    preprocess = keras.applications.mobilenet_v2.preprocess_input
    expected = np.asarray(theirs(preprocess(batch.repeat(3, -1))))
    assert expected.std() > 0.1
    np.testing.assert_allclose(np.asarray(ours(batch)), expected, rtol=1e-4, atol=1e-4)
