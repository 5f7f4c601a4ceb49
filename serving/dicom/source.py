"""The radiograph that a DICOM answer is about, and what every file of an answer shares.

Who the patient is and which study it is stand in the files that are written, copied from the header
of the source, and nowhere else: not in their names, not in what is printed.
"""

import io
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from highdicom.base import SOPClass
from pydicom import Dataset, dcmread
from pydicom.uid import UID

from fracture.artifacts.atomic import replacing
from fracture.artifacts.bundle import Bundle
from fracture.imaging.decode import is_dicom
from fracture.imaging.dicom import quiet

MAKER = "bone-fracture-classification"
RESEARCH = "Research, not for clinical use"
IDENTITY = (
    "PatientName", "PatientID", "IssuerOfPatientID", "PatientBirthDate", "PatientSex", "PatientAge",
    "StudyInstanceUID", "StudyDate", "StudyTime", "StudyID", "StudyDescription", "AccessionNumber",
    "ReferringPhysicianName",
)  # fmt: skip
"""What is copied: whose radiograph it is, and of which study."""
OPTIONAL = ("IssuerOfPatientID", "PatientAge", "StudyDescription")
"""Those of them that a file need not have, not even without a value."""
REFERENCE = ("SOPClassUID", "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID")
"""What it takes to refer to a radiograph."""
FURTHER = ("PatientOrientation", "Laterality", "SpecificCharacterSet")


@dataclass(frozen=True)
class Source:
    """The radiograph that an answer is about.

    Attributes:
        header: What `IDENTITY`, `REFERENCE` and `FURTHER` name, as far as its file has it.
    """

    header: Dataset

    @property
    def study(self) -> str:
        """Its StudyInstanceUID."""
        return str(self.header.StudyInstanceUID)

    @property
    def instance(self) -> str:
        """Its SOPInstanceUID."""
        return str(self.header.SOPInstanceUID)

    @property
    def reference(self) -> Dataset:
        """An item of a sequence that refers to it."""
        item = Dataset()
        item.ReferencedSOPClassUID = self.header.SOPClassUID
        item.ReferencedSOPInstanceUID = self.header.SOPInstanceUID
        return item


def source_of(file: Path) -> Source | str:
    """Return the radiograph in a file, or in a few words why nothing can refer to it."""
    try:
        content = file.read_bytes()
        if not is_dicom(content):
            return "it is no DICOM file"
        tags = [*IDENTITY, *REFERENCE, *FURTHER]
        with quiet():
            header = dcmread(io.BytesIO(content), stop_before_pixels=True, specific_tags=tags)
            for word in tags:
                header.get(word)  # decoded here, where damage is noticed
    except Exception:  # whatever a damaged file makes pydicom stumble over
        return "its header cannot be read"
    found = {word: str(header.get(word) or "") for word in REFERENCE}
    lacking = [word for word, text in found.items() if not re.fullmatch(r"[0-9.]{1,64}", text)]
    return f"its header has no {' and no '.join(lacking)}" if lacking else Source(header)


def identifier(*parts: str) -> UID:
    """Return a UID that is always the same for the same parts, and for no others.

    Args:
        *parts: What it is of, then UIDs and digests on which that rests.

    Reference:
        DICOM PS3.5 2024, B.2: UIDs made of UUIDs.
    """
    digest = sha256("\n".join(parts).encode()).digest()
    return UID(f"2.25.{UUID(bytes=digest[:16], version=5).int}")


def equipment(bundle: Bundle, series: str) -> dict[str, Any]:
    """Return what every file says of who made it, as arguments of highdicom.

    Args:
        bundle: Of the system that answered.
        series: Describes the series.
    """
    return {
        "manufacturer": MAKER,
        "manufacturer_model_name": bundle.system[:64],
        "software_versions": bundle.digest[:16],
        "device_serial_number": bundle.digest[:16],
        "series_description": f"{series}. {RESEARCH}",
        "specific_character_set": "ISO_IR 192",
        "content_qualification": "RESEARCH",
        "instance_number": 1,
    }


def write(document: SOPClass, source: Source, folder: Path, name: str) -> Path:
    """Write a file about a radiograph into the folder of its study, and return its path.

    Args:
        document: Of anybody's; gets the identity of the source.
        source: The radiograph, or the first of several.
        folder: That of all studies.
        name: Of the file.
    """
    for word in IDENTITY:
        if word in source.header or word not in OPTIONAL:
            value = source.header.get(word)
            # As text: a name keeps the bytes of its own character set, which is not that of this.
            setattr(document, word, "" if value is None else str(value))
    # highdicom writes the time into what need not have it.
    for word in ("InstanceCreationDate", "InstanceCreationTime"):
        document.pop(word, None)
    for library in document.get("ContributingEquipmentSequence", ()):
        library.pop("ContributionDateTime", None)
    to = folder / short(source.study) / name
    with replacing(to) as beside:
        document.save_as(beside, enforce_file_format=True)
    return to


def short(uid: str) -> str:
    """Return what stands for a UID in the name of a file, from which it cannot be read back."""
    return sha256(uid.encode()).hexdigest()[:12]
