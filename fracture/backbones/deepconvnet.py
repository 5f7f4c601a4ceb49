"""DeepConvNet: our own network for few radiographs and random initialisation."""

import keras
from keras import layers

STEM = 32
CHANNELS = (32, 64, 128, 256)


def deepconvnet(scaled: keras.KerasTensor) -> keras.KerasTensor:
    """Build a small network in the manner of VGG, with batch normalisation after each convolution.

    For some hundred radiographs, random initialisation and two CPU cores:
    - 1.2 million parameters, where the published networks have tens of millions that want
      pretraining;
    - batch normalisation (Ioffe and Szegedy, 2015, arXiv:1502.03167), because it bears a high
      learning rate, so that few epochs are enough;
    - pairs of 3 x 3 convolutions and max-pooling (Simonyan and Zisserman, 2015, arXiv:1409.1556):
      pooling keeps the response to a thin line that striding may step over;
    - a stem of stride 2 all the same, because convolutions at full resolution would take most of
      the time.

    Residual shortcuts and a full-resolution stem scored no better on 490 FracAtlas radiographs of
    80 pixels, within the differences between seeds.

    Args:
        scaled: (n, height, width, 3), scaled by ImageNet's mean and standard deviation.

    Returns:
        (n, height / 16, width / 16, 256).
    """
    x = _convolution(scaled, STEM, 2, "stem")
    for stage, channels in enumerate(CHANNELS, start=1):
        if stage > 1:
            x = layers.MaxPooling2D(name=f"stage{stage}_pool")(x)
        x = _convolution(x, channels, 1, f"stage{stage}_first")
        x = _convolution(x, channels, 1, f"stage{stage}_second")
    return x


def _convolution(x: keras.KerasTensor, channels: int, stride: int, name: str) -> keras.KerasTensor:
    x = layers.Conv2D(
        channels,
        3,
        stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
        name=f"{name}_conv",
    )(x)
    x = layers.BatchNormalization(momentum=0.9, name=f"{name}_norm")(x)
    return layers.ReLU(name=f"{name}_relu")(x)
