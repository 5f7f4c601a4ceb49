"""Our backbones, filled from a file as timm writes it, compute what timm's networks do."""

from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import pytest
from safetensors.numpy import save_file

from fracture.backbones.vit import vit_tiny
from fracture.backbones.weights.published import VIT_TINY
from fracture.backbones.weights.tensors import Tensors
from fracture.backbones.weights.vit import resample
from fracture.backbones.weights.wide_resnet import fill_wide_resnet
from fracture.backbones.wide_resnet import wide_resnet50_2
from fracture.console import PipelineError
from tests.backbones.weights import timm


def images(*shape: int) -> npt.NDArray[np.float32]:
    return np.random.default_rng(1).standard_normal((*shape, 3), np.float32)


def network(builder: timm.Builder, height: int, width: int) -> keras.Model:
    scaled = keras.Input((height, width, 3))
    return keras.Model(scaled, builder(scaled))


def assert_close(ours: keras.Model, batch: timm.Array, expected: timm.Array) -> None:
    deviation = np.abs(keras.ops.convert_to_numpy(ours(batch)) - expected).max()
    assert deviation < 1e-4 * expected.std()


@pytest.fixture(scope="module")
def vit_tensors() -> timm.Tensors:
    return timm.draw(timm.vit_shapes())


@pytest.fixture(scope="module")
def small_vit() -> keras.Model:
    return network(vit_tiny, 32, 32)


def test_the_drawn_tensors_are_as_many_as_published() -> None:
    counts = {
        name: sum(int(np.prod(shape)) for key, shape in shapes.items() if "running" not in key)
        for name, shapes in {"vit": timm.vit_shapes(), "resnet": timm.wide_resnet_shapes()}.items()
    }
    counters = sum("tracked" in key for key in timm.wide_resnet_shapes())
    assert counts == {"vit": 5_717_416, "resnet": 68_883_240 + counters}


@pytest.mark.parametrize(("height", "width"), [(224, 224), (48, 80)])
def test_vit_computes_what_timm_computes(
    height: int, width: int, vit_tensors: timm.Tensors, tmp_path: Path
) -> None:
    save_file(vit_tensors, tmp_path / "model.safetensors")
    ours = network(vit_tiny, height, width)
    VIT_TINY.load(ours, tmp_path / "model.safetensors")
    places = vit_tensors["pos_embed"][0]
    rows, columns = height // 16, width // 16
    if (rows, columns) != (14, 14):
        # A second library's antialiased bicubic interpolation.
        grid = keras.ops.image.resize(
            places[1:].reshape(1, 14, 14, 192), (rows, columns), "bicubic", antialias=True
        )
        places = np.concatenate([places[:1], np.asarray(grid).reshape(-1, 192)])
    batch = images(2, height, width)
    assert_close(ours, batch, timm.vit(vit_tensors, batch, places))


def test_wide_resnet_computes_what_timm_computes() -> None:
    tensors = timm.draw(timm.wide_resnet_shapes())
    ours = network(wide_resnet50_2, 32, 64)
    left = Tensors(dict(tensors), "model.safetensors")
    fill_wide_resnet(ours, left)
    left.finish()
    batch = images(1, 32, 64)
    assert_close(ours, batch, timm.wide_resnet(tensors, batch))


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
    vit_tensors: timm.Tensors,
    small_vit: keras.Model,
    tmp_path: Path,
) -> None:
    changed = dict(vit_tensors)
    for name, shape in change.items():
        if shape is None:
            del changed[name]
        else:
            changed[name] = np.zeros(shape, np.float32)
    save_file(changed, tmp_path / "model.safetensors")
    with pytest.raises(PipelineError, match=message) as refusal:
        VIT_TINY.load(small_vit, tmp_path / "model.safetensors")
    assert "\n" not in str(refusal.value)


def test_no_two_tensors_are_filled_from_one() -> None:
    tensors = Tensors({"norm.bias": np.zeros(3, np.float32)}, "model.safetensors")
    tensors.take("norm.bias", 3)
    with pytest.raises(PipelineError, match=r"holds no tensor norm\.bias"):
        tensors.take("norm.bias", 3)


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
