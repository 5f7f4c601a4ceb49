"""DICOM files to 8-bit grey, refused unless they decode whole; nothing of a header is ever told."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fracture.imaging.unreadable import UnreadableImage

# pydicom takes half a second to import, and most data sets hold no DICOM file: the functions below
# import what needs it when they are called.


def is_dicom(content: bytes) -> bool:
    """Return whether a file's content bears DICOM's mark, `DICM` after a preamble of 128 bytes.

    Files without a preamble, which the standard does not allow, are not recognised: nothing else
    in them tells them safely from any other file.
    """
    return content[128:132] == b"DICM"


def decode_dicom(content: bytes) -> npt.NDArray[np.uint8]:
    """Return the radiograph in a DICOM file's content as uint8 (height, width), 0 to 255.

    Bone is bright: MONOCHROME1 is inverted. Stored values, of 1 to 16 bits, signed or not, pass
    through the modality LUT or rescale slope and intercept, then through the first VOI LUT, else
    the first window (LINEAR, LINEAR_EXACT or SIGMOID). Where there is neither, or a window whose
    width the standard forbids, the range from the smallest to the largest value in the radiograph
    becomes 0 to 255, pixel padding aside: nothing says which values matter, so none is cut off,
    their order stays, and a radiograph that uses a tenth of its bits does not come out black.
    Colour is weighed after ITU-R 601. Overlays, shutters and presentation states are not applied.

    Decodes uncompressed, RLE, JPEG (8 and 12 bits, lossless), JPEG-LS and JPEG 2000 pixels.

    Raises:
        UnreadableImage: No pixels, several frames, more than 16 bits, a compression that is not
            decoded, more pixels than Pillow considers safe, or the file is damaged or cut short.

    Reference:
        DICOM PS3.3 2024, C.7.6.3 (pixels), C.11.1 (modality LUT), C.11.2 (VOI LUT and windows).
    """
    from fracture.imaging.dicom.decoding import decode  # noqa: PLC0415

    return decode(content)


def read_headers(
    paths: Sequence[Path], keywords: Sequence[str]
) -> list[dict[str, str] | UnreadableImage]:
    """Return elements of each file's header as text, in order; no pixels are read.

    Args:
        paths: Files of any kind.
        keywords: DICOM's names of the elements, such as `PatientID`; all of groups below 0028.

    Returns:
        For each file the text of each element, empty where it is absent, or why there is none: a
            header that is damaged, cut short, or that of no image is never told in part.
    """
    from fracture.imaging.dicom.headers import read  # noqa: PLC0415

    return read(paths, keywords)
