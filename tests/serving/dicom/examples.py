"""Radiographs with headers, and what is said of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fracture.artifacts import bundle as bundles
from fracture.artifacts.bundle import Bundle
from fracture.artifacts.unsure import Unsure
from fracture.inference import Answer
from fracture.inference.heat import Heat
from tests.dicom_files import content, dataset
from tests.inference.external.examples import pixels
from tests.serving.sealing import seal

NAME, PATIENT = "Müller^Jörg", "PID-4711"
Make = Callable[..., Path]


def write(file: Path, study: str = "1.2.3", instance: str = "1.2.3.4.5", **elements: Any) -> Path:
    """Write a DICOM file of a patient whose name is not in ASCII."""
    header: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 100",
        "PatientName": NAME,
        "PatientID": PATIENT,
        "PatientBirthDate": "19500102",
        "PatientSex": "F",
        "StudyInstanceUID": study,
        "SeriesInstanceUID": f"{study}.9",
        "SOPInstanceUID": instance,
        "StudyDate": "20200304",
        "StudyTime": "101112",
        "AccessionNumber": "A7",
        "Modality": "DX",
        "Laterality": "L",
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content(dataset(pixels(100, 0), 8, **header | elements)))
    return file


def answer(probability: float = 0.75, *, heat: bool = True, **more: Any) -> Answer:
    """Return what a system says, its heat in the upper left quarter."""
    hot = np.zeros((16, 16), np.float32)
    hot[:8, :8] = 1
    shown = Heat(np.full((16, 16), 100, np.uint8), hot, "Grad-CAM") if heat else None
    given: dict[str, Any] = {
        "uncalibrated": probability,
        "calls": {"balanced": probability >= 0.5, "sensitive": True},
        "probabilities": {"not fractured": 1 - probability, "fractured": probability},
        "routed": {},
        "verdict": "fractured" if probability >= 0.7 else "unsure",
        "heat": shown,
    }
    return Answer(probability, **given | more)


def bundle(folder: Path, rules: dict[str, Any], **changed: Any) -> Bundle:
    """Return the bundle of a system with a guarantee."""
    unsure = Unsure(low=0.2, high=0.7, missed=0.1, false_alarms=0.05)
    return bundles.read(
        seal(folder, "small", rules, **{"unsure": unsure, "temperature": 1.0} | changed)
    )
