"""A network: radiograph, scaling, backbone, pooling and head in one flat functional graph."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras

from fracture.backbones.build import build_backbone, scale
from fracture.backbones.table import UNIT, backbone_named
from fracture.console import PipelineError
from fracture.params.train import Head, Model, Train
from fracture.training.folding import fold

POOLING = {
    "average": keras.layers.GlobalAveragePooling2D,
    "max": keras.layers.GlobalMaxPooling2D,
}


@dataclass(frozen=True)
class Network:
    """A network and the places where it is cut; all share their layers.

    Attributes:
        whole: Radiographs (n, size, size, 1), 0 to 255, in; probabilities (n, 1) out.
        pooled: The place in `whole` where the backbone ends and the head begins.
        head: Features in; probabilities out.
        normalization: The head's first layer, whose mean and variance are to be set from features;
            None where the head has none.
        backbone: The layers of the backbone, from bottom to top.
    """

    whole: keras.Model
    pooled: keras.KerasTensor
    head: keras.Model
    normalization: keras.layers.BatchNormalization | None
    backbone: list[Any]

    @cached_property
    def features(self) -> keras.Model:
        """Radiographs in; pooled features (n, d) of the backbone out; not to be trained."""
        return fold(keras.Model(self.whole.input, self.pooled), inference=True)


def build(model: Model, settings: Train, size: int) -> Network:
    """Build the network of a model.

    Args:
        model: Names the backbone.
        settings: Its weights, scaling and head.
        size: Height and width of the radiographs, pixels.

    Raises:
        PipelineError: The backbone is unknown, wants larger radiographs, or its weights cannot be
            had or do not fit.
    """
    row = backbone_named(model.backbone)
    radiograph = keras.Input((size, size, 1), name="radiograph")
    three_channels = keras.layers.Concatenate(dtype="float32", name="three_channels")(
        [radiograph] * 3
    )
    scaled = scale(three_channels, row.scaling if settings.scaling == "backbone" else UNIT)
    published = settings.weights if settings.weights == "imagenet" else None
    maps = build_backbone(model.backbone, scaled, published)
    backbone = keras.Model(radiograph, maps)
    if settings.weights not in {None, "imagenet"}:
        _load(backbone, Path(str(settings.weights)))
    if settings.batch_norm_momentum is not None:
        for layer in backbone.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = settings.batch_norm_momentum

    pooled = POOLING[settings.head.pooling](name="pooled")(maps)
    layers = _head(settings.head)
    features = keras.Input(pooled.shape[1:], name="features")
    return Network(
        whole=keras.Model(radiograph, _chain(layers, pooled), name=model.backbone),
        pooled=pooled,
        head=keras.Model(features, _chain(layers, features)),
        normalization=layers[0] if settings.head.normalize else None,
        backbone=backbone.layers,
    )


def _head(settings: Head) -> list[Any]:
    layers: list[Any] = []
    if settings.normalize:
        # Frozen statistics, set from the training features. Its epsilon keeps a feature that hardly
        # varies there from drowning all others as soon as fine-tuning stirs it.
        layers.append(
            keras.layers.BatchNormalization(
                center=False, scale=False, epsilon=1e-3, trainable=False, name="head_normalization"
            )
        )
    for position, units in enumerate(settings.units, 1):
        layers.append(keras.layers.Dense(units, activation="relu", name=f"head_dense_{position}"))
    if settings.dropout:
        layers.append(keras.layers.Dropout(settings.dropout, name="head_dropout"))
    # Probabilities stay float32 under a mixed-precision policy: float16 would round them to ties.
    layers.append(keras.layers.Dense(1, activation="sigmoid", dtype="float32", name="probability"))
    return layers


def _chain(layers: list[Any], tensor: Any) -> Any:
    for layer in layers:
        tensor = layer(tensor)
    return tensor


def _load(backbone: keras.Model, path: Path) -> None:
    if not path.is_file():
        raise PipelineError(
            f"weights: no file {path}; expected imagenet, null or the path of a Keras weights file"
        )
    try:
        backbone.load_weights(path)
    except (ValueError, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise PipelineError(f"weights: {path} does not fit this backbone: {reason}") from None
