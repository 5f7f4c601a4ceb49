"""ConvNeXt: the same function as Keras' own, given the same weights."""

from pkgutil import resolve_name

import keras
import numpy as np
import pytest

from fracture.backbones.build import scale
from fracture.backbones.convnext import fill
from fracture.backbones.table import BACKBONES
from tests.backbones.networks import radiographs


@pytest.mark.parametrize("name", ["convnext_tiny", "convnext_base"])
def test_with_keras_weights_it_computes_what_keras_computes(name: str) -> None:
    row = BACKBONES[name]
    published = resolve_name(str(row.weights))(
        include_top=False, weights=None, input_shape=(32, 32, 3), include_preprocessing=True
    )
    random = np.random.default_rng(0)
    # Far from the initial values: layer scales of 1e-6 would hide a mistake inside the blocks.
    published.set_weights([random.normal(0.05, 0.1, w.shape) for w in published.weights])

    channels = keras.Input((32, 32, 3))
    scaled = scale(channels, row.scaling)
    ours = keras.Model(channels, resolve_name(row.builder)(scaled))
    fill(ours, published)
    batch = radiographs(2, 32).repeat(3, -1)
    expected = np.asarray(published(batch))
    assert np.std(expected) > 0.1
    np.testing.assert_allclose(np.asarray(ours(batch)), expected, rtol=1e-3, atol=1e-4)
