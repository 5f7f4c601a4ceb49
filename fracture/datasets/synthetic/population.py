"""The patients, their studies and the views of a study, all decided by chance."""

from dataclasses import dataclass

import numpy as np

from fracture.datasets.synthetic.bones import Build
from fracture.datasets.synthetic.fractures import sample_fracture
from fracture.datasets.synthetic.geometry import VIEWS, View
from fracture.datasets.synthetic.radiograph import PARTS, Study
from fracture.params.datasets import Synthetic

STUDIES = (0.80, 0.15, 0.05)  # shares of patients with one, two and three studies
BOTH_VIEWS = 0.36  # share of studies
CHILDREN = 0.18  # share of patients
# Metal is a little more frequent where something is broken.
IMPLANT_ODDS = {True: 1.3, False: 0.8}


@dataclass(frozen=True)
class Plan:
    """One radiograph that is to be drawn, and the random stream to draw it with."""

    patient: str
    study_id: str
    build: Build
    study: Study
    view: View
    stream: np.random.SeedSequence


def ids(patient: int, study: int) -> tuple[str, str]:
    """Return the ids of a patient, counted from 0, and of a study of theirs, counted from 1."""
    return f"p{patient + 1:05d}", f"p{patient + 1:05d}_s{study}"


def sample_patient(section: Synthetic, number: int, stream: np.random.SeedSequence) -> list[Plan]:
    """Decide by chance which radiographs of a patient there are.

    Args:
        section: How frequent fractures and implants are.
        number: Of the patient, from 0.
        stream: The patient's random stream.

    Returns:
        One to three studies of one or two views each.
    """
    random = np.random.default_rng(stream)
    build = Build(
        robust=random.uniform(0.9, 1.1),
        cortex=random.uniform(0.8, 1.15),
        stout=random.uniform(0.85, 1.2),
        child=bool(random.uniform() < CHILDREN),
    )
    plans = []
    for count in range(1, 2 + random.choice(len(STUDIES), p=STUDIES)):
        study = _sample_study(section, random)
        views = VIEWS if random.uniform() < BOTH_VIEWS else (VIEWS[random.integers(2)],)
        plans += [
            Plan(*ids(number, count), build, study, view, stream.spawn(1)[0]) for view in views
        ]
    return plans


def _sample_study(section: Synthetic, random: np.random.Generator) -> Study:
    fractured = bool(random.uniform() < section.fracture_rate)
    carries = random.uniform() < section.implant_rate * IMPLANT_ODDS[fractured]
    implant = int(random.integers(4))
    return Study(
        body_part=str(random.choice(list(PARTS))),
        side=str(random.choice(["L", "R"])),
        site=random.uniform(),
        fracture=sample_fracture(random),
        fractured=fractured,
        implant=implant if carries else None,
        implant_place=(random.uniform(), random.uniform()),
        off_centre=section.off_centre,
    )
