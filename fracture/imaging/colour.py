"""How much colour an image file holds: a radiograph has none."""

import io

import numpy as np
from PIL import Image

from fracture.imaging.quiet import warnings_held

ENOUGH = (128, 128)  # colour that a person would see survives this size


def chroma(content: bytes) -> float:
    """Return the mean distance of an image's strongest and weakest channel, grey levels, 0 to 255.

    A JPEG is decoded at a reduced size, which is what makes this cheap. An image without colour
    channels, or which Pillow cannot read, has no colour.
    """
    try:
        with warnings_held():
            image = Image.open(io.BytesIO(content))
        if image.mode not in {"RGB", "RGBA", "P", "CMYK", "YCbCr"}:
            return 0.0
        image.draft("RGB", ENOUGH)
        return float(np.ptp(np.asarray(image.convert("RGB")), axis=2).mean())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 0.0
