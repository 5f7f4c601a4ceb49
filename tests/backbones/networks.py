"""Small networks on each backbone; the last two are kept."""

import functools
from collections.abc import Mapping

import keras
import numpy as np
import numpy.typing as npt

from fracture.backbones.build import build_backbone, scale
from fracture.backbones.table import BACKBONES


def features(name: str, size: int) -> keras.Model:
    keras.utils.set_random_seed(0)
    radiograph = keras.Input((size, size, 1))
    channels = keras.layers.Concatenate()([radiograph] * 3)
    maps = build_backbone(name, scale(channels, BACKBONES[name].scaling), None)
    return keras.Model(radiograph, maps)


@functools.lru_cache(maxsize=2)
def network(name: str, copy: int = 0) -> keras.Model:  # noqa: ARG001 - tells copies apart
    """Build a network at the backbone's smallest size, with the layer names of a fresh process."""
    keras.utils.clear_session()
    backbone = features(name, BACKBONES[name].minimum_size)
    pooled = keras.layers.GlobalAveragePooling2D()(backbone.output)
    return keras.Model(backbone.input, keras.layers.Dense(1)(pooled))


def radiographs(count: int, size: int) -> npt.NDArray[np.float32]:
    random = np.random.default_rng(0)
    return random.integers(0, 256, (count, size, size, 1)).astype(np.float32)


def images(*shape: int) -> npt.NDArray[np.float32]:
    """Draw scaled images of three channels."""
    return np.random.default_rng(1).standard_normal((*shape, 3), np.float32)


def assert_kernels(ours: keras.Model, expected: Mapping[str, tuple[int, ...]]) -> None:
    """Assert the shapes of the kernels of some layers, by name."""
    assert {name: ours.get_layer(name).kernel.shape for name in expected} == expected


def assert_close(
    ours: keras.Model, batch: npt.NDArray[np.float32], expected: npt.NDArray[np.float32]
) -> None:
    deviation = np.abs(keras.ops.convert_to_numpy(ours(batch)) - expected).max()
    assert deviation < 1e-4 * expected.std()
