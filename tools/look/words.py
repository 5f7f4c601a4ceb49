"""What words of labels and of folders mean: fractured, not fractured, or neither."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from fracture.params.table import label_key
from fracture.texts import normalised

YES = {"1", "true", "yes", "y", "ja", "j", "positive", "positiv", "pos"}
NO = {"0", "false", "no", "n", "nein", "negative", "negativ", "neg"}
FRACTURE = ("fract", "frakt", "bruch", "broken")
ABBREVIATION = "fx"
"""Of a fracture."""
NO_FINDING = {
    "kein befund", "keine befunde", "ohne befund", "o b", "no finding", "no findings", "nad",
}  # fmt: skip
"""What reports call a radiograph on which nothing is found."""
SOUND = {
    "normal", "healthy", "intact", "intakt", "unremarkable", "unauffällig", "unauffaellig",
    "gesund",
}  # fmt: skip
NEGATIONS = {"no", "not", "non", "without", "un", "ohne", "kein", "keine", "nicht"}
DOUBTS = {
    "possible", "possibly", "suspected", "suspicion", "uncertain", "unclear", "questionable",
    "maybe", "old", "healed", "verdacht", "fraglich", "unklar", "alt", "alte", "or", "oder",
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """What a user says of labels or of names of folders; of all others `meaning` tells.

    Attributes:
        positive: Those that mean fractured, in any case.
        negative: Those that mean not fractured.
    """

    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()

    @property
    def both(self) -> list[str]:
        """Those that are said to mean the one and the other."""
        keys = {*map(label_key, self.negative)}
        return [word for word in self.positive if label_key(word) in keys]

    def strangers(self, texts: Iterable[str]) -> list[str]:
        """Return those that are none of some texts."""
        keys = {*map(label_key, texts)}
        return [word for word in (*self.positive, *self.negative) if label_key(word) not in keys]

    def names(self, text: str) -> bool:
        """Return whether a text is one of them."""
        return label_key(text) in {*map(label_key, (*self.positive, *self.negative))}

    def meaning(self, text: str) -> bool | None:
        """Return whether a text means fractured; None if nobody knows."""
        if not self.names(text):
            return meaning(text)
        return label_key(text) in {*map(label_key, self.positive)}


NOTHING_GIVEN = Given()


def meaning(text: str) -> bool | None:
    """Return whether a label or the name of a folder means fractured; None if it does not tell.

    A number alone, 1 or 0, is taken for yes or no; before a word, as in `01_fractured`, it only
    orders. "Abnormal" does not tell: hardware and arthritis are abnormal too.
    """
    key = re.sub(r"(?<=\d)\.0+$", "", normalised(text).casefold())
    words = re.findall(r"[^\W\d_]+", key) or re.findall(r"\d+", key)
    if not words or DOUBTS & {*words} or "?" in key:
        return None
    if len(words) == 1 and words[0] in YES | NO:
        return words[0] in YES
    if words in (["none"], ["kein"], ["keine"]) or " ".join(words) in NO_FINDING:
        return False
    joined = "".join(words)
    if ABBREVIATION in words or any(stem in joined for stem in FRACTURE):
        stems = [word for word in words if any(stem in word for stem in FRACTURE)]
        bound = any(stem.startswith(tuple(NEGATIONS)) for stem in stems)
        return not (bound or NEGATIONS & {*words})
    if SOUND & {*words} and not NEGATIONS & {*words}:
        return False
    return None


def says_fracture(text: str) -> bool:
    """Return whether a text speaks of fractures, in English or German."""
    return any(stem in normalised(text).casefold() for stem in FRACTURE)
