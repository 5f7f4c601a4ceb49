"""Input scaling: from the grey values of a radiograph to what a backbone's weights expect."""

from dataclasses import dataclass

import keras

Channels = tuple[float, float, float]


@dataclass(frozen=True)
class Scaling:
    """How weights expect pixels: `pixel * scale + offset` in each channel, pixels 0 to 255."""

    scale: Channels
    offset: Channels


def standardised(mean: Channels, deviation: Channels) -> Scaling:
    """Return the scaling that subtracts `mean` and divides by `deviation`, both of 0 to 255."""
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
