"""A network: radiograph, scaling, backbone, pooling and head in one flat functional graph.

A network can be folded: its twin computes the same in fewer passes over its maps. On a CPU most of
the time of fine-tuning goes into reading and writing maps. A batch normalisation with fixed
statistics scales and shifts each channel, which on the maps costs as much as a convolution; scaling
the weights of the convolution below it instead costs nothing.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
from keras import ops

from fracture.artifacts.raw import data_root
from fracture.backbones.build import build_backbone, scale
from fracture.backbones.scaling import UNIT
from fracture.backbones.table import backbone_named
from fracture.console import PipelineError
from fracture.params.train import Head, Localise, Model, Train
from fracture.training.pyramid import FractureMap, add_map
from fracture.training.task import FRACTURE_TASK, Task

POOLING = {
    "average": keras.layers.GlobalAveragePooling2D,
    "max": keras.layers.GlobalMaxPooling2D,
}


@dataclass(frozen=True)
class Network:
    """A network and its parts, which share their layers.

    Attributes:
        whole: Radiographs (n, size, size, channels), 0 to 255, in; probabilities (n, outputs) out.
        pooled: The tensor in `whole` where the backbone ends and the head begins.
        head: Features in; probabilities out.
        normalization: The head's first layer, whose mean and variance are set from the training
            features; None where the head has no such layer.
        backbone: The layers of the backbone, from bottom to top.
        task: What it learns.
        map: What it gives beside the probabilities, where it has a fracture map.
    """

    whole: keras.Model
    pooled: keras.KerasTensor
    head: keras.Model
    normalization: keras.layers.BatchNormalization | None
    backbone: list[Any]
    task: Task
    map: FractureMap | None = None

    @cached_property
    def features(self) -> keras.Model:
        """Radiographs in; pooled features (n, d) of the backbone out; not to be trained."""
        return fold(keras.Model(self.whole.input, self.pooled), inference=True)


def build(
    model: Model, settings: Train, size: int, task: Task = FRACTURE_TASK, channels: int = 1
) -> Network:
    """Build the network of a model.

    Args:
        model: Names the backbone.
        settings: Its weights, scaling and head.
        size: Height and width of the radiographs, pixels.
        task: What it learns.
        channels: Of the radiographs. One is repeated to the three that a backbone takes; three are
            taken as they are.

    Raises:
        PipelineError: The backbone is unknown, wants larger radiographs, or its weights cannot be
            had or do not fit.
    """
    row = backbone_named(model.backbone)
    radiograph = keras.Input((size, size, channels), name="radiograph")
    three_channels = radiograph
    if channels == 1:
        repeat = keras.layers.Concatenate(dtype="float32", name="three_channels")
        three_channels = repeat([radiograph] * 3)
    scaled = scale(three_channels, row.scaling if settings.scaling == "backbone" else UNIT)
    published = settings.weights if settings.weights == "imagenet" else None
    maps = build_backbone(model.backbone, scaled, published)
    backbone = keras.Model(radiograph, maps)
    if settings.weights not in {None, "imagenet"}:
        _load(backbone, data_root(str(settings.weights)))
    if settings.batch_norm_momentum is not None:
        for layer in backbone.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.momentum = settings.batch_norm_momentum

    pooled = POOLING[settings.head.pooling](name="pooled")(maps)
    layers, outputs = _head(settings.head), _outputs(task, settings.localise)
    given = _chains(outputs, _chain(layers, pooled))
    fracture_map = None
    if settings.localise.stride:
        logits, probability = add_map(backbone, outputs[0][0].output, settings.localise)
        fracture_map, given[0] = FractureMap(logits, given[0]), probability
    features = keras.Input(pooled.shape[1:], name="features")
    return Network(
        whole=keras.Model(radiograph, _join(given), name=model.backbone),
        pooled=pooled,
        head=keras.Model(features, _join(_chains(outputs, _chain(layers, features)))),
        normalization=layers[0] if settings.head.normalize else None,
        backbone=backbone.layers,
        task=task,
        map=fracture_map,
    )


def _head(settings: Head) -> list[Any]:
    layers: list[Any] = []
    if settings.normalize:
        # Frozen statistics, set from the training features. Without this epsilon a feature that
        # hardly varies there would outweigh all others as soon as fine-tuning changes it.
        layers.append(
            keras.layers.BatchNormalization(
                center=False, scale=False, epsilon=1e-3, trainable=False, name="head_normalization"
            )
        )
    for position, units in enumerate(settings.units, 1):
        layers.append(keras.layers.Dense(units, activation="relu", name=f"head_dense_{position}"))
    if settings.dropout:
        layers.append(keras.layers.Dropout(settings.dropout, name="head_dropout"))
    return layers


def _outputs(task: Task, localise: Localise) -> list[list[Any]]:
    """Return the last layers of each target, the network's own one first."""
    # Probabilities stay float32 under a mixed-precision policy: float16 would round them to ties.
    outputs = [
        [
            keras.layers.Dense(
                target.outputs,
                activation="sigmoid" if target.binary else "softmax",
                dtype="float32",
                name="probability" if place == 0 else f"probability_{place}",
            )
        ]
        for place, target in enumerate(task.targets)
    ]
    if localise.stride:  # the map adds to the logit of the head
        sigmoid = keras.layers.Activation("sigmoid", dtype="float32", name="head_probability")
        outputs[0] = [keras.layers.Dense(1, dtype="float32", name="head_logit"), sigmoid]
    return outputs


def _chains(chains: list[list[Any]], tensor: Any) -> list[Any]:
    return [_chain(layers, tensor) for layers in chains]


def _join(given: list[Any]) -> Any:
    if len(given) == 1:
        return given[0]
    return keras.layers.Concatenate(dtype="float32", name="probabilities")(given)


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


FOLDABLE = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.SeparableConv2D)


def fold(network: keras.Model, *, inference: bool = False) -> keras.Model:
    """Return a model of the same layers and variables with batch normalisations folded.

    A batch normalisation that is not trainable becomes part of the convolution below it, if that
    has no activation (Jacob et al., CVPR 2018, section 3.2). Outputs and gradients are those of the
    network, rounded in another order.

    Args:
        network: Functional, of one level; it does not change.
        inference: Whether trainable ones are folded too: then the model must not be trained.
    """
    convolutions: dict[int, tuple[Any, Any]] = {}

    def call(layer: Any, *inputs: Any, **options: Any) -> Any:
        normalizes = isinstance(layer, keras.layers.BatchNormalization)
        if normalizes and (inference or not layer.trainable) and id(inputs[0]) in convolutions:
            convolution, below = convolutions[id(inputs[0])]
            return FoldedConvolution(convolution, layer)(below)
        outputs = layer(*inputs, **options)
        if type(layer) in FOLDABLE and layer.activation is keras.activations.linear:
            # A convolution whose outputs only the normalisation uses is left out of the model.
            convolutions[id(outputs)] = layer, inputs[0]
        return outputs

    twin = keras.models.clone_model(network, clone_function=lambda layer: layer, call_function=call)
    # A name that Keras counts up would depend on earlier models, and the order of sums on the name.
    return keras.Model(twin.input, twin.output, name=network.name)


class FoldedConvolution(keras.layers.Layer):
    """A convolution and the batch normalisation above it, as one convolution with a bias.

    Args:
        convolution: Of `FOLDABLE`, without an activation.
        normalization: Computed with its moving statistics; channels last.
    """

    def __init__(self, convolution: Any, normalization: Any) -> None:
        super().__init__(name=f"{convolution.name}_folded", dtype=convolution.dtype_policy)
        self.convolution, self.normalization = convolution, normalization
        self.built = True

    def call(self, maps: Any) -> Any:
        """Return float maps (n, height, width, channels): what both layers make of `maps`."""
        # Statistics stay float32 under a mixed-precision policy, the maps do not.
        scale, shift = (ops.cast(each, maps.dtype) for each in self._scale_and_shift())
        return _add_bias(_convolve(self.convolution, maps, scale), shift)

    def _scale_and_shift(self) -> tuple[Any, Any]:
        """Return what the normalisation does to each channel."""
        convolution, normalization = self.convolution, self.normalization
        scale = ops.rsqrt(normalization.moving_variance + normalization.epsilon)
        if normalization.scale:
            scale = scale * normalization.gamma
        mean = normalization.moving_mean
        if convolution.use_bias:
            mean = mean - convolution.bias
        shift = -mean * scale
        return scale, shift + normalization.beta if normalization.center else shift

    def compute_output_shape(self, shape: Any) -> Any:
        """Return the convolution's."""
        return self.convolution.compute_output_shape(shape)


def _convolve(convolution: Any, maps: Any, scale: Any) -> Any:
    """Return the convolution without its bias, with weights scaled for each channel."""
    c = convolution
    options = (c.strides, c.padding, c.data_format, c.dilation_rate)
    if isinstance(convolution, keras.layers.DepthwiseConv2D):
        kernel = convolution.kernel
        # The channels of the maps come one after the other, each with all of its multiples.
        return ops.depthwise_conv(maps, kernel * ops.reshape(scale, kernel.shape[2:]), *options)
    if isinstance(convolution, keras.layers.SeparableConv2D):
        across, along = convolution.depthwise_kernel, convolution.pointwise_kernel
        return ops.separable_conv(maps, across, along * scale, *options)
    return convolution.convolution_op(maps, convolution.kernel * scale)


def _add_bias(maps: Any, bias: Any) -> Any:
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf  # noqa: PLC0415 - another backend may be all that is installed

        # Unlike an addition, TensorFlow computes it together with the convolution.
        return tf.nn.bias_add(maps, bias)
    return maps + bias
