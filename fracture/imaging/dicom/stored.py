"""The values that a DICOM file stores for its pixels, decompressed."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from struct import unpack_from
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
from pydicom import Dataset, uid
from pydicom.dataelem import RawDataElement
from pydicom.encaps import get_frame
from pydicom.pixels.processing import convert_color_space
from pydicom.pixels.utils import pixel_array

from fracture.imaging.jpeg import Size, is_whole, jpeg_size
from fracture.imaging.unreadable import UnreadableImage

Pixels = npt.NDArray[np.integer[Any]]

CODECS: dict[str, Callable[..., Pixels]] = {
    uid.JPEGBaseline8Bit: imagecodecs.jpeg8_decode,
    uid.JPEGExtended12Bit: imagecodecs.jpeg8_decode,
    uid.JPEGLossless: imagecodecs.jpeg8_decode,
    uid.JPEGLosslessSV1: imagecodecs.jpeg8_decode,
    uid.JPEGLSLossless: imagecodecs.jpegls_decode,
    uid.JPEGLSNearLossless: imagecodecs.jpegls_decode,
    uid.JPEG2000Lossless: imagecodecs.jpeg2k_decode,
    uid.JPEG2000: imagecodecs.jpeg2k_decode,
}
"""Not pydicom's own plug-ins: GDCM ends the whole process over a damaged JPEG."""

PYDICOM = (
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
    uid.RLELossless,
)

CONVERTED = (uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit)  # from YCbCr to RGB, by the codec
START_OF_JPEG_2000 = b"\xff\x4f\xff\x51"
UNDEFINED = 0xFFFFFFFF
JFIF = b"JFIF\0"


def decompressor(dataset: Dataset) -> Callable[[], Pixels]:
    """Return a function that returns the stored pixels, (height, width) or (height, width, 3).

    It does all that is slow; what reads the header is done before.

    Raises:
        UnreadableImage: The pixels are cut short, or compressed in a way that is not decoded.
    """
    syntax = dataset.file_meta.TransferSyntaxUID
    element = dataset.get_item("PixelData")
    if isinstance(element, RawDataElement) and UNDEFINED != element.length > len(dataset.PixelData):
        raise UnreadableImage("truncated")
    if syntax in PYDICOM:
        stored = pixel_array(dataset, index=0)
        return lambda: stored
    if syntax not in CODECS:
        in_standard = syntax.name != str(syntax)  # else it is header text
        name = syntax.name if in_standard else "an unknown syntax"
        raise UnreadableImage(f"compressed as {name}, which cannot be decoded")
    photometric = str(dataset.PhotometricInterpretation)
    expected = Size(dataset.Rows, dataset.Columns, dataset.SamplesPerPixel, int(dataset.BitsStored))
    frames = int(dataset.get("NumberOfFrames") or 1)
    stream = get_frame(dataset.PixelData, 0, number_of_frames=frames)
    signed = bool(dataset.PixelRepresentation)
    return partial(_decompress, stream, syntax, expected, photometric, signed)


def _decompress(
    stream: bytes, syntax: str, expected: Size, photometric: str, signed: bool
) -> Pixels:
    # A missing end must be seen here: libjpeg fills in what is missing, CharLS may never return.
    if not is_whole(stream):
        raise UnreadableImage("truncated")
    # Before decoding: a damaged size may ask for more memory than there is.
    codec = CODECS[syntax]
    size = _jpeg_2000_size(stream) if codec is imagecodecs.jpeg2k_decode else jpeg_size(stream)
    if replace(size, bits=expected.bits) != expected:
        raise UnreadableImage("damaged")
    if size.samples == 1:
        # Lossless JPEG keeps what old files hold beside the value, in the bits above those stored.
        bits = min(size.bits, expected.bits) if codec is imagecodecs.jpeg8_decode else size.bits
        return _whole(codec(stream), bits, signed)
    if syntax in CONVERTED and photometric == "RGB" and JFIF not in stream[:64]:
        return codec(stream, colorspace="RGB")  # else libjpeg takes it for YCbCr, as JFIF has it
    colours = codec(stream)
    if photometric.startswith("YBR_FULL") and syntax not in CONVERTED:
        return convert_color_space(colours, photometric, "RGB")
    return colours


def _whole(values: Pixels, bits: int, signed: bool) -> Pixels:
    """Return numbers of so many bits: codecs do not know of signs, or have their own idea."""
    low_bits = values.astype(np.int32) & ((1 << bits) - 1)
    half = 1 << (bits - 1)
    return (low_bits ^ half) - half if signed else low_bits


def _jpeg_2000_size(stream: bytes) -> Size:
    """Read the SIZ segment of a JPEG 2000 stream (ITU-T T.800, A.5.1), in a JP2 file or bare."""
    start = stream.index(START_OF_JPEG_2000) + 8
    right, bottom, left, top, samples, depth = unpack_from(">4I16xHB", stream, start)
    return Size(bottom - top, right - left, samples, bits=(depth & 0x7F) + 1)
