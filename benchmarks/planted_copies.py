"""Copies planted among distinct radiographs: how many are found, what else is joined, how long.

`python -m benchmarks.planted_copies data/raw/FracAtlas` takes 1,000 radiographs of FracAtlas of
which no copy is known and plants two copies of each: one changed in one of the ways of `CHANGES`,
one in two of them. Then it names files misleadingly, as if different radiographs were copies. Last,
it measures seconds and memory for 4,000 and 10,000 files, decoding included: halves of radiographs
make up for what the folder lacks, and overlap with the whole ones, so they are copies.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from tabulate import tabulate

from benchmarks.command_line import parser_of
from benchmarks.machine import describe as describe_machine
from benchmarks.machine import peak_memory
from fracture.artifacts.manifest import Radiograph
from fracture.examining.copies import find_copies
from fracture.examining.examine import Examined
from fracture.examining.groups import components
from fracture.examining.near import near_pairs
from fracture.examining.thumbnails import Description, describe
from fracture.imaging.decode import decode_grey, read_bytes
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage

Grey = npt.NDArray[np.uint8]
Random = np.random.Generator
SIZES = (4_000, 10_000)


def turned(
    image: Grey, degrees: float, corners: int = 0, shift: tuple[float, float] = (0, 0)
) -> Grey:
    """Return a radiograph turned about its centre and shifted.

    Args:
        image: uint8 (height, width).
        degrees: Any angle.
        corners: Grey of what comes into sight; -1: the border, drawn out.
        shift: To the right and down, as shares of the sides.
    """
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    matrix[:, 2] += shift[0] * width, shift[1] * height
    mode = cv2.BORDER_REPLICATE if corners < 0 else cv2.BORDER_CONSTANT
    made = cv2.warpAffine(
        image, matrix, (width, height), borderMode=mode, borderValue=max(corners, 0)
    )
    return np.asarray(made, np.uint8)


def cropped(image: Grey, random: Random) -> Grey:
    """Return a radiograph without 10 % of its height and of its width, taken where it may be."""
    height, width = image.shape
    top, left = round(random.uniform(0, 0.1) * height), round(random.uniform(0, 0.1) * width)
    return image[top : top + round(0.9 * height), left : left + round(0.9 * width)]


def curved(image: Grey, random: Random) -> Grey:
    """Return a radiograph of another gamma, 0.55 to 0.8 or 1.25 to 1.8."""
    exponent = np.exp(random.choice([-1, 1]) * random.uniform(0.22, 0.59))
    return np.asarray(np.rint(255 * (image / 255) ** exponent), np.uint8)


def encoded(image: Grey, quality: int) -> Grey:
    """Return what JPEG leaves of a radiograph."""
    content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


CHANGES: dict[str, Callable[[Grey, Random], Grey]] = {
    "any angle, black corners": lambda image, random: turned(image, random.uniform(-180, 180), 0),
    "any angle, white corners": lambda image, random: turned(image, random.uniform(-180, 180), 255),
    "any angle, borders drawn out": lambda image, random: turned(
        image, random.uniform(-180, 180), -1
    ),
    "tilt, 1 to 10 degrees": lambda image, random: turned(
        image, random.choice([-1, 1]) * random.uniform(1, 10), 0
    ),
    "crop, 10 %": cropped,
    "shift, up to 10 %": lambda image, random: turned(
        image, 0, int(random.choice([0, -1])), tuple(random.uniform(-0.1, 0.1, 2))
    ),
    "gamma": curved,
    "JPEG, quality 50": lambda image, _: encoded(image, 50),
    "flip": lambda image, random: image[:, ::-1] if random.integers(2) else image[::-1],
    "quarter turn": lambda image, random: np.rot90(image, int(random.integers(1, 4))),
    "half the size": lambda image, _: np.asarray(
        cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8
    ),
}
TWO = "two of these"


def load(path: Path) -> Grey:
    """Return a radiograph, one that was cut short as far as it goes."""
    content = read_bytes(path)
    try:
        return decode_grey(content)
    except UnreadableImage:
        return decode_grey(content, truncated=True)


def plant(item: tuple[int, Path]) -> list[tuple[str, Description]]:
    """Return the descriptions of a radiograph and of its two copies, each with what was done."""
    number, path = item
    random = np.random.default_rng(number)
    image, ways = load(path), list(CHANGES)
    once = ways[number % len(ways)]
    first, second = random.choice(ways, 2, replace=False)
    twice = CHANGES[second](CHANGES[first](image, random), random)
    copies = {once: CHANGES[once](image, random), TWO: twice}
    described = [("", describe(image))]
    return described + [(way, describe(encoded(np.ascontiguousarray(copy), 90)))
                        for way, copy in copies.items()]  # fmt: skip


def distinct(paths: Sequence[Path], count: int) -> list[Path]:
    """Return whole files of which no copy is found, spread evenly."""
    described = list(in_threads(lambda path: describe(load(path)), paths, "describing"))
    pairs = near_pairs(described)
    copied = {position for first, second, _ in pairs for position in (first, second)}
    alone = [
        path
        for position, (path, each) in enumerate(zip(paths, described, strict=True))
        if position not in copied and each.rows == len(each.thumbnail)
    ]
    chosen = np.linspace(0, len(alone) - 1, min(count, len(alone))).round().astype(int)
    return [alone[position] for position in chosen]


def report_copies(paths: Sequence[Path]) -> Iterator[str]:
    """Yield a table of the copies found by what was done, and how many others were joined."""
    rows = [
        (number, way, description)
        for number, made in enumerate(in_threads(plant, list(enumerate(paths)), "planting"))
        for way, description in made
    ]
    pairs = near_pairs([description for _, _, description in rows])
    exposure = list(range(len(rows)))
    for members in components((first, second) for first, second, _ in pairs):
        for member in members:
            exposure[member] = min(members)
    original = {number: place for place, (number, way, _) in enumerate(rows) if not way}
    planted = Counter(way for _, way, _ in rows if way)
    right = Counter(
        way
        for place, (number, way, _) in enumerate(rows)
        if way and exposure[place] == exposure[original[number]]
    )
    table = [[way, right[way], count, right[way] / count] for way, count in planted.items()]
    table.append(["all", right.total(), planted.total(), right.total() / planted.total()])
    columns = ["change", "found", "of", "share"]
    yield tabulate(table, columns, tablefmt="github", floatfmt=".1%")
    false = sum(rows[first][0] != rows[second][0] for first, second, _ in pairs)
    yield f"pairs of different radiographs among {len(paths)} and their copies: {false}"


def report_names(paths: Sequence[Path]) -> str:
    """Return how many different radiographs are joined if their names say that they are copies."""
    ends = ["", " (1)", "_aug1", "-rotated1", " - Copy"]
    examined = [
        Examined(
            Radiograph(
                f"{number:04}", f"{number // len(ends)}{ends[number % len(ends)]}.jpg", True, "",
                sha256=f"{number}", pixels_sha256=f"{number}",
            ),
            (),
            describe(load(path)),
        )
        for number, path in enumerate(paths)
    ]  # fmt: skip
    pairs, notes = find_copies(examined)
    return f"joined by misleading names: {len(pairs)} pairs; noted: {', '.join(map(str, notes))}"


def report_speed(paths: Sequence[Path], count: int) -> str:
    """Return how long so many files take, and in what memory."""
    parts = math.ceil(count / len(paths))
    chosen = paths[: math.ceil(count / parts)]
    start = time.perf_counter()
    made = in_threads(partial(cut, parts=parts), chosen, "describing")
    described = list(chain.from_iterable(made))[:count]
    middle = time.perf_counter()
    pairs = near_pairs(described)
    end = time.perf_counter()
    return (
        f"{len(described)} radiographs: {middle - start:.0f} s to decode and describe, "
        f"{end - middle:.0f} s to compare ({len(pairs)} pairs); peak memory {peak_memory()} MiB"
    )


def cut(path: Path, parts: int) -> list[Description]:
    """Return the descriptions of a radiograph and of up to three halves of it."""
    image = load(path)
    height, width = image.shape
    halves = [image, image[: height // 2], image[height // 2 :], image[:, : width // 2]]
    return [describe(np.ascontiguousarray(part)) for part in halves[:parts]]


def main() -> None:
    """Plant, search, measure."""
    parser = parser_of("planted_copies", __doc__)
    parser.add_argument("fracatlas", type=Path, help="the folder of FracAtlas")
    parser.add_argument("--count", type=int, default=1000, help="distinct radiographs (1000)")
    arguments = parser.parse_args()
    paths = sorted(arguments.fracatlas.glob("images/*/*.jpg"))
    print(describe_machine())
    chosen = distinct(paths, arguments.count)
    print(*report_copies(chosen), sep="\n", flush=True)
    print(report_names(chosen[:500]), flush=True)
    for size in SIZES:
        print(report_speed(paths, size), flush=True)


if __name__ == "__main__":
    main()
