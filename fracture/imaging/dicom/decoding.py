"""From a DICOM file's content to 8-bit grey."""

import io

import numpy as np
import numpy.typing as npt
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.pixels.processing import apply_color_lut

from fracture.imaging.dicom.grey import shades
from fracture.imaging.dicom.headers import END_OF_FILE, quiet
from fracture.imaging.dicom.stored import decompressor
from fracture.imaging.unreadable import UnreadableImage

MONOCHROME = ("MONOCHROME1", "MONOCHROME2")
COLOURS = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")


def decode(content: bytes) -> npt.NDArray[np.uint8]:
    """Return the radiograph in a DICOM file's content; see `fracture.imaging.dicom`."""
    try:
        return _decode(content)
    except UnreadableImage:
        raise
    except Exception as error:  # whatever a damaged file makes a decoder stumble over
        cut = END_OF_FILE in str(error)
        raise UnreadableImage("truncated" if cut else "damaged") from None


def _decode(content: bytes) -> npt.NDArray[np.uint8]:
    with quiet():
        dataset = dcmread(io.BytesIO(content))
        _require_one_image(dataset)
        photometric = str(dataset.PhotometricInterpretation)
        bits = int(dataset.BitsStored)
        decompress = decompressor(dataset)
    pixels = decompress()  # not within: decoders of several threads work at the same time
    if photometric in MONOCHROME and pixels.ndim == 2:  # noqa: PLR2004 - rows and columns
        index = np.subtract(pixels, low := int(pixels.min()), dtype=np.int32)
        with quiet():
            table = shades(dataset, low, index)
        return table[index]
    if photometric == "PALETTE COLOR":
        with quiet():
            pixels = apply_color_lut(pixels, dataset)[..., :3]
        return _luma(pixels, 8 * pixels.itemsize)
    if photometric in COLOURS:
        return _luma(pixels, bits)
    raise UnreadableImage("unknown photometric interpretation")


def _require_one_image(dataset: Dataset) -> None:
    if "PixelData" not in dataset:
        raise UnreadableImage("no pixels")
    if int(dataset.get("NumberOfFrames") or 1) > 1:
        raise UnreadableImage("several frames")
    if int(dataset.Rows) * int(dataset.Columns) > (Image.MAX_IMAGE_PIXELS or np.inf):
        raise UnreadableImage("too many pixels")
    if int(dataset.BitsAllocated) > 16:  # noqa: PLR2004 - as the reason says
        raise UnreadableImage("more than 16 bits")


def _luma(colours: npt.NDArray[np.integer], bits: int) -> npt.NDArray[np.uint8]:
    """Weigh (height, width, 3) colours of so many bits after ITU-R 601."""
    scaled = np.rint(colours * np.float32(255 / (2**bits - 1))).astype(np.uint8)
    return np.asarray(Image.fromarray(scaled).convert("L"))
