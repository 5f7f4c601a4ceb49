"""Whether a file may be used: it is decoded and held against the rules of `ingest`."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from fracture.imaging.decode import decode_grey
from fracture.imaging.unreadable import UnreadableImage, warnings_held
from fracture.params.radiographs import Ingest

Grey = npt.NDArray[np.uint8]

TRUNCATED, TINY, UNIFORM, COLOUR = "truncated", "tiny", "uniform", "colour"
CONFLICTING_LABELS = "conflicting_labels"

REASONS = {
    TRUNCATED: "truncated",
    TINY: "too small",
    UNIFORM: "nearly uniform",
    COLOUR: "in colour",
    CONFLICTING_LABELS: "the same exposure carries opposite labels",
}
"""What a fault, a key of `ingest` in params.yaml, is called where people read it."""

COLOUR_SIZE = (128, 128)  # pixels: colour that a person would see survives this size


def admit(content: bytes, rules: Ingest) -> tuple[Grey, tuple[str, ...]]:
    """Return the radiograph in a file and the faults for which it should not be used.

    A file that was cut short is decoded as far as it goes, and has a fault: even one that will be
    left out may be a copy of another, and that one's label be in doubt.

    Args:
        content: Of the file; JPEG, PNG, TIFF, BMP or DICOM.
        rules: `ingest` of params.yaml. A fault that it keeps is not returned.

    Returns:
        The upright radiograph, uint8 (height, width), 0 to 255, and keys of `REASONS`, in order.

    Raises:
        UnreadableImage: Nothing can be decoded; the message is the reason.
    """
    try:
        pixels, truncated = decode_grey(content), False
    except UnreadableImage as reason:
        if str(reason) != TRUNCATED:
            raise
        pixels, truncated = decode_grey(content, truncated=True), True
    faults = {
        TRUNCATED: truncated,
        TINY: min(pixels.shape) < rules.smallest_side,
        UNIFORM: pixels.std(dtype=np.float32) < rules.least_deviation,
        COLOUR: chroma(content) > rules.largest_chroma,
    }
    return pixels, tuple(
        fault for fault, found in faults.items() if found and getattr(rules, fault) != "keep"
    )


def chroma(content: bytes) -> float:
    """Return the mean distance of an image's strongest and weakest channel, grey levels, 0 to 255.

    A JPEG is decoded at a reduced size, which makes this cheap. An image without colour channels,
    or one that Pillow cannot read, has no colour.
    """
    try:
        with warnings_held():
            image = Image.open(io.BytesIO(content))
        if image.mode not in {"RGB", "RGBA", "P", "CMYK", "YCbCr"}:
            return 0.0
        image.draft("RGB", COLOUR_SIZE)
        return float(np.ptp(np.asarray(image.convert("RGB")), axis=2).mean())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 0.0
