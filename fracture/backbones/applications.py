"""Builders of backbones: out of keras.applications, or our own, each with its published weights."""

import warnings
from collections.abc import Callable
from typing import Any

import keras

from fracture.backbones.weights.download import advising
from fracture.backbones.weights.published import Published

Build = Callable[[keras.KerasTensor, str | None], keras.KerasTensor]
"""From scaled input (n, height, width, 3), and `imagenet` or None, to a feature map."""


def application(builder: Callable[..., keras.Model], **options: Any) -> Build:
    """Return a builder that continues the graph of its input with one of keras.applications.

    Args:
        builder: Such as keras.applications.ResNet50.
        **options: Further arguments of `builder`.
    """

    def build(scaled: keras.KerasTensor, weights: str | None) -> keras.KerasTensor:
        shape = tuple(scaled.shape[1:])
        return load(builder, weights, input_tensor=scaled, input_shape=shape, **options).output

    return build


def own(
    builder: Callable[[keras.KerasTensor], keras.KerasTensor], published: Published | None = None
) -> Build:
    """Return `builder` as a row of the table wants it, with the weights published for it, if any.

    Args:
        builder: From scaled input to a feature map.
        published: Fills what `builder` builds; fetched first, so that a failure costs no time.
    """

    def build(scaled: keras.KerasTensor, weights: str | None) -> keras.KerasTensor:
        if weights is None or published is None:
            return builder(scaled)
        path = published.fetch()
        maps = builder(scaled)
        published.load(keras.Model(keras.utils.get_source_inputs(scaled), maps), path)
        return maps

    return build


def load(builder: Callable[..., keras.Model], weights: str | None, **options: Any) -> keras.Model:
    """Call a builder of keras.applications, without its classifier.

    Keras itself checks the weights file, downloaded or found, against the sum that it records: an
    MD5, for ConvNeXt a SHA-256. For MobileNet and MobileNetV2 it records none, and no other
    publisher's sum of these was found: there only names and shapes are checked, in loading.

    Raises:
        PipelineError: The weights could not be downloaded.
    """
    with warnings.catch_warnings(), advising():
        # MobileNets have weights for some sizes; at all others Keras warns that it takes 224's.
        warnings.filterwarnings("ignore", "`input_shape` is undefined or non-square", UserWarning)
        return builder(include_top=False, weights=weights, **options)
