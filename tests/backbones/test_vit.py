"""ViT-Ti/16: the published size, patches and their places."""

import keras
import numpy as np
import pytest

from fracture.backbones.vit import vit_tiny
from tests.backbones.networks import radiographs


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
