"""A small data set that has been ingested and split, and its files."""

from pathlib import Path

import numpy as np
from PIL import Image

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import Part

PARTS: dict[str, Part] = {
    f"r{n:02}": "train" if n < 12 else "validation" if n < 16 else "test" for n in range(20)
}
KEPT = [
    Radiograph(
        id=name,
        path=f"images/{name}.png",
        fractured=n % 4 == 0,
        body_part="hand" if n % 2 else "leg",
        view="" if n == 1 else "frontal",
        patient=f"p{n // 2}",
        study=f"s{n % 2}",
        flags=("hardware", "multiscan") if n == 0 else ("hardware",) if n < 3 else (),
        dataset="fracatlas",
        shipped="test" if n % 3 == 0 else "train",
        width=100 if n < 15 else 120,
        height=200,
        file_size=1000 * (1 + n % 4),
        pixels_sha256=f"{n}",
        group=f"p{n // 2}",
    )
    for n, name in enumerate(PARTS)
]
LEFT_OUT = [
    LeftOut("x3", "truncated", "images/x3.png", "not_fractured"),
    LeftOut("x1", "opposite labels", "images/x1.png", "fractured"),
    LeftOut("x2", "opposite labels", "images/x2.png", "not_fractured"),
    LeftOut("x4", "missing"),
]
PAIRS = [
    Pair("x1", "x2", "pixels"),
    Pair("r00", "r04", "near", 0.97),
    Pair("r04", "x3", "near", 0.98),
    Pair("r02", "r03", "near", 0.995),
]


def save_files(root: Path) -> None:
    """Save 40 x 30 pixels of noise for each radiograph; that of x3 is cut short, of x4 missing."""
    (root / "images").mkdir(parents=True)
    for n, path in enumerate([one.path for one in KEPT] + [one.path for one in LEFT_OUT]):
        if path:
            noise = np.random.default_rng(n).integers(0, 256, (40, 30), np.uint8)
            Image.fromarray(noise).save(root / path)
    cut = root / "images/x3.png"
    cut.write_bytes(cut.read_bytes()[:-600])
