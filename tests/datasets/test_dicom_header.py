"""What headers say, in words of the project."""

import re

import pytest

from fracture.datasets.dicom_header import (
    BODY_PART_OF,
    KEYWORDS,
    VIEW_OF,
    Described,
    body_part,
    described,
)

NOTHING = dict.fromkeys(KEYWORDS, "")


def test_all_that_a_header_says() -> None:
    header = NOTHING | {
        "PatientID": "AB-12/34",
        "StudyInstanceUID": "1.2.3",
        "BodyPartExamined": "LOWER_LEG",
        "ViewPosition": "llo",
        "PatientAge": "045Y",
        "PatientSex": "F",
    }
    assert described(header) == Described("ab1234", "1.2.3", "leg", "oblique", 45.0, "female")


def test_a_header_that_says_nothing() -> None:
    assert described(NOTHING) == Described("", "", "", "", None, "")


@pytest.mark.parametrize(
    ("age", "born", "taken", "years"),
    [
        ("045Y", "", "", 45.0),
        ("006M", "", "", 0.5),
        ("012W", "", "", 0.23),  # 84 days
        ("010D", "", "", 0.027),
        ("7y", "", "", 7.0),
        ("045Y", "19000101", "20200101", 45.0),  # the age comes first
        ("", "20100701", "20200101", 9.5),
        ("", "20100701", "", None),
        ("", "", "20200101", None),
        ("", "20100701", "20090101", None),  # not yet born
        ("", "18500101", "20200101", None),  # 170 years
        ("", "2010", "20200101", None),
        ("45", "", "", None),  # years, months or days
        ("999Y", "", "", None),
    ],
)
def test_ages(age: str, born: str, taken: str, years: float | None) -> None:
    header = NOTHING | {"PatientAge": age, "PatientBirthDate": born, "StudyDate": taken}
    assert described(header).age == years


@pytest.mark.parametrize(
    ("code", "sex"), [("F", "female"), ("m", "male"), ("O", ""), ("", ""), ("X", "")]
)
def test_sexes(code: str, sex: str) -> None:
    assert described(NOTHING | {"PatientSex": code}).sex == sex


@pytest.mark.parametrize(
    ("term", "part"),
    [
        ("HAND", "hand"),
        ("hand ", "hand"),
        ("LOWER_LEG", "leg"),
        ("Tibia/Fibula", "leg"),
        ("Hüfte", "hip"),
        ("Huefte", "hip"),
        ("", ""),
    ],
)
def test_body_parts(term: str, part: str) -> None:
    assert body_part(term) == part


def test_words_are_those_of_the_project() -> None:
    assert {"hand", "leg", "hip", "shoulder"} <= set(BODY_PART_OF.values())
    assert set(VIEW_OF.values()) == {"frontal", "lateral", "oblique"}
    assert all(re.fullmatch("[A-Z]+", term) for term in [*BODY_PART_OF, *VIEW_OF])
