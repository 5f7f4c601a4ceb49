"""What stands in a cell of somebody's table, in words of this project."""

import json
import math
import re
from collections.abc import Mapping, Sequence

from fracture.artifacts import splits
from fracture.datasets.dicom_header import VIEW_OF, VIEWS, body_part, years
from fracture.texts import normalised

NOTHING = {"", "-", "?", "na", "n/a", "nan", "none", "null", "unknown", "unbekannt"}
"""What stands where somebody knows nothing."""
SEXES = {
    "f": "female", "female": "female", "w": "female", "woman": "female", "girl": "female",
    "weiblich": "female", "frau": "female",
    "m": "male", "male": "male", "man": "male", "boy": "male", "männlich": "male",
    "maennlich": "male", "mann": "male",
    "o": "", "other": "", "x": "", "d": "", "divers": "", "u": "",
}  # fmt: skip
"""In any case. Numbers are not among them: 1 means male in one table, female in the next."""
TRUTHS = {
    "1": True, "1.0": True, "true": True, "t": True, "yes": True, "y": True, "x": True, "ja": True,
    "j": True, "wahr": True,
    "0": False, "0.0": False, "false": False, "f": False, "no": False, "n": False, "nein": False,
    "falsch": False,
}  # fmt: skip
OLDEST = 120  # years
SIDES = 4  # of a box

Box = tuple[float, float, float, float]


def read_part(cell: str) -> str:
    """Return train, validation or test, or empty text where the cell is empty.

    Raises:
        ValueError: It holds something else.
    """
    return _word(cell, {**splits.NAMES, "dev": "validation"})


def read_sex(cell: str) -> str:
    """Return female or male, or empty text where the cell is empty or names another.

    Raises:
        ValueError: It is not clear what is meant.
    """
    return _word(cell, SEXES)


def _word(cell: str, words: Mapping[str, str]) -> str:
    key = normalised(cell).casefold()
    if key in NOTHING:
        return ""
    if key not in words:
        raise ValueError
    return words[key]


def read_truth(cell: str) -> bool:
    """Return whether a cell says yes; an empty one says no.

    Raises:
        ValueError: It says neither.
    """
    key = normalised(cell).casefold()
    if key in NOTHING:
        return False
    if key not in TRUTHS:
        raise ValueError
    return TRUTHS[key]


def read_age(cell: str) -> float | None:
    """Return an age in years; None where the cell is empty.

    Raises:
        ValueError: It holds neither years from 0 to 120, with point or comma, nor an age as DICOM
            writes it.
    """
    text = normalised(cell)
    if text.casefold() in NOTHING:
        return None
    age = years(text)
    if age is None:
        age = float(text.replace(",", "."))
    if not 0 <= age <= OLDEST:
        raise ValueError
    return age


def read_boxes(cell: str) -> tuple[Box, ...]:
    """Return boxes that a cell holds as JSON: [[left, top, right, bottom], ...], or one of them.

    Raises:
        ValueError: It holds no such list.
    """
    if normalised(cell).casefold() in NOTHING:
        return ()
    boxes = json.loads(cell)
    if not isinstance(boxes, list):
        raise ValueError  # noqa: TRY004 - of the cell's content, not of an argument
    if boxes and not isinstance(boxes[0], list):
        boxes = [boxes]
    return tuple(_box(box) for box in boxes)


def read_box(cells: Sequence[str], *, extents: bool) -> tuple[Box, ...]:
    """Return the box in four cells, or none where all are empty.

    Args:
        cells: Left and top; then right and bottom, or width and height.
        extents: Whether they are width and height.

    Raises:
        ValueError: They hold no four numbers, or a box without an area.
    """
    texts = [normalised(cell) for cell in cells]
    if all(text.casefold() in NOTHING for text in texts):
        return ()
    left, top, right, bottom = (float(text.replace(",", ".")) for text in texts)
    return (
        _box([left, top, left + right, top + bottom] if extents else [left, top, right, bottom]),
    )


def _box(sides: object) -> Box:
    if not isinstance(sides, list) or len(sides) != SIDES:
        raise ValueError
    if not all(isinstance(side, int | float) and math.isfinite(side) for side in sides):
        raise ValueError
    left, top, right, bottom = map(float, sides)
    if not (left < right and top < bottom):
        raise ValueError
    return left, top, right, bottom


def read_body_part(cell: str, *, private: bool) -> str:
    """Return the body part that a cell names; empty where that is not known.

    Args:
        cell: A term such as `LOWER_LEG`, in any case.
        private: Whether a word that this project does not know may tell whose radiograph it is; it
            is not returned.
    """
    text = normalised(cell)
    if text.casefold() in NOTHING:
        return ""
    return body_part(text) or ("" if private else own_word(text))


def read_view(cell: str, *, private: bool) -> str:
    """Return the view that a cell names; see `read_body_part`."""
    text = normalised(cell)
    if text.casefold() in NOTHING:
        return ""
    known = VIEW_OF.get(text.upper(), text.lower() if text.lower() in VIEWS else "")
    return known or ("" if private else own_word(text))


def own_word(text: str) -> str:
    """Return a text of somebody's table as a word: in lower case, `_` for all but letters."""
    return re.sub(r"\W+", "_", text.lower()).strip("_")
