"""What a DICOM file's header says of the kind of its picture; none of its text is repeated."""

import io
import re
from dataclasses import dataclass
from typing import BinaryIO

from pydicom import dcmread, uid

from fracture.imaging.dicom import quiet
from fracture.imaging.unreadable import UnreadableImage

RADIOGRAPHS = ("CR", "DX", "RG", "PX", "IO", "MG", "RF", "XA")
"""Modality (0008,0060), PS3.3 C.7.3.1.1.1: what projects X-rays on a plane."""
SECONDARY_CAPTURES = (
    uid.SecondaryCaptureImageStorage,
    uid.MultiFrameSingleBitSecondaryCaptureImageStorage,
    uid.MultiFrameGrayscaleByteSecondaryCaptureImageStorage,
    uid.MultiFrameGrayscaleWordSecondaryCaptureImageStorage,
    uid.MultiFrameTrueColorSecondaryCaptureImageStorage,
)
DIGITISED_FILM = "DF"
SCREEN = ("SCREEN", "CAPTURE")  # within values of Image Type that makers add

KEYWORDS = ["BurnedInAnnotation", "SOPClassUID", "ConversionType", "ImageType", "Modality"]


@dataclass(frozen=True)
class PictureKind:
    """What a header says of its picture.

    Attributes:
        burned_in: Text is drawn into the pixels that may tell whose they are.
        secondary_capture: It was taken from a screen, a page or another picture, digitised film
            aside: by its SOP class, its conversion type, or its image type.
        modality: Of a modality that is no radiography. Where the header names none, nothing is
            said.
    """

    burned_in: bool
    secondary_capture: bool
    modality: bool


def kind_of(content: bytes) -> PictureKind:
    """Return what the header of a DICOM file that decodes says of its picture.

    Raises:
        UnreadableImage: Its elements cannot be read.

    Reference:
        DICOM PS3.3 2024, C.7.6.1.1.2 and C.7.6.1.1.5 (image type, burned-in annotation), C.8.6.1
        (conversion type).
    """
    try:
        with quiet():
            header = dcmread(io.BytesIO(content), stop_before_pixels=True, specific_tags=KEYWORDS)
            said = {word: _text(header.get(word)) for word in KEYWORDS}
    except Exception:  # whatever a damaged file makes pydicom stumble over
        raise UnreadableImage("damaged header") from None
    conversion, modality = said["ConversionType"], said["Modality"]
    captured = said["SOPClassUID"] in SECONDARY_CAPTURES or bool(conversion)
    return PictureKind(
        burned_in=said["BurnedInAnnotation"] == "YES",
        secondary_capture=(captured and conversion != DIGITISED_FILM)
        or any(word in said["ImageType"] for word in SCREEN),
        modality=bool(modality) and modality not in RADIOGRAPHS,
    )


def study_of(file: BinaryIO) -> str:
    """Return the StudyInstanceUID in the header of a DICOM file, empty where there is none.

    Args:
        file: Opened for reading, at its start.
    """
    try:
        with quiet():
            header = dcmread(file, stop_before_pixels=True, specific_tags=["StudyInstanceUID"])
            found = str(header.get("StudyInstanceUID") or "").strip()
    except Exception:  # whatever a damaged file makes pydicom stumble over
        return ""
    return found if re.fullmatch(r"[0-9.]{1,64}", found) else ""


def _text(value: object) -> str:
    """Return an element as text in capitals, several values one after the other."""
    values = [value] if isinstance(value, str) or value is None else list(value)  # type: ignore[call-overload]
    return " ".join(str(each or "").strip() for each in values).upper()
