"""DINOv3: attention that turns queries and keys, registers, and its weights."""

import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from fracture.artifacts import network as networks
from fracture.backbones.dinov3 import dinov3_small, fill
from fracture.backbones.rotary import RotaryAttention, angles
from fracture.backbones.weights import Tensors
from fracture.console import PipelineError
from tests.backbones import timm
from tests.backbones.networks import images


@pytest.fixture(scope="module")
def network() -> keras.Model:
    keras.utils.clear_session()
    scaled = keras.Input((48, 48, 3))
    return keras.Model(scaled, dinov3_small(scaled))


def test_the_published_file_has_as_many_numbers() -> None:
    shapes = timm.dinov3_shapes()
    # What timm's network has; a file of 86,362,376 bytes has them and a header of 14,600.
    assert sum(int(np.prod(shape)) for shape in shapes.values()) == 21_586_944


def turned(rows: int, columns: int) -> np.ndarray:
    """Turn the same vector at each place, (rows, columns, 8), after one token of no place."""
    layer = RotaryAttention(2, 8, rows, columns)
    vector = np.random.default_rng(0).random(8).astype(np.float32)
    heads = np.broadcast_to(vector, (1, 1 + rows * columns, 2, 8))
    found = np.asarray(layer._turn(keras.ops.convert_to_tensor(heads)))[0, :, 0]
    np.testing.assert_array_equal(found[0], vector)
    return found[1:].reshape(rows, columns, 8)


def test_products_tell_how_far_places_lie_apart_and_nothing_else() -> None:
    vectors = turned(3, 4)
    for shift in ((1, 0), (0, 1), (2, 1)):
        down, right = shift
        products = (vectors[: 3 - down, : 4 - right] * vectors[down:, right:]).sum(-1)
        np.testing.assert_allclose(products, products[0, 0], rtol=1e-5)
        assert products[0, 0] < 0.99 * (vectors[0, 0] ** 2).sum()
    np.testing.assert_allclose((vectors**2).sum(-1), (vectors[0, 0] ** 2).sum(), rtol=1e-5)


def test_angles_are_those_of_the_paper() -> None:
    found = angles(2, 1, 4) / (2 * np.pi)
    # Rows at -1/2 and 1/2, the column at 0; periods of 1 and 10.
    np.testing.assert_allclose(found, [[-0.5, -0.05, 0, 0], [0.5, 0.05, 0, 0]], atol=1e-7)


def test_a_saved_network_is_read_by_a_process_that_never_heard_of_it(
    network: keras.Model, tmp_path: Path
) -> None:
    networks.write(network, tmp_path / "net")
    batch = images(1, 48, 48)
    np.save(tmp_path / "batch.npy", batch)
    code = (
        "import sys, numpy, pathlib; from fracture.artifacts.network import read;"
        "folder = pathlib.Path(sys.argv[1]);"
        "found = read(folder / 'net')(numpy.load(folder / 'batch.npy'));"
        "numpy.save(folder / 'found.npy', numpy.asarray(found))"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, capture_output=True)
    np.testing.assert_allclose(
        np.load(tmp_path / "found.npy"), np.asarray(network(batch)), atol=1e-5
    )


def test_a_file_of_another_network_is_refused(network: keras.Model) -> None:
    tensors = timm.draw(timm.dinov3_shapes())
    fill(network, Tensors(tensors, "model.safetensors"))
    of_dinov2 = timm.draw(timm.dinov2_shapes(384))
    with pytest.raises(
        PipelineError, match=r"patch_embed\.proj\.weight has the shape \(384, 3, 14"
    ):
        fill(network, Tensors(of_dinov2, "model.safetensors"))
    further = tensors | {"pos_embed": np.zeros((1, 9, 384), np.float32)}
    with pytest.raises(PipelineError, match="no place for, pos_embed first"):
        fill(network, Tensors(further, "model.safetensors"))
