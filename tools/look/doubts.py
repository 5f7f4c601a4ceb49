"""What stands in the way of reading a folder, and the command that says what is not known."""

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from fracture.artifacts import splits
from fracture.params.datasets import folder_key
from tools.look.columns import Candidate, candidates, untold
from tools.look.proposals import Proposal, likeliest
from tools.look.seen import Seen, TableSeen, tables_above
from tools.look.words import NOTHING_GIVEN, Given, says_fracture

MOST_WORDS = 6  # labels or folders in a line


def doubts(seen: Seen, proposals: Sequence[Proposal], given: Given = NOTHING_GIVEN) -> list[str]:
    """Return what stands in the way of reading a folder, in lines for people.

    Args:
        seen: The folder.
        proposals: Entries that may read it all the same.
        given: What the user says of labels and names of folders.
    """
    if not seen.images:
        return ["no image was found: nothing can be read"]
    lines = []
    texts = [PurePosixPath(file.path) for file in seen.others if file.path.endswith(".txt")]
    yolo = any("labels" in path.parts for path in texts)
    if not proposals and yolo:
        lines.append(
            "this is laid out as for YOLO: its text files hold boxes of numbered classes. They do "
            "not tell which class is a fracture, nor whether a radiograph without boxes has none: "
            "write a table of file and label, or sort the images into two class folders"
        )
    if not proposals and seen.headers:
        lines.append(
            "DICOM files tell patient, study, body part, view, age and sex, but no label: a table "
            "or class folders must"
        )
    used = {proposal.section.get("labels") for proposal in proposals}
    if all(proposal.dataset in {"table", "dicom", "class_folders"} for proposal in proposals):
        unused = [table for table in seen.tables if table.path not in used]
        found = [(table, candidates(table, seen, given)) for table in unused]
        lines += [line for table, maybe in found if (line := _lacking(table, maybe, seen, given))]
    if not proposals:
        lines += _above(seen)
        lines += [] if seen.tables or yolo else _folders(seen, given)
    return lines


def _lacking(
    table: TableSeen, found: Mapping[str, list[Candidate]], seen: Seen, given: Given
) -> str:
    """Return why a table cannot be used; empty where it can."""
    lines = []
    command = ""
    named = likeliest(found["file"], "file") is not None
    if not named:
        lines.append("no column names the images (by paths, names or SOPInstanceUIDs)")
    if not likeliest(found["label"], "label"):
        maybe = "; ".join(f"{one.column}: {one.why}" for one in found["label"])
        unknown = {column: words for column in table.columns if (words := untold(table, column))}
        if maybe:
            lines.append(f"no column is clearly the label (perhaps {maybe})")
        elif unknown:
            held = "; ".join(f"{column} holds {_shown(words)}" for column, words in unknown.items())
            lines.append(f"{held}, and which of these mean fractured is not known")
            command = _say_it(seen.root, sum(unknown.values(), Counter()), given) if named else ""
        else:
            lines.append(
                "no column is clearly the label (expected such as `fractured`, with 1 and 0)"
            )
    return f"table {table.name}: {' and '.join(lines)}{command}" if lines else ""


def _above(seen: Seen) -> list[str]:
    """Return which table beside the folder names its images: the folder above is meant."""
    above = seen.root.resolve().parent
    for table in tables_above(seen):
        file = likeliest(candidates(table, seen)["file"], "file")
        if file:
            command = f"python -m tools.look {shlex.quote(str(above))}"
            return [f"{above / table.path} {file.why}: look into the folder of both: {command}"]
    return []


def _folders(seen: Seen, given: Given) -> list[str]:
    """Return the folders that hold images, where they may be those of classes."""
    names = Counter(PurePosixPath(path).parent.name for path in seen.paths)
    for name in [*names]:
        if not name or folder_key(name) in splits.NAMES:
            del names[name]
    if not 1 < len(names) <= MOST_WORDS:
        return []
    held = f"the images lie in the folders {_shown(names)}, and which of these hold fractured"
    return [f"{held} radiographs is not known{_say_it(seen.root, names, given)}"]


def _shown(words: Mapping[str, int]) -> str:
    ordered = Counter(words).most_common(MOST_WORDS)
    return ", ".join(f"{word or 'nothing'} ({count})" for word, count in ordered)


def _say_it(root: Path, words: Counter[str], given: Given) -> str:
    """Return the command that says what words mean, each on the side where it may belong.

    What is not known goes to the side that would be empty; of two such words the more frequent
    one means not fractured. A doubtful fracture is on neither side.
    """
    sides: dict[bool, list[str]] = {True: [], False: []}
    unknown = []
    for word, _ in Counter(words).most_common(MOST_WORDS):
        meant = given.meaning(word)
        if meant is not None:
            sides[meant].append(word)
        elif word and not says_fracture(word):
            unknown.append(word)
    if not sides[True] and not sides[False]:
        sides[False], unknown = unknown[:1], unknown[1:]
    sides[not sides[True]] += unknown
    options = [
        f"{option} {' '.join(shlex.quote(word) for word in side)}"
        for option, side in (("--positive", sides[True]), ("--negative", sides[False]))
        if side
    ]
    command = " ".join(["python -m tools.look", shlex.quote(str(root)), "--write", *options])
    strangers = given.strangers(words)
    absent = f" ({', '.join(strangers)} is not among them)" if strangers else ""
    how = "each word on its side, what is neither on none"
    return f"{absent}: say it, {how}, such as\n\n  {command}\n"
