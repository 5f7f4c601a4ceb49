"""What a network is made of, against numbers counted by hand and published ones."""

import keras
import pytest

from fracture.training.footprint import multiply_adds

layers = keras.layers


def test_multiply_adds_are_kernels_times_positions() -> None:
    radiograph = keras.Input((8, 8, 1))
    x = layers.Conv2D(4, 3, strides=2, padding="same")(radiograph)  # 4 x 4 places
    x = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.SeparableConv2D(6, 3, padding="same")(x)
    x = layers.GlobalAveragePooling2D()(x)
    network = keras.Model(radiograph, layers.Dense(2)(x))
    convolution, depthwise = 16 * (3 * 3 * 1 * 4), 16 * (3 * 3 * 4)
    separable = 16 * (3 * 3 * 4 + 4 * 6)
    assert multiply_adds(network) == convolution + depthwise + separable + 6 * 2


def test_attention_holds_each_place_against_each() -> None:
    tokens = keras.Input((5, 8))
    network = keras.Model(tokens, layers.MultiHeadAttention(2, 4)(tokens, tokens))
    # Four projections of 8 to 8 at 5 places; scores and weighed values of 5 x 5 x 8 each.
    assert multiply_adds(network) == 5 * 4 * 8 * 8 + 2 * 5 * 5 * 8


def test_mobilenet_v2_has_those_that_were_published() -> None:
    # Sandler et al., CVPR 2018: 300 million multiply-adds, 3.4 million parameters.
    network = keras.applications.MobileNetV2(weights=None)
    assert multiply_adds(network) / 1e6 == pytest.approx(300, rel=0.01)
    assert network.count_params() / 1e6 == pytest.approx(3.5, abs=0.1)
