"""Who is X-rayed: patients, their studies, the views of a study; all drawn, nobody real."""

from dataclasses import dataclass

import numpy as np

from fracture.datasets.synthetic.anatomy import PARTS
from fracture.datasets.synthetic.fracture import draw_fracture
from fracture.datasets.synthetic.geometry import VIEWS, View
from fracture.datasets.synthetic.maker import Build
from fracture.datasets.synthetic.radiograph import Study
from fracture.params.datasets import Synthetic

# Shares of patients with one, two and three studies.
STUDIES = (0.80, 0.15, 0.05)
BOTH_VIEWS = 0.36
CHILDREN = 0.18
# Metal is a little more frequent where something is broken.
IMPLANT_ODDS = {True: 1.3, False: 0.8}


@dataclass(frozen=True)
class Exposure:
    """One radiograph that is to be drawn, and the random stream to draw it with."""

    patient: str
    study_id: str
    build: Build
    study: Study
    view: View
    stream: np.random.SeedSequence


def names(patient: int, study: int) -> tuple[str, str]:
    """Return the ids of a patient, counted from 0, and of one of his studies, counted from 1."""
    return f"p{patient + 1:05d}", f"p{patient + 1:05d}_s{study}"


def draw_patient(section: Synthetic, number: int, stream: np.random.SeedSequence) -> list[Exposure]:
    """Draw a patient with one to three studies of one or two views."""
    random = np.random.default_rng(stream)
    build = Build(
        robust=random.uniform(0.9, 1.1),
        cortex=random.uniform(0.8, 1.15),
        stout=random.uniform(0.85, 1.2),
        child=bool(random.uniform() < CHILDREN),
    )
    exposures = []
    for count in range(1, 2 + random.choice(len(STUDIES), p=STUDIES)):
        study = _draw_study(section, random)
        views = VIEWS if random.uniform() < BOTH_VIEWS else (VIEWS[random.integers(2)],)
        exposures += [
            Exposure(*names(number, count), build, study, view, stream.spawn(1)[0])
            for view in views
        ]
    return exposures


def _draw_study(section: Synthetic, random: np.random.Generator) -> Study:
    fractured = bool(random.uniform() < section.fracture_rate)
    carries = random.uniform() < section.implant_rate * IMPLANT_ODDS[fractured]
    implant = int(random.integers(4))
    return Study(
        body_part=str(random.choice(list(PARTS))),
        side=str(random.choice(["L", "R"])),
        site=random.uniform(),
        fracture=draw_fracture(random),
        fractured=fractured,
        implant=implant if carries else None,
        implant_place=(random.uniform(), random.uniform()),
        off_centre=section.off_centre,
    )
