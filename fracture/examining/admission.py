"""Whether a file may be used: it is decoded and held against the rules of `ingest`."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from fracture.imaging.decode import decode, is_dicom
from fracture.imaging.samples import Decoded
from fracture.imaging.unreadable import UnreadableImage, warnings_held
from fracture.params.radiographs import Ingest

TRUNCATED, TINY, UNIFORM, COLOUR = "truncated", "tiny", "uniform", "colour"
FRAMES, DEPTH = "frames", "depth"
MODALITY, SECONDARY_CAPTURE, BURNED_IN = "modality", "secondary_capture", "burned_in"
CONFLICTING_LABELS = "conflicting_labels"

REASONS = {
    MODALITY: "of a modality that is no radiography",
    SECONDARY_CAPTURE: "a secondary capture, such as a picture of a screen",
    BURNED_IN: "with text burned into the pixels",
    FRAMES: "of several pages or frames",
    TRUNCATED: "truncated",
    TINY: "too small",
    DEPTH: "darker than a sixteenth of its bits",
    UNIFORM: "nearly uniform",
    COLOUR: "in colour",
    CONFLICTING_LABELS: "the same exposure carries opposite labels",
}
"""What a fault, a key of `ingest` in params.yaml, is called where people read it.

In this order: of several, the first is the reason for which a radiograph is left out.
"""

UNUSED_BITS = 4  # a picture that leaves so many bits empty has at most 16 grey levels of 8 bits
COLOUR_SIZE = (128, 128)  # pixels: colour that a person would see survives this size


@dataclass(frozen=True)
class Admitted:
    """A file that decodes.

    Attributes:
        decoded: The upright radiograph, and what the file says beside it.
        faults: Keys of `REASONS`, in order: why it should not be used.
        kept: Likewise those that the rules keep: it may be used all the same.
    """

    decoded: Decoded
    faults: tuple[str, ...]
    kept: tuple[str, ...]


def admit(content: bytes, rules: Ingest, bits: int = 0) -> Admitted:
    """Return the radiograph in a file and the faults for which it should not be used.

    A file that was cut short is decoded as far as it goes, and has a fault: even one that will be
    left out may be a copy of another, and that one's label be in doubt.

    Args:
        content: Of the file; JPEG, PNG, TIFF, BMP, WebP or DICOM.
        rules: `ingest` of params.yaml.
        bits: What the data set uses where a file of 16 bits does not say; 0 where not known.

    Raises:
        UnreadableImage: Nothing can be decoded; the message is the reason.
    """
    try:
        decoded, truncated = decode(content, bits=bits), False
    except UnreadableImage as reason:
        if str(reason) != TRUNCATED:
            raise
        decoded, truncated = decode(content, bits=bits, truncated=True), True
    pixels, coloured = decoded.grey, decoded.chroma
    used = decoded.stated or bits
    faults = _faults_of_header(content) | {
        FRAMES: decoded.frames > 1,
        TRUNCATED: truncated,
        TINY: min(pixels.shape) < rules.smallest_side,
        DEPTH: decoded.needs > 0 and used - decoded.needs >= UNUSED_BITS,
        UNIFORM: float(cv2.meanStdDev(pixels)[1][0, 0]) < rules.least_deviation,
        COLOUR: (chroma(content) if coloured is None else coloured) > rules.largest_chroma,
    }
    found = [fault for fault in REASONS if faults.get(fault)]
    kept = tuple(fault for fault in found if getattr(rules, fault) == "keep")
    return Admitted(decoded, tuple(fault for fault in found if fault not in kept), kept)


def _faults_of_header(content: bytes) -> dict[str, bool]:
    if not is_dicom(content):
        return {}
    # Only now: pydicom takes half a second to import.
    from fracture.imaging.dicom.content import kind_of  # noqa: PLC0415

    kind = kind_of(content)
    return {
        MODALITY: kind.modality,
        SECONDARY_CAPTURE: kind.secondary_capture,
        BURNED_IN: kind.burned_in,
    }


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
        # Of a palette Pillow warns where some of it is transparent, without this detour.
        colours = image.convert("RGBA") if image.mode == "P" else image
        red, green, blue = (np.asarray(band) for band in colours.convert("RGB").split())
        # A tenth of the time of np.ptp over the channels of a pixel.
        strongest = np.maximum(np.maximum(red, green), blue)
        return float((strongest - np.minimum(np.minimum(red, green), blue)).mean())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return 0.0
