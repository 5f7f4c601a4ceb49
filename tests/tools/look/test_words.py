"""What names of folders and labels mean; what does not tell stays open."""

import pytest

from tools.look.words import meaning


@pytest.mark.parametrize(
    "text",
    ["Fractured", "fracture", "Fractured Bone", "01_fractured", "1", "1.0", "TRUE", "yes", "ja",
     "positive", "Fraktur", "distale Radiusfraktur", "comminuted fracture", "broken",
     "Knochenbruch", "Fx", "distal radius fx"],
)  # fmt: skip
def test_fractured(text: str) -> None:
    assert meaning(text) is True


@pytest.mark.parametrize(
    "text",
    ["Not Fractured", "not_fractured", "non-fracture", "Unfractured", "NonFractured", "no fracture",
     "normal", "02_normal", "0", "0.0", "false", "nein", "negative", "keine Fraktur", "healthy",
     "unauffällig", "none", "keine", "kein Befund", "o.B.", "No Finding", "keine Fx", "no fx"],
)  # fmt: skip
def test_not_fractured(text: str) -> None:
    assert meaning(text) is False


@pytest.mark.parametrize(
    "text",
    ["", "abnormal", "masks", "2", "hand", "suspected fracture", "fracture?", "not normal",
     "healed fracture", "wrist_1", "Verdacht auf Fraktur", "train", "Befund"],
)  # fmt: skip
def test_what_does_not_tell(text: str) -> None:
    assert meaning(text) is None
