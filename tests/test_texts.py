"""Texts as they are compared."""

import pytest

from fracture.texts import loose, normalised


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("Jose\u0301  1\n", "Jos\u00e9 1"),
        (" 12\u00a0", "12"),
        ("\uff11\uff12", "12"),
        ("\ufeff a \t b ", "\ufeff a b"),
        ("Ab", "Ab"),
    ],
)
def test_what_nobody_sees_is_no_difference(text: str, same: str) -> None:
    assert normalised(text) == same


def test_case_and_punctuation_are_no_difference_where_people_compare_loosely() -> None:
    assert loose("Ab-12/3 (x)") == loose("AB12 3X") == "ab123x"
    assert loose("00-00") == "0000"
    assert loose("--") == ""
    assert loose("\u00c9") != loose("E")
