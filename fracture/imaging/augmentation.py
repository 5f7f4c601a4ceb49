"""Random augmentation as Keras layers: on the device, in training only."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

from fracture.imaging.jpeg_quality import LUMINANCE
from fracture.params.radiographs import Augmentation

BLOCK = 8
"""Side of the squares that JPEG transforms, pixels."""

MIDDLE_GREY = 128


def _cosines() -> npt.NDArray[np.float32]:
    """Return the orthonormal cosine transform of a block, (row, column, 1, coefficient)."""
    place, wave = np.mgrid[:BLOCK, :BLOCK]
    along = np.cos(np.pi * (2 * place + 1) * wave / (2 * BLOCK)) * math.sqrt(2 / BLOCK)
    along[:, 0] /= math.sqrt(2)
    return np.einsum("ru,cv->rcuv", along, along).reshape(BLOCK, BLOCK, 1, -1).astype(np.float32)


COSINES = _cosines()


def augmentation(bounds: Augmentation, seed: int) -> keras.Sequential:
    """Return layers that change radiographs at random when called with `training=True`.

    Input and output: float (n, height, width, channels), 0 to 255. All channels move together;
    what changes greys changes the radiograph alone. Of three channels the last is its edges, which
    another exposure would leave as they are.

    Args:
        bounds: How much; what is 0 adds no layer.
        seed: Of the random draws, which go on from call to call.
    """
    layers = [RandomAffine(bounds, seed)]
    greys = (0, 255)
    exposure: list[Any] = []
    if bounds.brightness:
        exposure.append(keras.layers.RandomBrightness(bounds.brightness, greys, seed=seed + 1))
    if bounds.contrast:
        exposure.append(keras.layers.RandomContrast(bounds.contrast, greys, seed=seed + 2))
    if bounds.gamma:
        exposure.append(RandomExposure(gamma, bounds.gamma, seed + 3))
    if bounds.sharpness:
        factor = (0.5 - bounds.sharpness / 2, 0.5 + bounds.sharpness / 2)  # 0.5 changes nothing
        exposure.append(keras.layers.RandomSharpness(factor, greys, seed=seed + 4))
    if bounds.noise:
        exposure.append(RandomExposure(noise, bounds.noise, seed + 5))
    if bounds.jpeg:
        exposure.append(RandomExposure(jpeg, bounds.jpeg, seed + 6))
    layers += map(RadiographAlone, exposure)
    return keras.Sequential(layers, name="augmentation")


class RadiographAlone(keras.layers.Layer):
    """Changes the radiograph as another layer does, and leaves its edges as they are."""

    def __init__(self, layer: Any) -> None:
        super().__init__(name=f"{layer.name}_of_radiograph")
        self.layer = layer

    def call(self, images: Any, training: bool = False) -> Any:
        """Return the radiographs, each changed in training.

        Args:
            images: (n, height, width, channels), 0 to 255; of three channels the last is edges.
            training: Whether to change them.
        """
        if images.shape[-1] == 1:
            return self.layer(images, training=training)
        changed = self.layer(images[..., :-1], training=training)
        return ops.concatenate([changed, images[..., -1:]], axis=-1)


class RandomExposure(keras.layers.Layer):
    """Changes the greys of each radiograph by a random amount.

    Args:
        change: `gamma`, `noise` or `jpeg`.
        bound: Of the amount.
        seed: Of the random draws.
    """

    def __init__(self, change: Callable[[Any, float, Any], Any], bound: float, seed: int) -> None:
        # Greys stay float32 under a mixed-precision policy, whose float16 the draws do not have.
        super().__init__(name=f"random_{change.__name__}", dtype="float32")
        self.change, self.bound, self.random = change, bound, keras.random.SeedGenerator(seed)

    def call(self, images: Any, training: bool = False) -> Any:
        """Return the radiographs, (n, height, width, channels), 0 to 255, each changed in training.

        Args:
            images: The same, before.
            training: Whether to change them.
        """
        return self.change(images, self.bound, self.random) if training else images


def gamma(images: Any, bound: float, random: Any) -> Any:
    """Return radiographs, each raised to a power of its own, as another exposure curve does.

    Args:
        images: (n, height, width, channels), 0 to 255.
        bound: Of the power's logarithm, both ways.
        random: Keras' generator of seeds.
    """
    power = ops.exp(_amounts(images, -bound, bound, random))
    return 255 * ops.power(ops.clip(images, 0, 255) / 255, power)


def noise(images: Any, bound: float, random: Any) -> Any:
    """Return radiographs, each with Gaussian noise of its own strength, as a lower dose has.

    Args:
        images: (n, height, width, channels), 0 to 255.
        bound: Of the noise's standard deviation, greys.
        random: Keras' generator of seeds.
    """
    # Channels show one radiograph: they have one noise.
    drawn = keras.random.normal((*ops.shape(images)[:3], 1), seed=random)
    return ops.clip(images + _amounts(images, 0, bound, random) * drawn, 0, 255)


def jpeg(images: Any, lowest: float, random: Any) -> Any:
    """Return radiographs, each as JPEG of a quality of its own leaves it.

    Args:
        images: (n, height, width, channels), 0 to 255.
        lowest: Of the qualities, up to 100.
        random: Keras' generator of seeds.
    """
    # Channels show one radiograph.
    left = compressed(images[..., :1], _amounts(images, lowest, 100, random))
    return ops.repeat(left, images.shape[-1], axis=-1)


def compressed(images: Any, quality: Any) -> Any:
    """Return grey radiographs as JPEG leaves them, (n, height, width, 1), 0 to 255.

    What compression loses is lost where the cosine transform of 8 x 8 pixels is rounded to
    multiples of the quantisation table (ITU-T T.81).

    Args:
        images: (n, height, width, 1), 0 to 255.
        quality: Of each, as libjpeg counts it, 1 to 100, (n, 1, 1, 1).
    """
    height, width = images.shape[1:3]
    beyond = [[0, 0], [0, -height % BLOCK], [0, -width % BLOCK], [0, 0]]
    whole = ops.pad(images, beyond, mode="symmetric") if height % BLOCK or width % BLOCK else images
    percent = ops.where(quality < 50, 5000 / quality, 200 - 2 * quality)  # noqa: PLR2004 - libjpeg's
    steps = ops.clip(ops.floor((LUMINANCE.astype(np.float32) * percent + 50) / 100), 1, 255)
    coefficients = ops.conv(whole - MIDDLE_GREY, COSINES, strides=BLOCK)
    rounded = ops.round(coefficients / steps) * steps
    # The transform is orthonormal: its transpose is its inverse.
    back = ops.conv_transpose(rounded, COSINES, strides=BLOCK) + MIDDLE_GREY
    return ops.clip(back[:, :height, :width], 0, 255)


def _amounts(images: Any, least: float, most: float, random: Any) -> Any:
    """Return an amount for each radiograph, (n, 1, 1, 1)."""
    return keras.random.uniform((ops.shape(images)[0], 1, 1, 1), least, most, seed=random)


class RandomAffine(keras.layers.Layer):
    """Rotates, shifts, zooms, shears and mirrors each radiograph at random, in one resampling.

    Chained layers would resample, and so blur, once for each change; hairline fractures do not
    survive that. Pixels from outside are black, as the letterbox is.
    """

    def __init__(self, bounds: Augmentation, seed: int) -> None:
        super().__init__(name="random_affine")
        self.bounds = bounds
        self.random = keras.random.SeedGenerator(seed)

    def call(self, images: Any, training: bool = False) -> Any:
        """Return the radiographs, each changed at random in training.

        Args:
            images: (n, height, width, channels), 0 to 255; or a list, in which what shows the same
                in another size comes after them and is changed alike.
            training: Whether to change them; otherwise they are returned as they are.
        """
        if not training:
            return images
        first, *others = images if isinstance(images, list) else [images]
        n, height, width = ops.shape(first)[0], first.shape[1], first.shape[2]
        transform = self._transform(n, height, width)
        changed = [
            ops.image.affine_transform(each, _resized(transform, height / each.shape[1]))
            for each in (first, *others)
        ]
        return changed if others else changed[0]

    def _transform(self, n: Any, height: int, width: int) -> Any:
        """Return (n, 8) rows that map each output pixel (x, y) to an input pixel.

        The matrix [[a, b], [c, d]] is rotation times shear times zoom and mirror, about the centre.
        """
        bounds = self.bounds
        angle = self._uniform(n, math.radians(bounds.rotation))
        shear = self._uniform(n, bounds.shear)
        zoom = 1 + self._uniform(n, bounds.zoom)
        zoom_x = zoom * self._sign(n, bounds.flip in {"horizontal", "both"})
        zoom_y = zoom * self._sign(n, bounds.flip in {"vertical", "both"})
        cosine, sine = ops.cos(angle), ops.sin(angle)
        a, b = zoom_x * cosine, zoom_y * (shear * cosine - sine)
        c, d = zoom_x * sine, zoom_y * (shear * sine + cosine)
        x, y = (width - 1) / 2, (height - 1) / 2
        shift_x = x - a * x - b * y + self._uniform(n, bounds.shift) * width
        shift_y = y - c * x - d * y + self._uniform(n, bounds.shift) * height
        zero = ops.zeros_like(a)
        return ops.stack([a, b, shift_x, c, d, shift_y, zero, zero], axis=1)

    def _uniform(self, n: Any, bound: float) -> Any:
        return keras.random.uniform((n,), -bound, bound, seed=self.random)

    def _sign(self, n: Any, mirrored: bool) -> Any:
        sign = ops.sign(self._uniform(n, 1.0))
        return sign if mirrored else ops.ones_like(sign)


def _resized(transform: Any, ratio: float) -> Any:
    """Return a transform for an image in which a pixel is as large as `ratio` pixels each way."""
    if ratio == 1:
        return transform
    a, b, x, c, d, y, *zeros = ops.unstack(transform, axis=1)
    middle = (ratio - 1) / 2  # of a large pixel, in small ones from the middle of its first
    x = ((a + b - 1) * middle + x) / ratio
    y = ((c + d - 1) * middle + y) / ratio
    return ops.stack([a, b, x, c, d, y, *zeros], axis=1)
