"""From a row of the table to layers: input scaling, the backbone, its published weights."""

import warnings
from pkgutil import resolve_name
from typing import Any

import keras

from fracture.backbones.packaged import installed
from fracture.backbones.scaling import Scaling
from fracture.backbones.table import (
    PRETRAINED,
    Backbone,
    PackagedFile,
    WeightsFile,
    backbone_named,
)
from fracture.backbones.weights import (
    Tensors,
    explaining_failed_downloads,
    fetch,
    read,
    read_packaged,
)
from fracture.console import PipelineError


def scale(channels: keras.KerasTensor, scaling: Scaling) -> keras.KerasTensor:
    """Scale pixels as a backbone's weights expect them.

    In float32 whatever the precision policy: bfloat16 would round neighbouring greys together.

    Args:
        channels: (n, height, width, 3), 0 to 255.
        scaling: Such as a row of `BACKBONES` states.

    Returns:
        (n, height, width, 3), float32.
    """
    # Lists, because JSON gives no tuples back.
    layer = keras.layers.Rescaling(
        list(scaling.scale), list(scaling.offset), name="scaling", dtype="float32"
    )
    return layer(channels)


def build_backbone(name: str, scaled: keras.KerasTensor, weights: str | None) -> keras.KerasTensor:
    """Continue a graph with a backbone.

    A builder of keras.applications loads its weights itself. What a builder of ours makes is filled
    afterwards, by `fill(network, source)` of its row: `source` is `Tensors` of its weights file, or
    the network of Keras that has the weights.

    Args:
        name: A key of `BACKBONES`.
        scaled: (n, height, width, 3), out of `scale` with the backbone's scaling.
        weights: `imagenet`, or None for random initialisation.

    Returns:
        The feature map, (n, rows, columns, channels).

    Raises:
        PipelineError: There is no such backbone; radiographs are too small for it; or its weights
            are not published, could not be downloaded, or do not fit.
    """
    backbone = backbone_named(name)
    height, width = scaled.shape[1:3]
    if min(height, width) < backbone.minimum_size:
        raise PipelineError(
            f"{name} needs radiographs of at least {backbone.minimum_size} pixels a side, found "
            f"{width} x {height}: raise preprocess.size of the recipe or choose another backbone"
        )
    if weights is not None and backbone.weights is None:
        raise PipelineError(
            f"no ImageNet weights are published for {name}: set its `weights: null`, or to the "
            "path of a weights file, in params.yaml; published are those of "
            f"{', '.join(PRETRAINED)}"
        )
    if backbone.builder == backbone.weights:
        shape = tuple(scaled.shape[1:])
        options = {**backbone.options, "input_tensor": scaled, "input_shape": shape}
        return _network_of_keras(backbone.builder, weights, options).output
    # Before the layers are built, so that a failed download costs no time.
    source = _published(backbone) if weights else None
    maps = resolve_name(backbone.builder)(scaled)
    if source is not None and backbone.fill:
        network = keras.Model(keras.utils.get_source_inputs(scaled), maps)
        resolve_name(backbone.fill)(network, source)
    return maps


def _published(backbone: Backbone) -> Tensors | keras.Model:
    """Return the ImageNet weights of a backbone that we build ourselves, as its `fill` wants them.

    Raises:
        PipelineError: They could not be downloaded, or their package is not installed.
    """
    if isinstance(backbone.weights, WeightsFile):
        return read(fetch(backbone.weights))
    if isinstance(backbone.weights, PackagedFile):
        return read_packaged(installed(backbone.weights))
    options = {**backbone.options, "input_shape": (32, 32, 3)}
    return _network_of_keras(str(backbone.weights), "imagenet", options)


def _network_of_keras(function: str, weights: str | None, options: dict[str, Any]) -> keras.Model:
    """Return a network of keras.applications without its classification layer.

    Keras itself checks the weights file, downloaded or found, against the sum that it records: an
    MD5, for ConvNeXt a SHA-256. For MobileNet and MobileNetV2 it records none, and no other
    publisher's sum of these was found: there only names and shapes are checked, in loading.

    Args:
        function: As `keras.applications:ResNet50`.
        weights: `imagenet`, or None for random initialisation.
        options: Further arguments of the function.

    Raises:
        PipelineError: The weights could not be downloaded.
    """
    with warnings.catch_warnings(), explaining_failed_downloads():
        # MobileNets have weights for some sizes; at all others Keras warns that it takes 224's.
        warnings.filterwarnings("ignore", "`input_shape` is undefined or non-square", UserWarning)
        return resolve_name(function)(include_top=False, weights=weights, **options)
