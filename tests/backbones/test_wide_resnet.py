"""Wide ResNet-50-2: the layers of torchvision's, its padding, and its weights."""

import keras
import numpy as np
from scipy.signal import correlate

from fracture.backbones.weights import Tensors
from fracture.backbones.wide_resnet import fill, wide_resnet50_2
from tests.backbones import timm
from tests.backbones.networks import assert_close, assert_kernels, images, radiographs


def test_its_layers_are_torchvisions() -> None:
    scaled = keras.Input((64, 64, 3))
    network = keras.Model(scaled, wide_resnet50_2(scaled))
    assert sum(int(np.prod(w.shape)) for w in network.trainable_weights) == 66_834_240
    kernels = {
        "conv1": (7, 7, 3, 64),
        "layer1_0_conv1": (1, 1, 64, 128),
        "layer1_0_conv2": (3, 3, 128, 128),
        "layer1_0_downsample_0": (1, 1, 64, 256),
        "layer2_0_downsample_0": (1, 1, 256, 512),
        "layer4_2_conv2": (3, 3, 1024, 1024),
        "layer4_2_conv3": (1, 1, 1024, 2048),
    }
    assert_kernels(network, kernels)
    strides = {"layer1_0_conv2": (1, 1), "layer2_0_conv1": (1, 1), "layer2_0_conv2": (2, 2)}
    assert {name: network.get_layer(name).strides for name in strides} == strides
    # torchvision's layer1 to layer4 of a 64 pixel image.
    sides = [network.get_layer(f"layer{stage}_0_relu3").output.shape[1] for stage in (1, 2, 3, 4)]
    assert sides == [16, 8, 4, 2]


def test_strided_convolutions_are_padded_on_both_sides_alike() -> None:
    scaled = keras.Input((32, 32, 3))
    first = keras.Model(scaled, wide_resnet50_2(scaled)).get_layer("conv1")
    batch = radiographs(1, 32).repeat(3, -1) / 255
    ours = np.asarray(keras.Model(scaled, first.output)(batch))
    padded = np.pad(batch[0], ((3, 3), (3, 3), (0, 0)))
    kernel = np.asarray(first.kernel)[..., 0]
    expected = correlate(padded, kernel, mode="valid", method="direct")[::2, ::2, 0]
    np.testing.assert_allclose(ours[0, ..., 0], expected, atol=1e-4)


def test_it_computes_what_timm_computes() -> None:
    shapes = timm.wide_resnet_shapes()
    counters = sum("tracked" in name for name in shapes)
    published = [int(np.prod(shape)) for name, shape in shapes.items() if "running" not in name]
    assert sum(published) == 68_883_240 + counters
    tensors = timm.draw(shapes)
    scaled = keras.Input((32, 64, 3))
    network = keras.Model(scaled, wide_resnet50_2(scaled))
    fill(network, Tensors(dict(tensors), "model.safetensors"))
    batch = images(1, 32, 64)
    assert_close(network, batch, timm.wide_resnet(tensors, batch))
