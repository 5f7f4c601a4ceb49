"""A radiograph beside its heat as DICOM Secondary Capture."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from highdicom.sc import SCImage
from PIL import Image, ImageDraw, ImageFont

from fracture.artifacts.bundle import Bundle
from fracture.inference import Answer
from fracture.inference.heat import Heat, overlay
from serving.answers import radiograph_rows
from serving.dicom.source import RESEARCH, equipment, identifier, short, source_of, write

SIDE = 512
"""Pixels: a picture with fewer is enlarged, as few viewers do that well."""
LETTER, LINE, MARGIN = 14, 20, 8
"""Pixels of the text's letters and lines, and around it."""
NUMBER = 9902
"""Of the series within a study."""
CLOCK = (
    "DateOfSecondaryCapture", "TimeOfSecondaryCapture", "ContentDate", "ContentTime",
)  # fmt: skip
"""What a picture need not have: without it, the same radiograph and bundle give the same bytes."""


def write_picture(file: Path, answer: Answer, bundle: Bundle, folder: Path) -> Path | None:
    """Write a radiograph and its heat as DICOM, the same bytes each time, and return the path.

    Args:
        file: The radiograph. One to which nothing can refer gets no picture.
        answer: Without heat there is no picture.
        bundle: Of the system that gave it.
        folder: Takes a folder for each study.
    """
    source = source_of(file)
    if answer.heat is None or isinstance(source, str):
        return None
    image = SCImage(
        pixel_array=draw(answer.heat, caption(answer, answer.heat, bundle)),
        photometric_interpretation="RGB",
        bits_allocated=8,
        coordinate_system="PATIENT",
        patient_orientation=("L", "F"),  # any: that of the source follows
        study_instance_uid=source.study,
        series_instance_uid=identifier("pictures", source.study, bundle.digest),
        series_number=NUMBER,
        sop_instance_uid=identifier("picture", source.instance, bundle.digest),
        **equipment(bundle, "Where a model looks"),
    )
    orientation = source.header.get("PatientOrientation")
    image.PatientOrientation = list(orientation or [])
    image.Laterality = source.header.get("Laterality") or ""
    image.DerivationDescription = f"radiograph, and the same under its heat ({answer.heat.shown})"
    image.SourceImageSequence = [source.reference]
    image.BurnedInAnnotation = "NO"  # the text in it tells nothing of the patient
    image.ImageComments = RESEARCH
    for word in CLOCK:
        image.pop(word, None)
    return write(image, source, folder, f"picture-{short(source.instance)}.dcm")


def caption(answer: Answer, heat: Heat, bundle: Bundle) -> list[str]:
    """Return the lines below a picture: what was said, by whom, and what it is not for.

    Args:
        answer: Of a radiograph.
        heat: Of it.
        bundle: Of the system.
    """
    (row,) = radiograph_rows([""], [answer], bundle)
    said = [
        f"{key.removeprefix('call_')}: {value}"
        for key, value in row.items()
        if value not in {"", None} and key not in {"file", "model", "note"}
    ]
    drawn = " (drawn radiographs)" if bundle.dataset.synthetic else ""
    system = f"{bundle.system}, {bundle.digest[:12]}, trained on {bundle.dataset.name}{drawn}"
    return ["; ".join(said), f"{system}; {heat.shown}", *answer.notes, RESEARCH]


def draw(heat: Heat, lines: Sequence[str]) -> npt.NDArray[np.uint8]:
    """Return a radiograph, the same under its heat, and text below, uint8 (height, width, 3).

    Args:
        heat: Of a radiograph.
        lines: Of the text, broken where they are too long.
    """
    plain = np.repeat(heat.radiograph[..., None], 3, axis=2)
    scale = max(1, -(-SIDE // heat.radiograph.shape[0]))
    large = np.hstack(
        [
            cv2.resize(each, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
            for each in (plain, overlay(heat))
        ]
    )
    height, width = large.shape[:2]
    font = ImageFont.load_default(LETTER)
    broken = [part for line in lines for part in _broken(line, font, width - 2 * MARGIN)]
    picture = Image.new("RGB", (width, height + 2 * MARGIN + LINE * len(broken)))
    picture.paste(Image.fromarray(large))
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(broken):
        pen.text((MARGIN, height + MARGIN + LINE * number), line, "white", font)
    return np.asarray(picture)


def _broken(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    """Return a line as several that are no wider than so many pixels, broken at spaces."""
    parts = [""]
    for word in line.split():
        longer = f"{parts[-1]} {word}".strip()
        if font.getlength(longer) > width and parts[-1]:
            parts.append(word)
        else:
            parts[-1] = longer
    return parts
