"""JPEGs of the two sizes that FracAtlas has, its own or drawn, for the benchmarks."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.imaging.decode import FORMATS, decode_grey, read_bytes
from fracture.imaging.unreadable import UnreadableImage

DRAWN = 20


@dataclass(frozen=True)
class Case:
    """Files that cost about the same.

    Attributes:
        sides: In pixels, ascending.
        progressive: Whether the file holds the whole radiograph several times, ever finer.
        mode: Pillow's, of drawn files; FracAtlas' small ones hold colour that is none.
        count: How many are measured; where there are fewer, they are taken again and again.
    """

    sides: tuple[int, int]
    progressive: bool
    mode: str
    count: int


CASES = {
    "373 x 454": Case((373, 454), progressive=False, mode="RGB", count=1000),
    "2304 x 2880": Case((2304, 2880), progressive=False, mode="L", count=16),
    "2304 x 2880, progressive": Case((2304, 2880), progressive=True, mode="L", count=16),
}


def collect(folder: Path, case: Case) -> list[Radiograph]:
    """Return whole JPEGs of FracAtlas, ordered by path.

    Raises:
        PipelineError: There is none in the folder.
    """
    found: list[Radiograph] = []
    for path in sorted(folder.rglob("*.jpg")):
        with Image.open(path, formats=FORMATS) as image:
            progressive = "progressive" in image.info
            fitting = (*sorted(image.size), progressive) == (*case.sides, case.progressive)
        if fitting:
            found += _radiographs(path)
        if len(found) == case.count:
            break
    if not found:
        raise PipelineError(f"no whole JPEG of {case.sides} pixels in {folder}: name FracAtlas")
    return found


def draw(folder: Path, case: Case) -> list[Radiograph]:
    """Write JPEGs into the folder and return them."""
    found: list[Radiograph] = []
    for number in range(min(case.count, DRAWN)):
        path = folder / f"{case.sides[0]}-{case.progressive}-{number}.jpg"
        image = Image.fromarray(_shadows(number, *reversed(case.sides))).convert(case.mode)
        image.save(path, quality=85, progressive=case.progressive)
        found += _radiographs(path)
    return found


def _shadows(seed: int, height: int, width: int) -> npt.NDArray[np.uint8]:
    random = np.random.default_rng(seed)
    coarse = random.integers(20, 230, (12, 10), np.uint8)
    noise = random.normal(0, 3, (height, width))
    image = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC) + noise
    return np.clip(image, 0, 255).astype(np.uint8)


def _radiographs(path: Path) -> Iterator[Radiograph]:
    content = read_bytes(path)
    try:
        height, width = decode_grey(content).shape
    except UnreadableImage:
        return
    yield Radiograph(
        path.stem,
        str(path.resolve()),
        fractured=False,
        body_part="",
        dataset="benchmark",
        width=width,
        height=height,
        sha256=sha256(content).hexdigest(),
        group=path.stem,
    )
