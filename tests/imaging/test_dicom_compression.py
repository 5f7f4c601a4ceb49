"""DICOM: compressed pixels are those that were compressed, by every codec."""

import io
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.pixels.utils import pixel_array
from pydicom.uid import (
    UID,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLSNearLossless,
    RLELossless,
)

from fracture.imaging.decode import decode_grey
from tests.dicom_files import LOSSLESS, compressed, content, dataset
from tests.imaging.dicom_pixels import STORED, everything, shipped

WHOLE_FILES = ("CT_small", "MR_small", "MR_small_bigendian", "MR_small_implicit", "MR_small_RLE")


PILLOW_FILES = (
    "693_J2KI", "J2K_pixelrep_mismatch", "JPEG2000", "MR_small_jp2klossless", "SC_rgb_jpeg",
    "SC_jpeg_no_color_transform", "SC_rgb_jpeg_dcmtk", "SC_rgb_dcmtk_+eb+cr",
    "SC_rgb_dcmtk_+eb+cy+s4", "SC_rgb_gdcm_KY", "examples_jpeg2k",
)  # fmt: skip


@pytest.mark.parametrize("syntax", [*LOSSLESS, RLELossless])
@pytest.mark.parametrize(("dtype", "bits"), STORED)
def test_lossless_compression_changes_nothing(
    dtype: type[np.integer[Any]], bits: int, syntax: UID
) -> None:
    pixels = everything(dtype, bits)
    plain = decode_grey(content(dataset(pixels, bits)))
    np.testing.assert_array_equal(decode_grey(compressed(pixels, bits, syntax)), plain)


@pytest.mark.parametrize(
    ("syntax", "dtype", "bits"),
    [
        (JPEGBaseline8Bit, np.uint8, 8),
        (JPEGExtended12Bit, np.uint16, 12),
        (JPEGLSNearLossless, np.uint16, 12),
        (JPEGLSNearLossless, np.int16, 12),
        (UID("1.2.840.10008.1.2.4.91"), np.uint16, 12),
    ],
)
def test_lossy_compression_changes_little(
    syntax: UID, dtype: type[np.integer[Any]], bits: int
) -> None:
    pixels = everything(dtype, bits)
    plain = decode_grey(content(dataset(pixels, bits))).astype(int)
    assert np.abs(decode_grey(compressed(pixels, bits, syntax)) - plain).max() <= 2


@pytest.mark.filterwarnings("ignore:Expected explicit VR:UserWarning")  # of the test itself
@pytest.mark.parametrize("name", PILLOW_FILES)
def test_real_files_hold_what_another_decoder_finds(name: str) -> None:
    """Pillow is OpenJPEG and libjpeg too, and yet not the way taken here."""
    image = dcmread(io.BytesIO(shipped(name)))
    stored = pixel_array(image, index=0, decoding_plugin="pillow")
    plain = dataset(stored, int(image.BitsStored))
    if stored.ndim == 2:
        plain = dataset(stored, 8 * stored.itemsize)
    for keyword in ("WindowCenter", "WindowWidth", "RescaleSlope", "RescaleIntercept"):
        if keyword in image:
            plain[keyword] = image[keyword]
    np.testing.assert_array_equal(decode_grey(shipped(name)), decode_grey(content(plain)))


def test_one_real_radiograph_in_many_encodings() -> None:
    first = decode_grey(shipped("MR_small"))
    for name in ("bigendian", "implicit", "RLE", "jp2klossless", "jpeg_ls_lossless"):
        np.testing.assert_array_equal(decode_grey(shipped(f"MR_small_{name}")), first)
    np.testing.assert_array_equal(
        decode_grey(shipped("SC_rgb_jpeg_gdcm")), decode_grey(shipped("SC_rgb_rle"))
    )


def test_real_12_bit_jpeg() -> None:
    """No second decoder is at hand: its mean, range and a smooth surface are what can be told."""
    decoded = decode_grey(shipped("JPGExtended")).astype(int)
    assert decoded.shape == (1024, 256)
    assert (decoded.min(), decoded.max()) == (0, 16)  # of 12 bits, 260 is the largest value
    assert np.abs(np.diff(decoded, axis=1)).mean() < 2
