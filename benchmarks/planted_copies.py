"""Copies planted over a class-folder tree: how many the pipeline catches, and what the gate says.

`python -m benchmarks.planted_copies data/raw/FracAtlas` writes radiographs of FracAtlas without a
known copy into train|test/{fractured,normal} of a temporary folder, and rotated, flipped,
re-encoded and resized copies of some of them on the other side. Then the folder goes through the
reader, the search for copies and the gate, as `dvc repro` would take it.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from fracture.artifacts.duplicates import Pair
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.splits import Part
from fracture.datasets import class_folders, fracatlas
from fracture.datasets.findings import separate
from fracture.examining.copies import find_copies
from fracture.examining.examine import examine
from fracture.imaging.decode import read_grey
from fracture.params import section
from fracture.params.datasets import ClassFolders, FracAtlas
from fracture.params.radiographs import Ingest
from fracture.splitting.leaks import find_leaks

Grey = npt.NDArray[np.uint8]
SIDES = ("train", "test")
LABELS = {True: "fractured", False: "normal"}
QUALITY = 60


def resized(image: Grey, factor: float) -> Grey:
    """Return a radiograph smaller or larger by a factor."""
    return np.asarray(
        cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8
    )


COPIES: dict[str, tuple[Callable[[Grey], Grey], int]] = {
    "rotated by 90": (np.rot90, 95),
    "rotated by 180": (lambda image: np.rot90(image, 2), 95),
    "flipped": (lambda image: image[:, ::-1], 95),
    "flipped and rotated": (lambda image: np.rot90(image[:, ::-1]), 95),
    "re-encoded": (lambda image: image, QUALITY),
    "half the size": (lambda image: resized(image, 0.5), 95),
    "twice the size": (lambda image: resized(image, 2), 95),
    "rotated, half the size, re-encoded": (lambda image: resized(np.rot90(image), 0.5), QUALITY),
}


def distinct(folder: Path, settings: Ingest, count: int) -> list[Radiograph]:
    """Return radiographs of FracAtlas of which no copy is known, both classes, spread evenly."""
    reader = FracAtlas(root=str(folder))
    examined = examine(fracatlas.read(reader, folder), folder, settings, described=True)
    copied = {name for pair in find_copies(examined) for name in (pair.first, pair.second)}
    alone = [
        one.finding
        for one in examined
        if isinstance(one.finding, Radiograph) and not one.faults and one.finding.id not in copied
    ]
    chosen = np.linspace(0, len(alone) - 1, min(count, len(alone))).round().astype(int)
    return [alone[position] for position in chosen]


def plant(originals: Sequence[Radiograph], folder: Path, tree: Path, every: int) -> dict[str, str]:
    """Write the tree; return the way in which each copy was made, by id."""
    planted = {}
    ways = list(COPIES)
    for number, radiograph in enumerate(originals):
        side, other = SIDES[number % 2], SIDES[1 - number % 2]
        label, name = LABELS[radiograph.fractured], f"{number:05}"
        image = read_grey(folder / radiograph.path)
        save(image, tree / side / label / f"{name}.jpg", 95)
        if number % every == 0:
            way = ways[number // every % len(ways)]
            change, quality = COPIES[way]
            # Named like a radiograph of its own: the name must not give it away.
            copy = f"{len(originals) + number:05}"
            save(np.asarray(change(image)), tree / other / label / f"{copy}.jpg", quality)
            planted[f"{other}/{label}/{copy}"] = way
    return planted


def save(image: Grey, path: Path, quality: int) -> None:
    """Write a JPEG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, quality])


def original_of(copy: str, count: int) -> str:
    """Return the id of the radiograph of which `copy` is one."""
    side, label, name = copy.split("/")
    other = SIDES[1 - SIDES.index(side)]
    return f"{other}/{label}/{int(name) - count:05}"


def report(planted: dict[str, str], pairs: Sequence[Pair], count: int) -> Iterator[str]:
    """Yield how many copies of each way were caught, and how many pairs are false."""
    true = {tuple(sorted((copy, original_of(copy, count)))): way for copy, way in planted.items()}
    found = {(pair.first, pair.second) for pair in pairs}
    caught = Counter(way for pair, way in true.items() if pair in found)
    for way, total in Counter(planted.values()).items():
        yield f"{way:36} {caught[way]:4} of {total}"
    yield f"{'all':36} {caught.total():4} of {len(planted)} ({caught.total() / len(planted):.1%})"
    false = len(found - set(true))
    yield f"false pairs among {count} distinct radiographs and their copies: {false}"


def shipped(radiographs: Sequence[Radiograph]) -> dict[str, Part]:
    """Return the split that the folders make."""
    sides: dict[str, Part] = {"train": "train", "test": "test"}
    return {radiograph.id: sides[radiograph.shipped] for radiograph in radiographs}


def main() -> None:
    """Plant, search, judge."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("fracatlas", type=Path, help="the folder of FracAtlas")
    parser.add_argument("--count", type=int, default=1000, help="distinct radiographs")
    parser.add_argument("--every", type=int, default=2, help="of so many, one is copied")
    arguments = parser.parse_args()
    settings = Ingest.read(section.load(), "ingest")
    originals = distinct(arguments.fracatlas, settings, arguments.count)
    with tempfile.TemporaryDirectory() as temporary:
        tree = Path(temporary)
        planted = plant(originals, arguments.fracatlas, tree, arguments.every)
        names = {"positive": (LABELS[True],), "negative": (LABELS[False],)}
        reader = ClassFolders(root=str(tree), body_part="unknown", **names)
        examined = examine(class_folders.read(reader, tree), tree, settings, described=True)
    pairs = find_copies(examined)
    print(*report(planted, pairs, len(originals)), sep="\n")
    radiographs, _ = separate(one.finding for one in examined)
    leaks = find_leaks(radiographs, shipped(radiographs), pairs)
    print(f"the gate, of the folder's own split: {len(leaks)} leaks")


if __name__ == "__main__":
    main()
