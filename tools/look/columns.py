"""Which column of a table is what: by its name, and by what stands in it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from fracture.datasets.table import cells
from fracture.datasets.table.matching import match
from fracture.params.table import label_key
from fracture.texts import loose, normalised
from tools.look.seen import Seen, TableSeen
from tools.look.words import NOTHING_GIVEN, Given, says_fracture

MOST_LABELS = 30  # distinct texts in a column of labels
GIVEN = 10  # what a word that the user gives counts: more than any name
FEW = 3  # names in a line
FEWEST_FILES = 0.02  # of the images that a column must name to be thought of


@dataclass(frozen=True)
class Candidate:
    """A column that may be what is asked for.

    Attributes:
        column: Its name.
        score: Higher is better.
        why: For people.
    """

    column: str
    score: float
    why: str


@dataclass(frozen=True)
class Names:
    """Names that columns of one kind have, in lower case, without what is no letter or digit.

    Attributes:
        whole: The names themselves.
        within: Texts that other names hold.
    """

    whole: frozenset[str]
    within: tuple[str, ...] = ()

    def score(self, column: str) -> int:
        """Return 2 for one of these names, 1 for one that holds such a text, else 0."""
        key = loose(column)
        return 2 if key in self.whole else int(any(text in key for text in self.within))


def _names(whole: str, within: str = "") -> Names:
    return Names(frozenset(whole.split()), tuple(within.split()))


NAMES = {
    "file": _names(
        "file path image img id uid name bild datei filename filepath imageid imagepath filestem "
        "sopinstanceuid dateiname pfad",
        "file image path datei bild sopinstance",
    ),
    "label": _names(
        "label fractured fracture fracturevisible target class diagnosis finding befund fraktur "
        "result status y outcome gt groundtruth diagnose",
        "fract frakt label befund diagnos class",
    ),
    "part": _names("split part set subset partition datasetsplit fold", "split"),
    "age": _names(
        "age alter patientage ageyears patientsage", "alter patientage ageyears ageinyears"
    ),
    "sex": _names("sex gender geschlecht patientsex patientssex", "sex gender geschlecht"),
    "view": _names("view projection viewposition projektion aufnahme", "view proje"),
    "body_part": _names(
        "bodypart region anatomy bone part bodypartexamined körperregion koerperregion körperteil",
        "bodypart region anatom koerper körper bone",
    ),
    "study": _names(
        "study studyid studyinstanceuid studynumber exam examid accession accessionnumber studie "
        "untersuchung visit",
        "study accession exam studie untersuchung auftrag",
    ),
    "patient": _names(
        "patient patientid pid subject subjectid mrn patid case caseid patientnumber patnr",
        "patient subject",
    ),
}
"""In the order in which columns are taken."""
WHOSE = ("name", "birth", "geburt", "vorname", "date", "datum", "age", "alter", "sex")
"""Texts in names of columns that hold no id of a patient or study."""
CORNERS, EXTENTS = ("left", "top", "right", "bottom"), ("left", "top", "width", "height")
SIDES = {
    CORNERS: CORNERS,
    ("xmin", "ymin", "xmax", "ymax"): CORNERS,
    ("x1", "y1", "x2", "y2"): CORNERS,
    EXTENTS: EXTENTS,
    ("x", "y", "width", "height"): EXTENTS,
    ("x", "y", "w", "h"): EXTENTS,
    ("xmin", "ymin", "width", "height"): EXTENTS,
}
"""What four columns of these names hold."""
BOXES = _names("boxes box bbox bboxes boundingboxes boundingbox")


def candidates(
    table: TableSeen, seen: Seen, given: Given = NOTHING_GIVEN
) -> dict[str, list[Candidate]]:
    """Return for each kind of column those that may be it, the best first.

    Args:
        table: Read from the folder.
        seen: The folder.
        given: What the user says of labels: a column that holds them comes first.
    """
    found: dict[str, list[Candidate]] = {}
    columns = list(dict.fromkeys(table.columns))
    for kind in NAMES:
        tests = [_test(kind, table, column, (seen, given)) for column in columns]
        found[kind] = sorted(filter(None, tests), key=lambda one: -one.score)
        if kind == "file" and found[kind]:
            columns.remove(found[kind][0].column)
    return found


def _test(kind: str, table: TableSeen, column: str, known: tuple[Seen, Given]) -> Candidate | None:
    """Return a column as a candidate; None if its content or its name speaks against it."""
    texts = [normalised(row[column]) for row in table.rows]
    named = NAMES[kind].score(column)
    seen, given = known
    said = [text for text in texts if text.casefold() not in cells.NOTHING]
    if said and kind == "file":
        return _file(column, texts, seen, named)
    if said and kind == "label":
        return _label(column, said, named, given)
    if said and named and kind in READ:
        return _readable(column, said, named, READ[kind])
    if said and named and not any(text in loose(column) for text in WHOSE):
        return _id(column, said, len(texts), named)
    return None


def _file(column: str, texts: Sequence[str], seen: Seen, named: int) -> Candidate | None:
    said = [text for text in texts if text.casefold() not in cells.NOTHING]
    found = match(said, seen.paths, seen.uids)
    share = len(found.names) / max(len(seen.images), 1)
    if share < FEWEST_FILES:
        return None
    why = f"names {len(found.names)} of {len(seen.images)} images"
    if unnamed := [path for path in seen.paths if path not in found.names]:
        why += f" (not {_few(unnamed)})"
    if found.several:
        why += f"; {len(found.several)} of its texts fit several"
    if found.missing:
        # As a spreadsheet counts, whose first row is the header.
        rows = {text: row for row, text in reversed([*enumerate(texts, start=2)])}
        why += f"; {len(found.missing)} fit none"
        why += f" ({_few([f'row {rows[text]}: {text}' for text in found.missing])})"
    return Candidate(column, share + 0.01 * named, why)


def _few(names: Sequence[str]) -> str:
    """Return the first few names, and how many there are beyond those."""
    more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
    return ", ".join(names[:FEW]) + more


def _label(column: str, texts: Iterable[str], named: int, given: Given) -> Candidate | None:
    positive, negative, neither = labels(texts, given)
    if not positive or not negative:
        return None
    words = any(map(says_fracture, [*positive, *negative]))
    if len(positive) + len(negative) + len(neither) > MOST_LABELS:
        return None
    yes, no = (
        ", ".join(f"{text} ({count})" for text, count in part.items())
        for part in (positive, negative)
    )
    why = f"{yes} for fractured, {no} for not"
    if neither:
        why += f"; {sum(neither.values())} rows say neither ({', '.join([*neither][:3])})"
    about = says_fracture(column)
    as_given = sum(map(given.names, [*positive, *negative]))
    return Candidate(column, named + 2 * words + 2 * about + GIVEN * as_given, why)


def labels(
    texts: Iterable[str], given: Given = NOTHING_GIVEN
) -> tuple[Counter[str], Counter[str], Counter[str]]:
    """Return how often labels stand there that mean fractured, not fractured, and neither.

    Args:
        texts: Cells of a column.
        given: What the user says of them.
    """
    parts: dict[bool | None, Counter[str]] = defaultdict(Counter)
    shown: dict[str, str] = {}
    for text in texts:
        first = shown.setdefault(label_key(text), text)
        parts[given.meaning(first)][first] += 1
    return parts[True], parts[False], parts[None]


def untold(table: TableSeen, column: str) -> Counter[str]:
    """Return what a column holds whose name is that of labels; nothing for any other, or too many.

    Args:
        table: Read from the folder.
        column: One of its columns.
    """
    counts = Counter(normalised(row[column]) for row in table.rows)
    fits = NAMES["label"].score(column) and len(counts) <= MOST_LABELS
    return counts if fits else Counter()


def _readable(
    column: str, texts: list[str], named: int, read: Callable[[str], object]
) -> Candidate | None:
    understood = 0
    values = Counter[object]()
    for text in texts:
        try:
            value = read(text)
        except ValueError:
            continue
        understood += 1
        values[value] += 1
    if understood < len(texts) or not any(value not in {"", None} for value in values):
        return None
    shown = ", ".join(str(value) for value, _ in values.most_common(4) if value not in {"", None})
    return Candidate(column, named, f"{understood} rows can be read, such as {shown}")


READ: dict[str, Callable[[str], object]] = {
    "part": cells.read_part,
    "age": cells.read_age,
    "sex": cells.read_sex,
    "view": partial(cells.read_view, private=True),
    "body_part": partial(cells.read_body_part, private=True),
}


def _id(column: str, texts: list[str], rows: int, named: int) -> Candidate | None:
    different = len(set(texts))
    if different == 1 and rows > 1:
        return None
    return Candidate(column, named, f"{different} different on {len(texts)} of {rows} rows")


def boxes(table: TableSeen) -> tuple[str | dict[str, str] | None, str]:
    """Return the entry for boxes, None where none is found, and why, for people."""
    by_key = {loose(column): column for column in table.columns}
    for layout, sides in SIDES.items():
        if all(name in by_key for name in layout):
            names = [by_key[name] for name in layout]
            rows = [[row[name] for name in names] for row in table.rows]
            fault = _fault(partial(cells.read_box, extents=sides == EXTENTS), rows)
            if fault:
                return None, f"{', '.join(names)}: {fault}"
            return dict(zip(sides, names, strict=True)), "numbers in pixels"
    for column in table.columns:
        if BOXES.score(column):
            fault = _fault(cells.read_boxes, [row[column] for row in table.rows])
            return (None, f"{column}: {fault}") if fault else (column, "lists in JSON")
    return None, ""


def _fault(read: Callable[..., tuple[cells.Box, ...]], rows: Iterable[object]) -> str:
    found: list[cells.Box] = []
    for row in rows:
        try:
            found += read(row)
        except ValueError:
            return "no boxes that can be read"
    if found and all(side <= 1 for box in found for side in box):
        return "shares of the image, expected pixels"
    return "" if found else "empty"
