"""What words of labels and of folders mean: fractured, not fractured, or neither."""

import re

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
