"""Radiographs whose file names say that one is a copy of another: hints, for pictures decide."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from fracture.artifacts.manifest import Radiograph

# What a tool appends to the name of the original; an original need not be there. At most three
# digits: in 12-aug-2019 it is a month.
MARKS = (
    r"[-_ ]rotated?(?:[-_ ]?\d{1,3})?",  # -rotated1, _rotated, -rotate90
    r"[-_ ]rot[-_ ]?\d{1,3}",  # _rot90
    r"[-_ ]aug(?:mented)?(?:[-_ ]?\d{1,3})?",  # _aug3, -augmented-2
    r"[-_ ][hv]?flip(?:ped)?(?:[-_ ]?\d{1,3})?",  # _flip, _hflip
    r"(?: - |[-_ ])copy(?: ?\(\d+\)| \d{1,3})?",  # _copy, " - Copy", " - Copy (2)", " copy 2"
    r"(?:_(?:jpe?g|png|bmp|tiff?))?\.rf\.[0-9a-z]+",  # Roboflow: hand_jpg.rf.0f3a
)
MARKED = re.compile(rf"(?P<original>.+?)(?:{'|'.join(MARKS)})+")

# Many tools number what are no copies: only where the file without a number exists is it one.
NUMBERED = re.compile(r"(?P<original>.+?) ?\(\d+\)")


def named_copies(radiographs: Iterable[Radiograph]) -> list[tuple[str, str]]:
    """Return the pairs of radiographs whose file names say that one is a copy of the other.

    The original of a copy is the file of that name in the copy's own folder, otherwise one of that
    name anywhere in the data set; copies of one name belong together without it too. Two files
    without a mark are never a pair, though their names be the same in two folders; if both may be
    the original of a copy, it is paired with each. Names often begin again in the other class, and
    a copy keeps its original's label, so radiographs of different labels are never a pair.

    Args:
        radiographs: Each with its path.

    Returns:
        Pairs of ids, sorted: in a family of copies the smallest id with each other.
    """
    by_label: dict[bool, list[Radiograph]] = {True: [], False: []}
    for radiograph in radiographs:
        by_label[radiograph.fractured].append(radiograph)
    return sorted({pair for members in by_label.values() for pair in _pairs(members)})


def _pairs(radiographs: Sequence[Radiograph]) -> Iterator[tuple[str, str]]:
    names = {_stem(radiograph) for radiograph in radiographs}
    families: dict[str, list[Radiograph]] = defaultdict(list)
    for radiograph in radiographs:
        families[_original(_stem(radiograph), names)].append(radiograph)
    for original, family in families.items():
        yield from _pairs_of_family(original, family)


def _stem(radiograph: Radiograph) -> str:
    return PurePosixPath(radiograph.path).stem.lower()


def _original(stem: str, names: set[str]) -> str:
    """Return the name of the original; a name without a mark is its own."""
    while True:
        if marked := MARKED.fullmatch(stem):
            stem = marked["original"]
        elif (numbered := NUMBERED.fullmatch(stem)) and numbered["original"] in names:
            stem = numbered["original"]
        else:
            return stem


def _pairs_of_family(original: str, family: Sequence[Radiograph]) -> Iterator[tuple[str, str]]:
    originals: dict[PurePosixPath, list[str]] = defaultdict(list)  # by folder
    copies: dict[tuple[str, ...], list[str]] = defaultdict(list)  # by their possible originals
    for radiograph in family:
        if _stem(radiograph) == original:
            originals[PurePosixPath(radiograph.path).parent].append(radiograph.id)
    everywhere = [name for names in originals.values() for name in names]
    for radiograph in family:
        if _stem(radiograph) != original:
            beside = originals.get(PurePosixPath(radiograph.path).parent, everywhere)
            copies[tuple(sorted(beside))].append(radiograph.id)
    for possible, names in copies.items():
        if len(possible) == 1:
            yield from _star([*possible, *names])
        else:
            yield from _star(names)
            for name in possible:
                yield from _star([min(names), name])


def _star(ids: Sequence[str]) -> Iterator[tuple[str, str]]:
    first = min(ids)
    return ((first, other) for other in ids if other != first)
