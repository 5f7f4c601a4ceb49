"""Files of radiographs as ingested, for the tests of what comes after."""

from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from fracture.artifacts.manifest import Radiograph
from fracture.params.radiographs import Canny

EDGES = Canny(step="canny", blur=1.0, low=40, high=110, blend=0.5)


def pixels(number: int) -> npt.NDArray[np.uint8]:
    return np.random.default_rng(number).integers(0, 256, (30 + number, 24), np.uint8)


def lay_out(folder: Path) -> list[Radiograph]:
    """Write twelve files, one of them with a name beyond ASCII."""
    made = []
    folder.mkdir()
    for number in range(12):
        name = f"{number:02}" + "ö" * (number == 5)
        path = folder / f"{name}.png"
        Image.fromarray(pixels(number)).save(path)
        digest = sha256(path.read_bytes()).hexdigest()
        made.append(
            Radiograph(
                name,
                path.name,
                number % 2 == 0,
                "hand",
                boxes=((2.0, 3.0, 20.0, 15.0), (0.0, 0.0, 24.0, 30.0)) if number == 4 else (),
                dataset="synthetic",
                width=24,
                height=30 + number,
                sha256=digest,
                group=name,
            )
        )
    return made
