"""Small DICOM files, made in memory for the tests."""

import io
from collections.abc import Callable
from typing import Any

import imagecodecs
import numpy as np
import numpy.typing as npt
from pydicom import Dataset, FileMetaDataset, dcmwrite
from pydicom.encaps import encapsulate
from pydicom.uid import (
    JPEG2000,
    UID,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    RLELossless,
)

Pixels = npt.NDArray[np.integer[Any]]

DIGITAL_XRAY = UID("1.2.840.10008.5.1.4.1.1.1.1")

ENCODERS: dict[str, Callable[[Pixels], bytes | bytearray]] = {
    JPEGBaseline8Bit: lambda pixels: imagecodecs.jpeg8_encode(pixels, level=95),
    JPEGExtended12Bit: lambda pixels: imagecodecs.jpeg8_encode(pixels, level=99, bitspersample=12),
    JPEGLosslessSV1: lambda pixels: imagecodecs.jpeg8_encode(
        _unsigned(pixels), lossless=True, predictor=1, bitspersample=8 * pixels.itemsize
    ),
    JPEGLSLossless: lambda pixels: imagecodecs.jpegls_encode(_unsigned(pixels)),
    JPEGLSNearLossless: lambda pixels: imagecodecs.jpegls_encode(_unsigned(pixels), level=2),
    JPEG2000Lossless: lambda pixels: imagecodecs.jpeg2k_encode(
        pixels, codecformat="j2k", reversible=True, level=0
    ),
    JPEG2000: lambda pixels: imagecodecs.jpeg2k_encode(
        pixels, codecformat="j2k", reversible=False, level=100
    ),
}
LOSSLESS = (JPEGLosslessSV1, JPEGLSLossless, JPEG2000Lossless)


def _unsigned(pixels: Pixels) -> Pixels:
    """Return the same bits: JPEG and JPEG-LS know no signs."""
    return pixels.view(f"u{pixels.itemsize}")


def dataset(pixels: Pixels, bits: int, **elements: Any) -> Dataset:
    """Return the dataset of one radiograph, uncompressed; `elements` go by DICOM's keywords."""
    image = Dataset()
    image.SOPClassUID = DIGITAL_XRAY
    image.SOPInstanceUID = UID("1.2.3.4")
    image.Rows, image.Columns = pixels.shape[:2]
    image.SamplesPerPixel = 1 if pixels.ndim == 2 else pixels.shape[2]
    if pixels.ndim == 3:
        image.PlanarConfiguration = 0
    image.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    image.BitsAllocated = 8 * pixels.itemsize
    image.BitsStored, image.HighBit = bits, bits - 1
    image.PixelRepresentation = int(pixels.dtype.kind == "i")
    content = pixels.tobytes()
    image.PixelData = content + b"\0" * (len(content) % 2)
    image["PixelData"].VR = "OW" if pixels.itemsize == 2 else "OB"
    for keyword, value in elements.items():
        setattr(image, keyword, value)
    return image


def content(image: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """Return the file of a dataset."""
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = UID(syntax)
    buffer = io.BytesIO()
    dcmwrite(buffer, image, enforce_file_format=True)
    return buffer.getvalue()


def compressed(pixels: Pixels, bits: int, syntax: str, **elements: Any) -> bytes:
    """Return the file of one radiograph, compressed."""
    image = dataset(pixels, bits, **elements)
    if syntax == RLELossless:
        image.file_meta = FileMetaDataset()
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image.compress(RLELossless, encoding_plugin="pydicom", generate_instance_uid=False)
    else:
        image.PixelData = encapsulate([bytes(ENCODERS[syntax](pixels))])
        image["PixelData"].VR = "OB"
        image["PixelData"].is_undefined_length = True
    return content(image, syntax)


def table(entries: list[int], first: int, depth: int) -> list[Dataset]:
    """Return a LUT sequence of one look-up table; 8-bit entries lie in bytes, others in words."""
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if first < 0 else "US", [len(entries), first, depth])
    packed = np.array(entries, np.uint8 if depth == 8 else "<u2").tobytes()
    item.add_new("LUTData", "OW", packed + b"\0" * (len(packed) % 2))
    return [item]
