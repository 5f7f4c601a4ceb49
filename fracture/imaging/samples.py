"""The samples of a file, of any depth, on their way to 8-bit grey."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Grey = npt.NDArray[np.uint8]
Values = npt.NDArray[Any]

DEPTHS = (8, 10, 12, 14, 16)
"""The bits that detectors have: of files that do not say, the smallest that holds the values."""


@dataclass(frozen=True)
class Decoded:
    """A radiograph, and what its file says beside the pixels.

    Attributes:
        grey: Upright, uint8 (height, width), 0 to 255.
        needs: Which of `DEPTHS` the values need of a file of more than 8 bits that is scaled by the
            bits in use. 0 where it has 8 bits, or a window says which values matter.
        stated: The bits in use of which such a file tells; 0 where it does not.
        frames: How many pages or frames the file has; the first is the radiograph.
        chroma: The mean distance of the strongest and the weakest channel, grey levels; None where
            it was not worked out.
    """

    grey: Grey
    needs: int = 0
    stated: int = 0
    frames: int = 1
    chroma: float | None = None


@dataclass(frozen=True)
class Samples:
    """What a file stores for its pixels.

    Attributes:
        values: Not negative, (height, width) or (height, width, 3).
        stated: The bits in use of which the file tells; 0 where it does not.
        opacity: 0 to 1, (height, width); None where all is opaque.
        white_is_zero: Whether the smallest value is white.
    """

    values: Values
    stated: int = 0
    opacity: Values | None = None
    white_is_zero: bool = False


def depth_of(largest: int) -> int:
    """Return the smallest of `DEPTHS` that holds a value, 0 to 65,535."""
    return next(depth for depth in DEPTHS if largest < 1 << depth)


def to_grey(samples: Samples, bits: int = 0, frames: int = 1) -> Decoded:
    """Return samples as 8-bit grey, not turned: what is transparent is laid on black.

    The largest value that the bits in use can hold is white: those of which the file tells, else
    those that the data set uses. Where the values exceed both, the file's own values decide.

    Args:
        samples: As stored.
        bits: What the data set uses where a file does not say; 0 where that is not known.
        frames: How many pages or frames the file has.
    """
    largest = int(samples.values.max())
    needs = depth_of(largest)
    used = samples.stated or max(bits, needs)
    scaled = samples.values.astype(np.float32) * np.float32(255 / ((1 << used) - 1))
    eight = np.rint(np.minimum(scaled, 255)).astype(np.uint8)
    if samples.white_is_zero:
        eight = 255 - eight
    if samples.opacity is not None:
        opacity = samples.opacity.reshape(*samples.opacity.shape, *[1] * (eight.ndim - 2))
        eight = np.rint(eight * opacity).astype(np.uint8)
    grey, chroma = weigh(eight)
    if 0 < samples.stated <= DEPTHS[0]:
        needs = 0
    return Decoded(grey, needs, samples.stated if needs else 0, frames, chroma)


def weigh(image: Grey) -> tuple[Grey, float]:
    """Return an image as grey, colour weighed after ITU-R 601, and its chroma.

    Args:
        image: uint8 (height, width) or (height, width, 3).

    Returns:
        uint8 (height, width), and the mean distance of strongest and weakest channel, 0 to 255.
    """
    if image.ndim == 2:  # noqa: PLR2004 - no channels
        return image, 0.0
    return np.asarray(Image.fromarray(image).convert("L")), float(np.ptp(image, axis=2).mean())
