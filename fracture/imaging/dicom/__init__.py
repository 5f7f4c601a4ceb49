"""DICOM files to 8-bit grey, refused unless they decode whole; nothing of a header is repeated.

pydicom takes half a second to import, and most data sets hold no DICOM file: import this package
in the function that needs it.
"""

import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.pixels.processing import apply_color_lut

from fracture.imaging.decode import is_dicom
from fracture.imaging.dicom.grey import shades
from fracture.imaging.dicom.stored import decompressor
from fracture.imaging.samples import Decoded, weigh
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage, warnings_held

MONOCHROME = ("MONOCHROME1", "MONOCHROME2")
COLOURS = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT")
END_OF_FILE = "End of file reached"
BEHIND_ALL = "Rows"  # elements stand in order: where it is, no patient's name before it was cut off


def decode_dicom(content: bytes, bits: int = 0) -> Decoded:
    """Return the radiograph in a DICOM file's content, the first where it has several frames.

    Bone is bright: MONOCHROME1 is inverted. Stored values, of 1 to 16 bits, signed or not, pass
    through the modality LUT or rescale slope and intercept, then through the first VOI LUT, else
    the first window (LINEAR, LINEAR_EXACT or SIGMOID). Where there is neither, or a window whose
    width the standard forbids, the range of the bits stored becomes 0 to 255. Where all 16 bits
    are stored the header tells nothing of those in use: the data set's decide, as in other files
    of 16 bits. Pixel padding is black. Colour is weighed after ITU-R 601. Overlays, shutters and
    presentation states are not applied.

    Decodes uncompressed, RLE, JPEG (8 and 12 bits, lossless), JPEG-LS and JPEG 2000 pixels.

    Args:
        content: Of the file.
        bits: See `fracture.imaging.samples.to_grey`.

    Raises:
        UnreadableImage: No pixels, more than 16 bits, a compression that is not decoded, more
            pixels than Pillow considers safe, or the file is damaged or cut short.

    Reference:
        DICOM PS3.3 2024, C.7.6.3 (pixels), C.11.1 (modality LUT), C.11.2 (VOI LUT and windows).
    """
    try:
        return _decode(content, bits)
    except UnreadableImage:
        raise
    except Exception as error:  # whatever a damaged file makes a decoder stumble over
        cut = END_OF_FILE in str(error)
        raise UnreadableImage("truncated" if cut else "damaged") from None


def read_headers(
    paths: Sequence[Path], keywords: Sequence[str]
) -> list[dict[str, str] | UnreadableImage]:
    """Return elements of each file's header as text, in order; no pixels are read.

    Args:
        paths: Files of any kind.
        keywords: DICOM's names of the elements, such as `PatientID`; all of groups below 0028.

    Returns:
        For each file the text of each element, empty where it is absent, or why there is none: a
            header that is damaged, cut short, or that of no image is never returned in part.
    """
    with quiet():  # once for all threads, so that they can read at the same time
        work = partial(_header, keywords=keywords)
        return list(in_threads(work, paths, "reading headers"))


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back what pydicom warns of and logs: it quotes header values, names among them.

    A missing end, of which it only warns, is an error.
    """
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
    with warnings_held():
        warnings.filterwarnings("error", END_OF_FILE)
        yield


def _header(path: Path, keywords: Sequence[str]) -> dict[str, str] | UnreadableImage:
    try:
        with path.open("rb") as file:
            if not is_dicom(file.read(132)):
                return UnreadableImage("not a DICOM file")
            file.seek(0)
            header = dcmread(file, stop_before_pixels=True, specific_tags=[*keywords, BEHIND_ALL])
        if BEHIND_ALL not in header:
            return UnreadableImage("no pixels")
        return {keyword: str(header.get(keyword) or "").strip() for keyword in keywords}
    except OSError as error:
        return UnreadableImage(f"not readable: {error.strerror}")
    except Exception:  # whatever a damaged file makes pydicom stumble over
        return UnreadableImage("damaged header")


def _decode(content: bytes, in_use: int) -> Decoded:
    with quiet():
        dataset = dcmread(io.BytesIO(content))
        frames = int(dataset.get("NumberOfFrames") or 1)
        _require_image(dataset)
        photometric = str(dataset.PhotometricInterpretation)
        bits = int(dataset.BitsStored)
        decompress = decompressor(dataset)
    pixels = decompress()  # not within: decoders of several threads work at the same time
    if photometric in MONOCHROME and pixels.ndim == 2:  # noqa: PLR2004 - rows and columns
        index = np.subtract(pixels, low := int(pixels.min()), dtype=np.int32)
        with quiet():
            table, needs, stated = shades(dataset, low, index, in_use)
        return Decoded(table[index], needs, stated, frames, chroma=0.0)
    if photometric == "PALETTE COLOR":
        with quiet():
            pixels = apply_color_lut(pixels, dataset)[..., :3]
        bits = 8 * pixels.itemsize
    elif photometric not in COLOURS:
        raise UnreadableImage("unknown photometric interpretation")
    grey, chroma = weigh(np.rint(pixels * np.float32(255 / (2**bits - 1))).astype(np.uint8))
    return Decoded(grey, frames=frames, chroma=chroma)


def _require_image(dataset: Dataset) -> None:
    if "PixelData" not in dataset:
        raise UnreadableImage("no pixels")
    if int(dataset.Rows) * int(dataset.Columns) > (Image.MAX_IMAGE_PIXELS or np.inf):
        raise UnreadableImage("too many pixels")
    if int(dataset.BitsAllocated) > 16:  # noqa: PLR2004 - as the reason says
        raise UnreadableImage("more than 16 bits")
