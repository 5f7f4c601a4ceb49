"""ViT-Ti/16: the published size, patches and their places, timm's weights."""

from pathlib import Path

import keras
import numpy as np
import pytest
from safetensors.numpy import save_file

from fracture.backbones.vit import fill, resample, vit_tiny
from fracture.backbones.weights import read
from fracture.console import PipelineError
from tests.backbones import timm
from tests.backbones.networks import assert_close, images, radiographs


def network(height: int, width: int) -> keras.Model:
    scaled = keras.Input((height, width, 3))
    return keras.Model(scaled, vit_tiny(scaled))


@pytest.fixture(scope="module")
def tensors() -> timm.Tensors:
    return timm.draw(timm.vit_shapes())


@pytest.fixture(scope="module")
def small() -> keras.Model:
    return network(32, 32)


def test_at_224_pixels_it_is_as_large_as_published() -> None:
    scaled = keras.Input((224, 224, 3))
    network = keras.Model(scaled, vit_tiny(scaled))
    classifier = 192 * 1000 + 1000
    class_token = 192  # which its place takes in, as the other places do ...
    bias = 192  # ... that of the projection
    assert network.count_params() == 5_717_416 - classifier - class_token - bias
    assert network.output_shape == (None, 14, 14, 192)


def test_patches_are_projected_as_a_convolution_does_it_and_know_their_place() -> None:
    scaled = keras.Input((32, 48, 3))
    embedding = keras.Model(scaled, vit_tiny(scaled)).get_layer("embedding")
    batch = radiographs(2, 48)[:, :32].repeat(3, -1) / 255
    embedded = keras.ops.convert_to_numpy(keras.Model(scaled, embedding.output)(batch))
    kernel, places = embedding.get_weights()
    assert places.shape == (1 + 2 * 3, 192)
    kernel = kernel.reshape(16, 16, 3, 192)
    projected = np.asarray(keras.ops.conv(batch, kernel, strides=16)).reshape(2, 6, 192)
    np.testing.assert_allclose(embedded[:, 1:], projected + places[1:], atol=1e-5)
    np.testing.assert_array_equal(embedded[:, 0], places[[0, 0]])


@pytest.mark.parametrize(("size", "patches"), [(32, 2), (33, 3), (80, 5), (90, 6)])
def test_sides_that_are_no_multiple_of_16_are_padded(size: int, patches: int) -> None:
    assert vit_tiny(keras.Input((size, size, 3))).shape == (None, patches, patches, 192)


def test_the_drawn_tensors_are_as_many_as_published(tensors: timm.Tensors) -> None:
    assert sum(tensor.size for tensor in tensors.values()) == 5_717_416


@pytest.mark.parametrize(("height", "width"), [(224, 224), (48, 80)])
def test_it_computes_what_timm_computes(
    height: int, width: int, tensors: timm.Tensors, tmp_path: Path
) -> None:
    save_file(tensors, tmp_path / "model.safetensors")
    ours = network(height, width)
    fill(ours, read(tmp_path / "model.safetensors"))
    places = tensors["pos_embed"][0]
    rows, columns = height // 16, width // 16
    if (rows, columns) != (14, 14):
        # A second library's antialiased bicubic interpolation.
        grid = keras.ops.image.resize(
            places[1:].reshape(1, 14, 14, 192), (rows, columns), "bicubic", antialias=True
        )
        places = np.concatenate([places[:1], np.asarray(grid).reshape(-1, 192)])
    batch = images(2, height, width)
    assert_close(ours, batch, timm.vit(tensors, batch, places))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"blocks.3.attn.qkv.bias": None},
            r"model\.\S+ holds no tensor blocks\.3\.attn\.qkv\.bias",
        ),
        (
            {"cls_token": (1, 2, 192)},
            r"cls_token has the shape \(1, 2, 192\), expected \(1, 1, 192\)",
        ),
        (
            {"pos_embed": (1, 577, 192)},
            r"pos_embed has the shape \(1, 577, 192\), expected \(1, 197",
        ),
        (
            {"blocks.12.norm1.bias": (192,), "fc_norm.bias": (192,)},
            r"holds 2 tensors that the network has no place for, blocks\.12\.norm1\.bias first: ",
        ),
    ],
)
def test_a_file_of_another_network_is_refused(
    change: dict[str, tuple[int, ...] | None],
    message: str,
    tensors: timm.Tensors,
    small: keras.Model,
    tmp_path: Path,
) -> None:
    changed = dict(tensors)
    for name, shape in change.items():
        if shape is None:
            del changed[name]
        else:
            changed[name] = np.zeros(shape, np.float32)
    save_file(changed, tmp_path / "model.safetensors")
    with pytest.raises(PipelineError, match=message) as refusal:
        fill(small, read(tmp_path / "model.safetensors"))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(("rows", "columns"), [(24, 24), (28, 40)])
def test_enlarged_places_lie_between_their_neighbours(rows: int, columns: int) -> None:
    # Cubic interpolation keeps a plane as it is, but within two places of the edge.
    row, column = np.meshgrid(np.arange(14.0), np.arange(14.0), indexing="ij")
    plane = np.stack([row, column, np.ones_like(row)], -1).astype(np.float32)
    resampled = resample(plane, rows, columns)
    assert resampled.shape == (rows, columns, 3)
    assert resampled.dtype == np.float32
    for axis, count in enumerate((rows, columns)):
        expected = (np.arange(count) + 0.5) * 14 / count - 0.5
        found = np.moveaxis(resampled, axis, 0)[..., axis].mean(1)
        inner = (expected > 1) & (expected < 12)
        np.testing.assert_allclose(found[inner], expected[inner], atol=1e-4)
    np.testing.assert_allclose(resampled[..., 2], 1, atol=1e-6)


def test_places_of_the_published_size_stay_as_they_are() -> None:
    places = images(14, 14)
    assert resample(places, 14, 14) is places
