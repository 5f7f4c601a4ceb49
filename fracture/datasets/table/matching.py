"""Which rows of a table belong to which file: by its path, the end of its path, or its UID."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

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


@dataclass(frozen=True)
class _Name:
    """A path as it is compared: folders and file, each as written and in lower case."""

    folders: tuple[str, ...]
    file: str

    @property
    def loose(self) -> "_Name":
        return _Name(tuple(map(str.casefold, self.folders)), self.file.casefold())


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
    index = _index(paths)
    files_of_uid = defaultdict(set)
    for path, uid in uids.items():
        files_of_uid[uid].add((EXACT, path))
    fitting: dict[str, list[tuple[int, str]]] = defaultdict(list)
    several: list[str] = []
    missing: list[str] = []
    for text in dict.fromkeys(names):
        name = _name(text)
        files = files_of_uid.get(text, set())
        best = files or _best(name, index[name.file.casefold()])
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
        elif len({_name(text).loose.folders for text in far}) > 1:
            several += far
        else:
            matched[path] = tuple(far)
    return Match(matched, tuple(several), tuple(missing))


def _index(paths: Iterable[str]) -> dict[str, list[tuple[_Name, str]]]:
    """Return paths by the lower-case name of their file, with and without suffix."""
    index = defaultdict(list)
    for path in paths:
        name = _name(path)
        stem = name.file.removesuffix(PurePosixPath(name.file).suffix)
        for file in dict.fromkeys([name.file, stem]):
            index[file.casefold()].append((_Name(name.folders, file), path))
    return index


def _name(text: str) -> _Name:
    plain = unicodedata.normalize("NFKC", text).strip().replace("\\", "/")
    *folders, file = [part for part in plain.split("/") if part not in {"", "."}] or [""]
    return _Name(tuple(folders), file)


def _best(name: _Name, candidates: Iterable[tuple[_Name, str]]) -> set[tuple[int, str]]:
    """Return the files that a name fits best, each with how well."""
    fitting: dict[tuple[int, bool], set[str]] = defaultdict(set)
    for candidate, path in candidates:
        grade = _grade(name.loose.folders, candidate.loose.folders)
        if grade is not None:
            ends = min(len(name.folders), len(candidate.folders))
            same = name.file == candidate.file and (
                name.folders[len(name.folders) - ends :]
                == candidate.folders[len(candidate.folders) - ends :]
            )
            fitting[grade, not same].add(path)
    if not fitting:
        return set()
    best = min(fitting)
    return {(best[0], path) for path in fitting[best]}


def _grade(named: tuple[str, ...], folders: tuple[str, ...]) -> int | None:
    if named == folders:
        return EXACT
    if not named or folders[-len(named) :] == named:
        return SHORTER
    if not folders or named[-len(folders) :] == folders:
        return LONGER
    return None
