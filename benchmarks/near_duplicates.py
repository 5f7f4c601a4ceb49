"""Which near-duplicates are found: FracAtlas' own, planted copies, and how long a crowd takes.

`python -m benchmarks.near_duplicates data/raw/FracAtlas` first groups what FracAtlas holds, cut
files decoded as far as they go. Then radiographs without a known duplicate are copied in each way
of `COPIES`: how many copies are found, and how often different radiographs are taken for one. Last,
seconds and memory: for files, decoding included, and for a crowd of different cuts from them, some
of which are planted again.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr
from functools import partial
from io import StringIO
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import DisjointSet

from benchmarks.machine import MEBIBYTE, peak_memory
from fracture.examining.near import near_pairs
from fracture.examining.thumbnails import Description, describe
from fracture.imaging.decode import decode_grey, read_bytes
from fracture.imaging.letterbox import fit, pad
from fracture.imaging.threads import in_threads
from fracture.imaging.unreadable import UnreadableImage

Grey = npt.NDArray[np.uint8]
Item = TypeVar("Item")
Result = TypeVar("Result")

SMALL = [373, 454]  # pixels: the sides of most of FracAtlas
FILES, CROWD, PLANTED = 4_000, 40_000, 400


class File(NamedTuple):
    """One radiograph of FracAtlas."""

    path: Path
    description: Description
    shape: tuple[int, ...]
    pixels: bytes
    whole: bool


def turn(image: Grey, way: int) -> Grey:
    """Return one of the eight flips and rotations; way 0 changes nothing."""
    transposed, quarters = divmod(way, 4)
    turned = np.rot90(image, quarters)
    return np.ascontiguousarray(turned.T if transposed else turned)


def encode(image: Grey, quality: int) -> Grey:
    """Return what JPEG leaves of a radiograph."""
    content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


def resize(image: Grey, factor: float) -> Grey:
    """Return a radiograph smaller or larger by a factor."""
    return fit(image, round(factor * max(image.shape)))


def letterbox(image: Grey, size: int) -> Grey:
    """Return a radiograph in the middle of a black square."""
    return pad(fit(image, size), size)


def lighten(image: Grey, contrast: float, brightness: float) -> Grey:
    """Return a radiograph with other contrast and brightness."""
    return np.asarray(cv2.convertScaleAbs(image, alpha=contrast, beta=brightness), np.uint8)


def tilt(
    image: Grey, degrees: float, scale: float = 1, shift: tuple[float, float] = (0, 0)
) -> Grey:
    """Return a radiograph turned about its centre, enlarged and shifted by shares of its sides."""
    height, width = image.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, scale)
    matrix[:, 2] += shift[0] * width, shift[1] * height
    return np.asarray(cv2.warpAffine(image, matrix, (width, height)), np.uint8)


def crop(image: Grey, share: float) -> Grey:
    """Return a radiograph without a share of each side, half of it at either end."""
    top, left = (round(side * share / 2) for side in image.shape)
    return np.ascontiguousarray(image[top : len(image) - top, left : image.shape[1] - left])


COPIES: dict[str, Callable[[Grey], Grey]] = {
    **{f"turned, way {way}": partial(turn, way=way) for way in range(1, 8)},
    "JPEG quality 60": lambda image: encode(image, 60),
    "half size": lambda image: resize(image, 0.5),
    "double size": lambda image: resize(image, 2),
    "letterbox 224": lambda image: letterbox(image, 224),
    "letterbox 224, quality 60": lambda image: encode(letterbox(image, 224), 60),
    "letterbox 512, quality 60": lambda image: encode(letterbox(image, 512), 60),
    "stretched to 224 x 224": lambda image: np.asarray(
        cv2.resize(image, (224, 224), interpolation=cv2.INTER_AREA), np.uint8
    ),
    "turned, quality 60, half size": lambda image: resize(encode(turn(image, 1), 60), 0.5),
    "turned, half size, quality 60": lambda image: encode(resize(turn(image, 6), 0.5), 60),
    "flipped, letterbox 224, quality 60": lambda image: encode(letterbox(turn(image, 5), 224), 60),
    "contrast + 15 %, brightness + 10": lambda image: lighten(image, 1.15, 10),
    "contrast - 15 %": lambda image: lighten(image, 0.85, 0),
}
BONUS: dict[str, Callable[[Grey], Grey]] = {
    **{f"tilted by {d} degrees": partial(tilt, degrees=d) for d in (1, 2, 5, 10)},
    **{f"cropped by {100 * s:.0f} %": partial(crop, share=s) for s in (0.01, 0.02, 0.05)},
}


def load(path: Path) -> tuple[Grey, bool]:
    """Return a radiograph and whether its file is whole."""
    content = read_bytes(path)
    try:
        return decode_grey(content), True
    except UnreadableImage:
        return decode_grey(content, truncated=True), False


def take(path: Path) -> File:
    """Return what is needed of a file."""
    image, whole = load(path)
    return File(path, describe(image), image.shape, image.tobytes()[::97], whole)


def groups(count: int, pairs: Sequence[tuple[int, int, float]]) -> list[list[int]]:
    """Return the groups, of two or more, that pairs make among `count` radiographs."""
    joined = DisjointSet(range(count))
    for first, second, _ in pairs:
        joined.merge(first, second)
    return [sorted(group) for group in joined.subsets() if len(group) > 1]


def report_groups(files: Sequence[File], found: Sequence[Sequence[int]]) -> Iterator[str]:
    """Yield how many groups there are and of what kind, and those of opposite labels."""
    members = [[files[position] for position in group] for group in found]
    opposite = [group for group in members if len({file.path.parent.name for file in group}) > 1]
    identical = sum(len({(f.shape, f.pixels) for f in group}) == 1 for group in members)
    cut = sum(not all(file.whole for file in group) for group in members)
    yield f"{len(files)} files: {len(members)} groups, {identical} of them of identical pixels,"
    yield f"{cut} with a file that is cut short, {len(opposite)} of opposite labels:"
    yield from (
        "  " + ", ".join(f"{file.path.stem} ({file.path.parent.name})" for file in group)
        for group in opposite
    )


def describe_copies(path: Path) -> dict[str, Description]:
    """Return the descriptions of a file's copies."""
    image, _ = load(path)
    return {name: describe(copy(image)) for name, copy in (COPIES | BONUS).items()}


def report_copies(
    originals: Sequence[Description], copies: Mapping[str, Sequence[Description]]
) -> Iterator[str]:
    """Yield, for each way of copying, how many copies are found and how many false pairs."""
    n = len(originals)
    yield f"{'of ' + str(n) + ' radiographs':36}{'found':>8}{'false pairs':>13}{'lowest':>9}"
    for name, described in {"themselves": (), **copies}.items():
        pairs = near_pairs([*originals, *described])
        right = [correlation for i, j, correlation in pairs if j == i + n]
        false = sum(j % n != i for i, j, _ in pairs)
        share = f"{len(right) / n:.1%}" if described else ""
        lowest = f"{min(right):.3f}" if right else ""
        yield f"  {name:34}{share:>8}{false:13}{lowest:>9}"


def cut(number: int, paths: Sequence[Path]) -> tuple[Description, Description | None]:
    """Return a tilted part of a radiograph, and of the first ones a copy too."""
    random = np.random.default_rng(number)
    image, _ = load(paths[number % len(paths)])
    shift = random.uniform(-0.12, 0.12), random.uniform(-0.12, 0.12)
    part = tilt(image, random.uniform(-25, 25), random.uniform(1.05, 1.5), shift)
    planted = encode(turn(part, number % 8), 60) if number < PLANTED else None
    return describe(part), None if planted is None else describe(planted)


def time_files(paths: Sequence[Path]) -> Iterator[str]:
    """Yield how long the files take."""
    start = clock()
    files = quietly(take, list(islice(cycle(paths), FILES)))
    described = clock()
    near_pairs([file.description for file in files])
    yield f"{FILES} files: to decode and describe {spent(start, described)}, "
    yield f"  to compare {spent(described, clock())}"


def time_crowd(paths: Sequence[Path]) -> Iterator[str]:
    """Yield how long the crowd takes, in what memory, and whether the planted are found."""
    parts = quietly(partial(cut, paths=paths), range(CROWD - PLANTED))
    crowd = [part for part, _ in parts] + [copy for _, copy in parts if copy]
    held = sum(description.thumbnails.nbytes for description in crowd) / MEBIBYTE**2
    before, start = peak_memory(), clock()
    pairs = near_pairs(crowd)
    drawn = CROWD - PLANTED
    right = sum(j == i + drawn for i, j, _ in pairs)
    false = sum((i - j % drawn) % len(paths) != 0 for i, j, _ in pairs)
    yield f"crowd of {CROWD}, {held:.0f} MiB of thumbnails: to compare {spent(start, clock())},"
    yield f"  peak memory {before} MiB before, {peak_memory()} MiB after,"
    yield f"  {right} of {PLANTED} planted copies found, {false} pairs of different radiographs,"
    yield f"  {len(pairs) - right - false} pairs of much the same part of one"


def clock() -> tuple[float, float]:
    """Return the time that has passed and the processor time of all threads, seconds."""
    return time.perf_counter(), time.process_time()


def spent(start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return the seconds between two readings of the clock."""
    return f"{end[0] - start[0]:.1f} s ({end[1] - start[1]:.1f} s of processor time)"


def quietly(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """Return the result of each item, made in threads, without a progress bar."""
    with redirect_stderr(StringIO()):
        return list(in_threads(work, items, ""))


def main(folder: Path, copied: int, parts: Sequence[str]) -> None:
    """Print the parts of the report that are asked for."""
    files = quietly(take, sorted(folder.rglob("*.jpg")))
    found = groups(len(files), near_pairs([file.description for file in files]))
    if "groups" in parts:
        print(*report_groups(files, found), sep="\n", flush=True)
    grouped = {position for group in found for position in group}
    single = [file for n, file in enumerate(files) if n not in grouped and file.whole]
    if "copies" in parts:
        chosen = np.random.default_rng(0).permutation(len(single))[:copied]
        originals = [single[position] for position in chosen]
        made = quietly(describe_copies, [file.path for file in originals])
        copies = {name: [copy[name] for copy in made] for name in COPIES | BONUS}
        described = [file.description for file in originals]
        print(*report_copies(described, copies), sep="\n", flush=True)
    small = [file.path for file in single if sorted(file.shape) == SMALL]
    if "speed" in parts:
        print(*time_files(small), *time_crowd(small), sep="\n", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.near_duplicates",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    choices = ["groups", "copies", "speed"]
    parser.add_argument("folder", type=Path, help="FracAtlas")
    parser.add_argument("--copied", type=int, default=1_000, help="radiographs (1000)")
    parser.add_argument("--parts", nargs="+", choices=choices, default=choices, help="(all)")
    main(**vars(parser.parse_args()))
