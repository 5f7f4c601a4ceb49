"""How the weights of backbones expect pixels."""

from dataclasses import dataclass

Channels = tuple[float, float, float]


@dataclass(frozen=True)
class Scaling:
    """How weights expect pixels: `pixel * scale + offset` in each channel, pixels 0 to 255."""

    scale: Channels
    offset: Channels


def standardised(mean: Channels, deviation: Channels) -> Scaling:
    """Return the scaling that subtracts a mean and divides by a standard deviation.

    Args:
        mean: Of each channel's pixels, 0 to 255.
        deviation: Standard deviation of each channel, on the same scale.
    """
    (a, b, c), (s, t, u) = mean, deviation
    return Scaling((1 / s, 1 / t, 1 / u), (-a / s, -b / t, -c / u))


UNIT = Scaling((1 / 255, 1 / 255, 1 / 255), (0.0, 0.0, 0.0))
"""[0, 1]."""

SYMMETRIC = Scaling((1 / 127.5, 1 / 127.5, 1 / 127.5), (-1.0, -1.0, -1.0))
"""[-1, 1], as Google's networks were trained; Keras calls it `tf`."""

STANDARD = standardised((123.675, 116.28, 103.53), (58.395, 57.12, 57.375))
"""ImageNet's mean and standard deviation in red, green, blue; Keras calls it `torch`."""

CENTRED = standardised((103.939, 116.779, 123.68), (1.0, 1.0, 1.0))
"""ImageNet's mean subtracted in blue, green, red; Keras calls it `caffe`.

A radiograph is grey: its channels need no exchange, only their means stand in that order.
"""

LITE = standardised((127.0, 127.0, 127.0), (128.0, 128.0, 128.0))
"""[-127 / 128, 1], as EfficientNet-Lite was trained."""

CHEST = standardised((135.3285, 135.3285, 135.3285), (65.8665, 65.8665, 65.8665))
"""Mean and standard deviation of the chest radiographs that RAD-DINO was trained on."""
