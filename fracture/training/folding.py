"""A twin of a network that computes the same in fewer passes over its maps.

On a CPU a step of fine-tuning is memory traffic above all. A batch normalisation with fixed
statistics scales and shifts each channel: on the maps that costs as much as a convolution, on the
few weights of the convolution below it costs nothing.
"""

from typing import Any

import keras
from keras import ops

FOLDABLE = (keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.SeparableConv2D)


def fold(network: keras.Model, *, inference: bool = False) -> keras.Model:
    """Return a model of the same layers and variables with batch normalisations folded.

    A batch normalisation that is not trainable goes into the convolution below it, if that has no
    activation. Outputs and gradients are those of the network, rounded in another order.

    Args:
        network: Functional, of one level; it is left as it is.
        inference: Whether trainable ones go too: then the model is not to be trained.

    Reference:
        Jacob et al., "Quantization and Training of Neural Networks for Efficient
        Integer-Arithmetic-Only Inference", CVPR 2018 (section 3.2 folds as here).
    """
    convolutions: dict[int, tuple[Any, Any]] = {}

    def call(layer: Any, *inputs: Any, **options: Any) -> Any:
        normalizes = isinstance(layer, keras.layers.BatchNormalization)
        if normalizes and (inference or not layer.trainable) and id(inputs[0]) in convolutions:
            convolution, below = convolutions[id(inputs[0])]
            return FoldedConvolution(convolution, layer)(below)
        outputs = layer(*inputs, **options)
        if type(layer) in FOLDABLE and layer.activation is keras.activations.linear:
            # What nothing but the normalisation asks for is not part of the model.
            convolutions[id(outputs)] = layer, inputs[0]
        return outputs

    twin = keras.models.clone_model(network, clone_function=lambda layer: layer, call_function=call)
    # Names that Keras counts up would depend on what came before, and the order of sums on them.
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
        scale, shift = self._scale_and_shift()
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
    """Return the convolution without its bias, each channel scaled by way of its weights."""
    how = (
        convolution.strides,
        convolution.padding,
        convolution.data_format,
        convolution.dilation_rate,
    )
    if isinstance(convolution, keras.layers.DepthwiseConv2D):
        kernel = convolution.kernel
        # The channels of the maps come one after the other, each with all of its multiples.
        return ops.depthwise_conv(maps, kernel * ops.reshape(scale, kernel.shape[2:]), *how)
    if isinstance(convolution, keras.layers.SeparableConv2D):
        across, along = convolution.depthwise_kernel, convolution.pointwise_kernel
        return ops.separable_conv(maps, across, along * scale, *how)
    return convolution.convolution_op(maps, convolution.kernel * scale)


def _add_bias(maps: Any, bias: Any) -> Any:
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf  # noqa: PLC0415 - other backends need none

        # Which TensorFlow, unlike an addition, computes together with the convolution.
        return tf.nn.bias_add(maps, bias)
    return maps + bias
