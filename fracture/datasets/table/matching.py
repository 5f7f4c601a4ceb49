"""Which rows of a table belong to which file: by its path, the end of its path, or its UID."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from fracture.texts import normalised

EXACT, SHORTER, LONGER = range(3)
"""How well a name fits a path: it is the path, the end of the path, or ends with the path."""


@dataclass(frozen=True)
class Match:
    """Which names of a table belong to which paths.

    Attributes:
        names: The names by the path of the file that they belong to, in order.
        several: Names that fit several files equally well, or a file that others fit as well.
        missing: Names that fit no file.
    """

    names: Mapping[str, tuple[str, ...]]
    several: tuple[str, ...]
    missing: tuple[str, ...]


Parts = tuple[str, ...]
"""A path: its folders, outermost first, then its file."""


@dataclass(frozen=True)
class _Candidate:
    """A file, called with or without its suffix."""

    parts: Parts
    is_stem: bool
    path: str


Index = dict[tuple[bool, Parts], list[_Candidate]]
"""Files by whether it is the whole path, and by the path or an end of it in lower case."""


def match(names: Iterable[str], paths: Iterable[str], uids: Mapping[str, str]) -> Match:
    """Return which names belong to which files.

    A name fits a file if it is its path or the end of its path, or if it ends with its path, as
    absolute paths do; with or without suffix, with any kind of slash, whatever the Unicode form.
    Case is looked at where files differ in nothing else. Where a name fits several files, or where
    longer names that differ fit one file, nothing is guessed.

    Args:
        names: Of the table, each perhaps several times.
        paths: Of the files, relative to the root, with forward slashes.
        uids: The SOPInstanceUID by path of the files that have one; several may have the same.
    """
    ends = _ends(paths)
    files_of_uid = defaultdict(set)
    for path, uid in uids.items():
        files_of_uid[uid].add((EXACT, path))
    fitting: dict[str, list[tuple[int, str]]] = defaultdict(list)
    several: list[str] = []
    missing: list[str] = []
    for text in dict.fromkeys(names):
        files = files_of_uid.get(text, set())
        best = files or _best(_parts(text), ends)
        if not best:
            missing.append(text)
        elif len(best) > 1 and not files:
            several.append(text)
        else:
            for grade, path in best:
                fitting[path].append((grade, text))
    matched: dict[str, tuple[str, ...]] = {}
    for path, graded in fitting.items():
        near = [text for grade, text in graded if grade != LONGER]
        far = [text for grade, text in graded if grade == LONGER]
        if near:
            missing += far  # another file, which is not there
            matched[path] = tuple(near)
        elif len({_loose(_parts(text))[:-1] for text in far}) > 1:
            several += far
        else:
            matched[path] = tuple(far)
    return Match(matched, tuple(several), tuple(missing))


def _ends(paths: Iterable[str]) -> Index:
    """Return files by their path and by each end of it, with and without suffix."""
    ends: Index = defaultdict(list)
    for path in paths:
        *folders, file = _parts(path)
        stem = file.removesuffix(PurePosixPath(file).suffix)
        for called in dict.fromkeys([file, stem]):
            candidate = _Candidate((*folders, called), called != file, path)
            loose = _loose(candidate.parts)
            for start in range(len(loose)):
                ends[start == 0, loose[start:]].append(candidate)
    return ends


def _parts(text: str) -> Parts:
    plain = normalised(text).replace("\\", "/")
    return tuple(part for part in plain.split("/") if part not in {"", "."}) or ("",)


def _loose(parts: Parts) -> Parts:
    return tuple(map(str.casefold, parts))


def _best(name: Parts, ends: Index) -> set[tuple[int, str]]:
    """Return the files that a name fits best, each with how well."""
    loose = _loose(name)
    ways: list[tuple[int, Sequence[_Candidate]]] = [
        (EXACT, ends.get((True, loose), ())),
        (SHORTER, ends.get((False, loose), ())),
    ]
    longer = (ends.get((True, loose[start:]), ()) for start in range(1, len(loose)))
    ways.append((LONGER, next(filter(None, longer), ())))  # of several ends the longest
    fitting: dict[tuple[int, bool, bool], set[str]] = defaultdict(set)
    for grade, candidates in ways:
        for candidate in candidates:
            shared = min(len(name), len(candidate.parts))
            other_case = name[-shared:] != candidate.parts[-shared:]
            fitting[grade, other_case, candidate.is_stem].add(candidate.path)
    if not fitting:
        return set()
    best = min(fitting)
    return {(best[0], path) for path in fitting[best]}
