"""DINOv2 and RAD-DINO: the published size, any size of radiograph, both layouts of weights."""

import keras
import numpy as np
import pytest

from fracture.backbones.dinov2 import (
    dinov2_base,
    dinov2_small,
    fill,
    fill_transformers,
)
from fracture.backbones.weights import Tensors
from fracture.console import PipelineError
from tests.backbones import timm


def network(size: int) -> keras.Model:
    keras.utils.clear_session()
    scaled = keras.Input((size, size, 3))
    return keras.Model(scaled, dinov2_small(scaled))


def test_at_518_pixels_it_is_as_large_as_published() -> None:
    published = network(518)
    # The class token became part of its place, and the projection's bias of every place.
    assert published.count_params() == 22_056_192 - 384 - 384
    assert published.output_shape == (None, 37, 37, 384)
    shapes = timm.dinov2_shapes(384)
    assert sum(int(np.prod(shape)) for shape in shapes.values()) == 22_056_192


@pytest.mark.parametrize(("size", "places"), [(32, 3), (90, 7), (384, 28)])
def test_sides_that_are_no_multiple_of_14_are_enlarged(size: int, places: int) -> None:
    enlarged = network(size)
    assert enlarged.output_shape == (None, places, places, 384)
    layer = enlarged.get_layer("patch_resizing")
    # The first and the last pixel of a ramp stay where they are: nothing is padded or cut off.
    ramp = np.linspace(0, 1, size, dtype=np.float32)[None, None, :, None].repeat(size, 1)
    resized = np.asarray(layer(ramp))[0, 0, :, 0]
    assert resized.shape == (14 * places,)
    np.testing.assert_allclose(resized[[0, -1]], [0, 1], atol=1e-6)
    assert (np.diff(resized) >= 0).all()


def test_multiples_of_14_are_taken_as_they_are() -> None:
    assert "patch_resizing" not in {layer.name for layer in network(98).layers}


def test_enlarging_keeps_neighbouring_greys_apart_in_low_precision() -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        assert network(32).get_layer("patch_resizing").compute_dtype == "float32"
    finally:
        keras.config.set_dtype_policy("float32")


def test_both_layouts_of_weights_fill_the_layers_alike() -> None:
    theirs = timm.draw(timm.dinov2_shapes(768))
    renamed = {"embeddings.mask_token": np.zeros((1, 768), np.float32)}
    for name, tensor in theirs.items():
        names = timm.in_transformers(name)
        renamed |= dict(zip(names, np.split(tensor, len(names)), strict=True))
    assert {name: tensor.shape for name, tensor in renamed.items()} == timm.rad_dino_shapes()
    keras.utils.clear_session()
    scaled = keras.Input((42, 42, 3))
    base = keras.Model(scaled, dinov2_base(scaled))
    fill(base, Tensors(theirs, "model.safetensors"))
    expected = base.get_weights()
    base.set_weights([np.zeros_like(weight) for weight in expected])
    fill_transformers(base, Tensors(renamed, "rad-dino.safetensors"))
    for found, weight in zip(base.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(found, weight)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"blocks.3.ls2.gamma": None}, r"holds no tensor blocks\.3\.ls2\.gamma: it belongs"),
        ({"pos_embed": (1, 1374, 384)}, r"pos_embed has the shape \(1, 1374, 384\), expected"),
        ({"reg_token": (1, 4, 384)}, r"1 tensors that the network has no place for, reg_token"),
    ],
)
def test_a_file_of_another_network_is_refused(
    change: dict[str, tuple[int, ...] | None], message: str
) -> None:
    tensors = timm.draw(timm.dinov2_shapes(384))
    for name, shape in change.items():
        if shape is None:
            del tensors[name]
        else:
            tensors[name] = np.zeros(shape, np.float32)
    with pytest.raises(PipelineError, match=message):
        fill(network(42), Tensors(tensors, "model.safetensors"))
