"""Entries of params.yaml that may read a folder, each with the reasons for every choice."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from fracture.artifacts import splits
from fracture.artifacts.raw import data_root
from fracture.params.datasets import DATASETS, folder_key
from fracture.params.section import value_at
from tools.look.columns import Candidate, boxes, candidates, labels
from tools.look.seen import Seen, TableSeen
from tools.look.words import NOTHING_GIVEN, Given

MURA = re.compile(r"(?P<root>(.*/)?)(train|valid)/XR_[A-Z]+/patient\d+/study\d+_(posi|nega)tive/.+")
FRACATLAS = {"image_id", "fractured", "fracture_count", "hardware", "multiscan"}
GRAZ = {"filestem", "patient_id", "study_number", "fracture_visible"}
FEWEST_NAMED = 0.1  # of the images, by the column that names the files
MANY_SHARED = 0.1  # of the study ids: from here on they begin again with each patient


@dataclass(frozen=True)
class Proposal:
    """An entry of params.yaml.

    Attributes:
        dataset: A key of `datasets`.
        section: Its entry.
        reasons: A line for each choice: what was chosen, why, and what else there was.
        stands: Whether params.yaml has it already.
    """

    dataset: str
    section: dict[str, Any]
    reasons: tuple[str, ...]
    stands: bool = False


def propose(seen: Seen, given: Given = NOTHING_GIVEN) -> list[Proposal]:
    """Return the entries that may read a folder; known data sets come before tables and folders.

    Args:
        seen: The folder.
        given: What the user says of labels and names of folders.
    """
    known = [detect(seen) for detect in (_fracatlas, _mura, _grazpedwri)]
    if any(known):
        return [proposal for proposal in known if proposal]
    tables = [proposal for table in seen.tables if (proposal := _table(seen, table, given))]
    return [*tables, *filter(None, [_class_folders(seen, given)])]


def present(seen: Seen, parameters: dict[str, Any]) -> list[Proposal]:
    """Return the entries of params.yaml whose root is a folder, the data set that is chosen first.

    Args:
        seen: The folder.
        parameters: params.yaml.
    """
    here = seen.root.resolve()
    sections = value_at(parameters, "datasets")
    roots = {
        name: section.get("root")
        for name, section in sections.items()
        if name in DATASETS and isinstance(section, dict)
    }
    names = [
        name
        for name, root in roots.items()
        if isinstance(root, str) and data_root(root).resolve() == here
    ]
    names.sort(key=lambda name: name != parameters.get("dataset"))
    return [
        Proposal(name, sections[name], _named(seen, sections[name]), stands=True) for name in names
    ]


def _named(seen: Seen, section: dict[str, Any]) -> tuple[str, ...]:
    """Return which images the column of files names, where an entry has a table."""
    columns = section.get("columns")
    where = (section.get("labels"), section.get("sheet"))
    tables = [table for table in seen.tables if (table.path, table.sheet) == where]
    if not tables or not isinstance(columns, dict):
        return ()
    found = candidates(tables[0], seen)["file"]
    return tuple(
        f"file is {one.column}: {one.why}" for one in found if one.column == columns.get("file")
    )


def _at(root: Path, path: str) -> str:
    """Return a folder as params.yaml names it: relative where it lies in the working directory."""
    folder = (root / path).resolve()
    here = Path.cwd().resolve()
    return folder.relative_to(here).as_posix() if folder.is_relative_to(here) else str(folder)


def _fracatlas(seen: Seen) -> Proposal | None:
    for table in seen.tables:
        if {*table.columns} >= FRACATLAS:
            root = _at(seen.root, str(PurePosixPath(table.path).parent))
            return Proposal(
                "fracatlas", {"root": root}, (f"{table.path} has the columns of FracAtlas",)
            )
    return None


def _mura(seen: Seen) -> Proposal | None:
    roots = Counter(match["root"] for path in seen.paths if (match := MURA.fullmatch(path)))
    if not roots:
        return None
    (root, count), *others = roots.most_common()
    why = f"{count} images lie as in MURA: train|valid/XR_.../patient.../study..._positive|negative"
    if others:
        why += f"; so do others in {', '.join(name for name, _ in others)}: look there too"
    return Proposal("mura", {"root": _at(seen.root, root)}, (why,))


def _grazpedwri(seen: Seen) -> Proposal | None:
    tables = [table.path for table in seen.tables if {*table.columns} >= GRAZ]
    if not tables:
        return None
    why = f"{tables[0]} has the columns of GRAZPEDWRI-DX's index"
    return Proposal("grazpedwri", {"root": _at(seen.root, "")}, (why,))


def likeliest(found: list[Candidate], kind: str) -> Candidate | None:
    """Return the first candidate; None where its name and its content say too little."""
    least = {"file": FEWEST_NAMED}.get(kind, 0)
    return found[0] if found and found[0].score > least else None


def _table(seen: Seen, table: TableSeen, given: Given) -> Proposal | None:
    found = candidates(table, seen, given)
    if not likeliest(found["file"], "file"):
        return None
    taken: set[str] = set()
    chosen: dict[str, str | None] = {}
    reasons = []
    for kind, maybe in found.items():
        free = [candidate for candidate in maybe if candidate.column not in taken]
        best = likeliest(free, kind)
        chosen[kind] = best.column if best else None
        if best is None:
            continue
        taken.add(best.column)
        others = [f"{one.column}: {one.why}" for one in free[1:] if one.score > 0]
        instead = f"; instead of it perhaps {'; '.join(others)}" if others else ""
        reasons.append(f"{kind} is {best.column}: {best.why}{instead}")
    if chosen["label"] is None:
        return None
    entry, why = boxes(table)
    if entry or why:
        reasons.append(
            f"boxes are {', '.join(entry.values()) if isinstance(entry, dict) else entry}: {why}"
        )
    dicom = len(seen.headers) == len(seen.images)
    if nothing := [kind for kind, column in chosen.items() if column is None]:
        reasons.append(
            f"no column found for {', '.join(nothing)}"
            + (": DICOM headers tell, except for part" if seen.headers else "")
        )
    rest = [name for name in table.columns if name not in taken and name not in _columns_of(entry)]
    if rest:
        reasons.append(
            f"not used: {', '.join(rest)}; columns.further makes targets of such columns, "
            "columns.flags makes flags of those that say yes or no"
        )
    studies, reason = _studies(table, chosen)
    private, secret = _private(seen, chosen)
    positive, negative, _ = labels((row[chosen["label"]] for row in table.rows), given)
    section: dict[str, Any] = {
        "root": _at(seen.root, ""),
        "labels": table.path,
        "sheet": table.sheet,
        "columns": {
            "file": chosen["file"],
            "label": chosen["label"],
            **{kind: chosen[kind] for kind in ("patient", "study", "body_part", "view", "part")},
            **{kind: chosen[kind] for kind in ("age", "sex")},
            "boxes": entry,
            "further": [],
            "flags": [],
        },
        "studies": studies,
        "positive": [*positive],
        "negative": [*negative],
        "private": private,
    }
    return Proposal(
        "dicom" if dicom else "table", section, (*reasons, *filter(None, [reason]), secret)
    )


def _columns_of(entry: str | dict[str, str] | None) -> set[str]:
    return {*entry.values()} if isinstance(entry, dict) else {entry or ""}


def _studies(table: TableSeen, chosen: dict[str, str | None]) -> tuple[str, str]:
    patient, study = chosen["patient"], chosen["study"]
    if not patient or not study:
        return "unique", ""
    pairs = {(row[study], row[patient]) for row in table.rows if row[study] and row[patient]}
    patients = Counter(name for name, _ in pairs)
    shared = sum(count > 1 for count in patients.values())
    if not shared:
        return "unique", "studies are unique: each stands with one patient"
    why = f"{shared} of {len(patients)} study ids stand with several patients"
    if shared > MANY_SHARED * len(patients):
        return "within_patient", f"studies are within_patient: {why}, so they begin again with each"
    return "unique", f"studies are unique, but {why}: their patients are kept together"


def _private(seen: Seen, chosen: dict[str, str | None]) -> tuple[bool, str]:
    told = [kind for kind in ("patient", "study") if chosen[kind]]
    if seen.headers:
        return True, "private is true: headers of DICOM files tell whose the radiographs are"
    if told:
        return True, (
            f"private is true: the table has ids of {' and '.join(told)}; set it to false where "
            "they are public, and no salt is needed"
        )
    return False, "private is false: neither table nor headers tell whose the radiographs are"


def _class_folders(seen: Seen, given: Given) -> Proposal | None:
    counts: Counter[str] = Counter()
    for path in seen.paths:
        counts.update({*PurePosixPath(path).parts[:-1]})
    shipped = {name for name in counts if folder_key(name) in splits.NAMES}
    meant = {name: given.meaning(name) for name in counts if name not in shipped}
    positive = sorted(name for name, fractured in meant.items() if fractured)
    negative = sorted(name for name, fractured in meant.items() if fractured is False)
    if not positive or not negative:
        return None
    named = ", ".join(f"{name}/ ({counts[name]})" for name in positive)
    others = ", ".join(f"{name}/ ({counts[name]})" for name in negative)
    reasons = [f"folders of fractured radiographs are {named}; of others {others}"]
    if any(name.isdecimal() for name in positive):
        reasons.append("the names are numbers: 1 is taken for fractured; look at the pictures")
    if strange := sorted(name for name, fractured in meant.items() if fractured is None):
        reasons.append(
            f"what {', '.join(f'{name}/' for name in strange)} means is not known: unless all "
            "images lie in such a folder, those in it are left out"
        )
    if shipped:
        reasons.append(
            f"{', '.join(f'{name}/' for name in sorted(shipped))} are parts of a split: it is "
            "drawn anew by group, unless split.shipped names class_folders"
        )
    section = {
        "root": _at(seen.root, ""),
        "body_part": "unknown",
        "positive": positive,
        "negative": negative,
    }
    return Proposal("class_folders", section, tuple(reasons))
