"""Wide ResNet-50-2: ResNet-50 with bottlenecks of twice the width, and torchvision's weights."""

import keras
from keras import layers

from fracture.backbones.weights import Tensors, fill_layer

BLOCKS = (3, 4, 6, 3)
CHANNELS = (256, 512, 1024, 2048)


def wide_resnet50_2(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build Zagoruyko and Komodakis, "Wide residual networks", 2016, arXiv:1605.07146.

    As torchvision and timm build it: the stride in the 3 x 3 convolution, padding on both sides
    alike, an epsilon of 1e-5. Their weights give the same features here
    (benchmarks/originals); layer `layer1_0_conv1` here is `layer1.0.conv1` there.
    66,834,240 trainable parameters.

    Args:
        scaled: (n, height, width, 3), scaled by ImageNet's mean and standard deviation.

    Returns:
        (n, height / 32, width / 32, 2048).
    """
    x = layers.ZeroPadding2D(3, name="conv1_padding")(scaled)
    x = layers.ReLU(name="relu")(_conv_norm(x, 64, (7, 2), ("conv1", "bn1")))
    x = layers.ZeroPadding2D(1, name="maxpool_padding")(x)
    x = layers.MaxPooling2D(3, 2, name="maxpool")(x)
    for stage, (blocks, channels) in enumerate(zip(BLOCKS, CHANNELS, strict=True), start=1):
        for block in range(blocks):
            stride = 2 if stage > 1 and block == 0 else 1
            x = _bottleneck(x, channels, stride, f"layer{stage}_{block}")
    return x


def fill(network: keras.Model, tensors: Tensors) -> None:
    """Fill the layers of `wide_resnet50_2` with torchvision's weights.

    Args:
        network: These layers, and no others that have weights.
        tensors: Of timm's file, named as in torchvision, where ours have underscores for dots.

    Raises:
        PipelineError: A tensor is missing, left over, or has another shape than in the network.
    """
    for layer in network.layers:
        if layer.weights:
            fill_layer(layer, layer.name.replace("_", "."), tensors)
    tensors.require_all_used()


def _bottleneck(x: keras.KerasTensor, channels: int, stride: int, name: str) -> keras.KerasTensor:
    width = channels // 2  # ResNet-50 has a quarter
    shortcut = x
    if x.shape[-1] != channels:
        names = f"{name}_downsample_0", f"{name}_downsample_1"
        shortcut = _conv_norm(x, channels, (1, stride), names)
    y = _conv_norm(x, width, (1, 1), (f"{name}_conv1", f"{name}_bn1"))
    y = layers.ReLU(name=f"{name}_relu1")(y)
    y = layers.ZeroPadding2D(1, name=f"{name}_padding")(y)
    y = _conv_norm(y, width, (3, stride), (f"{name}_conv2", f"{name}_bn2"))
    y = layers.ReLU(name=f"{name}_relu2")(y)
    y = _conv_norm(y, channels, (1, 1), (f"{name}_conv3", f"{name}_bn3"))
    return layers.ReLU(name=f"{name}_relu3")(layers.Add(name=f"{name}_add")([y, shortcut]))


def _conv_norm(
    x: keras.KerasTensor, channels: int, kernel_stride: tuple[int, int], names: tuple[str, str]
) -> keras.KerasTensor:
    kernel, stride = kernel_stride
    # One initialiser a layer: two layers that shared one would start from the same numbers.
    initializer = keras.initializers.VarianceScaling(2.0, "fan_out", "untruncated_normal")
    x = layers.Conv2D(
        channels, kernel, stride, use_bias=False, kernel_initializer=initializer, name=names[0]
    )(x)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name=names[1])(x)
