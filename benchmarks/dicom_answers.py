"""Are answers as DICOM valid? `python -m benchmarks.dicom_answers BUNDLE RADIOGRAPHS --to FOLDER`.

Makes three studies of four radiographs, as DICOM, and scores them with `serving.predict --dicom`.
Each file that this writes goes through dicom3tools' `dciodvfy` (Debian: `apt-get install
dicom3tools`) and is read back by pydicom and highdicom: whose it is, to what it refers, what it
says. FOLDER gets the files, and the pictures as PNG to look at.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import highdicom
import numpy as np
from PIL import Image
from pydicom import Dataset, FileMetaDataset, dcmread
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian

from benchmarks.app_server import pictures
from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import describe, versions
from fracture.console import PipelineError
from fracture.imaging.decode import read_grey

STUDIES = (1, 1, 2, 3)
"""Of which study each radiograph is."""
UNKNOWN = "Unrecognized defined term = <99BONEFRACTURE>"
"""What dciodvfy warns of where codes are of a scheme of one's own, which the standard allows."""


def main() -> None:
    """Print what was found; fail where a file is not valid or not about its source."""
    parser = parser_of("dicom_answers", __doc__)
    parser.add_argument("bundle", type=Path, help="a folder of data/bundles")
    parser.add_argument("radiographs", type=Path, help="a folder of JPEG or PNG files")
    parser.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="for what is made")
    given = parser.parse_args()
    checker = shutil.which("dciodvfy")
    if checker is None:
        raise PipelineError("no dciodvfy: run `apt-get install dicom3tools`")
    given.to.mkdir(parents=True, exist_ok=True)
    sources = [
        write_source(file, number, given.to)
        for number, file in enumerate(pictures(given.radiographs, len(STUDIES)))
    ]
    answers = given.to / "answers"
    command = [sys.executable, "-m", "serving.predict", *map(str, sources)]
    command += ["--bundle", str(given.bundle), "--dicom", str(answers)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    print(f"{describe()}; {versions('highdicom', 'pydicom')}")
    written = sorted(answers.rglob("*.dcm"))
    for file in written:
        told = subprocess.run(  # noqa: S603
            [checker, "-new", str(file)], capture_output=True, text=True, check=False
        )
        lines = [line for line in told.stderr.splitlines() if " - " in line]
        faults = [line for line in lines if not re.search(UNKNOWN, line)]
        print(f"{file.relative_to(answers)}: {about(file, given.to)}")
        print("".join(f"  {line}\n" for line in faults), end="")
        if any(line.startswith("Error") for line in faults):
            raise PipelineError(f"{file} is not valid")
    print(
        f"{len(written)} files of {len(set(STUDIES))} studies, no error; look at {given.to}/*.png"
    )


def write_source(file: Path, number: int, folder: Path) -> Path:
    """Write a radiograph as a DICOM file of an invented patient, and return its path.

    Args:
        file: Of the radiograph.
        number: Its place among `STUDIES`.
        folder: Takes it.
    """
    pixels = read_grey(file)
    study = f"1.2.826.0.1.3680043.8.498.{STUDIES[number]}"
    image = Dataset()
    image.SOPClassUID = DigitalXRayImageStorageForPresentation
    image.SOPInstanceUID = f"{study}.1.{number + 1}"
    image.StudyInstanceUID, image.SeriesInstanceUID = study, f"{study}.1"
    image.StudyID, image.Laterality = f"{STUDIES[number]}", "L"
    image.SpecificCharacterSet = "ISO_IR 100"
    image.PatientName, image.PatientID = f"Müller^Jörg {STUDIES[number]}", f"P{STUDIES[number]}"
    image.PatientBirthDate, image.PatientSex, image.Modality = "19500102", "M", "DX"
    image.StudyDate, image.StudyTime = "20200304", "101112"
    image.Rows, image.Columns = pixels.shape
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit = 8, 8, 7
    image.PixelRepresentation = 0
    image.PixelData = np.ascontiguousarray(pixels).tobytes() + b"\0" * (pixels.size % 2)
    image["PixelData"].VR = "OB"
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    to = folder / f"source-{number + 1}.dcm"
    image.save_as(to, enforce_file_format=True)
    return to


def about(file: Path, folder: Path) -> str:
    """Return what a file that was written says; a picture also as PNG into the folder.

    Args:
        file: A report or a picture.
        folder: For the picture.
    """
    found = dcmread(file)
    whose = f"{found.PatientName}, {found.PatientID}, study of {found.StudyDate}"
    if found.Modality == "SR":
        report = highdicom.sr.srread(file)
        sources = [str(instance) for _, _, instance, _ in report.get_evidence()]
        groups = report.content.get_image_measurement_groups()  # type: ignore[attr-defined]
        said = {each.name.meaning: each.value for each in groups[0].get_measurements()}
        return f"{type(report).__name__}, {whose}, of {', '.join(sources)}: {said}"
    Image.fromarray(found.pixel_array).save(folder / f"{file.stem}.png")
    source = found.SourceImageSequence[0].ReferencedSOPInstanceUID
    return f"Secondary Capture, {whose}, of {source}, {found.Columns} x {found.Rows}"


if __name__ == "__main__":
    end_in_a_line(main)
