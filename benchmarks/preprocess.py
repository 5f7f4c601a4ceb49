"""How fast radiographs are packed, against a plain OpenCV loop and the bare decode; in what memory.

`python -m benchmarks.preprocess data/raw/FracAtlas` takes FracAtlas' own files of two sizes;
without a folder they are drawn. The ways take turns, so that a busy machine slows all of them. A
core's rate counts the processor time of all threads, so that it does not depend on free cores.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr
from dataclasses import dataclass, replace
from hashlib import sha256
from io import StringIO
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import in_fresh_process, peak_memory
from fracture.artifacts import arrays
from fracture.artifacts.manifest import Radiograph
from fracture.console import PipelineError
from fracture.imaging.decode import FORMATS, decode_grey, read_bytes
from fracture.imaging.letterbox import fit, pad
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage
from fracture.imaging.variant import View, render, tabulate_parts

Files = Sequence[Radiograph]
Rates = list[tuple[float, float]]

COUNTS = (1_000, 10_000)
DRAWN = 20  # radiographs of a case


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


def pack(files: Files, size: int) -> None:
    """Do what the preprocess stage does: read, check, decode, shrink, pad, write."""
    with TemporaryDirectory() as folder:
        table = tabulate_parts(files, {file.id: "train" for file in files}, size)
        packed = (image for (image,) in render(files, Path(), [View(size, ())]))
        arrays.write(Path(folder) / "packed.h5", table, size, packed)


def plain_loop(files: Files, size: int) -> None:
    """Fill an array with OpenCV on one core; no check, cut files decode to something."""
    packed = np.zeros((len(files), size, size, 1), np.uint8)
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    for row, file in enumerate(files):
        grey = np.asarray(cv2.imread(file.path, cv2.IMREAD_GRAYSCALE), np.uint8)
        packed[row, :, :, 0] = pad(fit(grey, size), size)
    cv2.setNumThreads(threads)


def opencv_decode(files: Files, size: int) -> None:  # noqa: ARG001 - as the other ways
    """Decode with OpenCV as grey, in threads, and nothing else."""
    for _ in in_threads(lambda file: cv2.imread(file.path, cv2.IMREAD_GRAYSCALE), files, ""):
        pass


def pillow_decode(files: Files, size: int) -> None:  # noqa: ARG001 - as the other ways
    """Decode with Pillow, colour where the file holds colour, in threads, and nothing else."""
    for _ in in_threads(lambda file: Image.open(file.path).load(), files, ""):
        pass


WAYS: dict[str, Callable[[Files, int], None]] = {
    "packing": pack,
    "plain OpenCV loop": plain_loop,
    "bare OpenCV decode": opencv_decode,
    "bare Pillow decode": pillow_decode,
}


def measure(files: Files, size: int, repeats: int) -> dict[str, Rates]:
    """Return each way's radiographs a second, altogether and a core, one pair for each repeat."""
    rates: dict[str, Rates] = {name: [] for name in WAYS}
    for repeat in range(repeats + 1):
        for name, way in WAYS.items():
            wall, cores = time.perf_counter(), time.process_time()
            with redirect_stderr(StringIO()):  # progress bars
                way(files, size)
            wall, cores = time.perf_counter() - wall, time.process_time() - cores
            if repeat:  # the first reads the files into the system's cache
                rates[name].append((len(files) / wall, len(files) / cores))
    return rates


def lines(rates: dict[str, Rates]) -> Iterator[str]:
    """Yield the median rates of each way, and packing's as a multiple of them."""
    packing = np.array(rates["packing"])
    for name, found in rates.items():
        values = *np.median(found, axis=0), *np.median(packing / found, axis=0)
        yield f"  {name:20}" + "".join(f"{value:18.2f}" for value in values)


def peak_of_packing(files: Files, count: int, size: int) -> int:
    """Return the peak memory of packing `count` radiographs in a process of its own, MiB."""
    return in_fresh_process(_peak, list(islice(cycle(files), count)), size)


def _peak(files: Files, size: int) -> int:
    numbered = [replace(file, id=f"{number:06}") for number, file in enumerate(files)]
    with redirect_stderr(StringIO()):
        pack(numbered, size)
    return peak_memory()


def main(folder: Path | None, size: int, repeats: int) -> None:
    """Print rates and ratios for each case, then the peak memory over the small radiographs."""
    columns = ("radiographs / s", "/ s and core", "packing / this", "the same, / core")
    print(f"{f'{size} pixels':22}" + "".join(f"{name:>18}" for name in columns))
    with TemporaryDirectory() as drawn:
        found = {
            name: collect(folder, case) if folder else draw(Path(drawn), case)
            for name, case in CASES.items()
        }
        for name, files in found.items():
            print(f"{name} ({len(files)} files{'' if folder else ', drawn'})")
            repeated = list(islice(cycle(files), CASES[name].count))
            print(*lines(measure(repeated, size, repeats)), sep="\n", flush=True)
        for count in COUNTS:
            peak = peak_of_packing(found["373 x 454"], count, size)
            print(f"peak memory, {count:6} of 373 x 454: {peak} MiB", flush=True)


if __name__ == "__main__":
    parser = parser_of("preprocess", __doc__)
    parser.add_argument("folder", type=Path, nargs="?", help="FracAtlas; left out: drawn files")
    parser.add_argument("--size", type=int, default=224, help="side of the square, pixels (224)")
    parser.add_argument("--repeats", type=int, default=5, help="of each measurement (5)")
    end_in_a_line(main, **vars(parser.parse_args()))
