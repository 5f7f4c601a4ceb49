"""Words of headers and tables that name a body part."""

import pytest

from fracture.datasets.dicom_header import BODY_PARTS, body_part

GERMAN = {
    "Bein": "leg", "Unterschenkel": "leg", "Hand": "hand", "Handgelenk": "wrist", "Knie": "knee",
    "Fuß": "foot", "FUSS": "foot", "Sprunggelenk": "ankle", "Ellbogen": "elbow",
    "Ellenbogen": "elbow", "Schulter": "shoulder", "Hüfte": "hip", "Huefte": "hip",
    "Becken": "pelvis", "Unterarm": "forearm", "Oberarm": "humerus", "Oberschenkel": "femur",
    "Wirbelsäule": "spine", "Schädel": "skull", "Zehe": "toe", "Daumen": "finger",
}  # fmt: skip
OTHERS = {
    "Main": "hand", "poignet": "wrist", "Épaule": "shoulder", "genou": "knee", "muñeca": "wrist",
    "Tobillo": "ankle", "cadera": "hip", "ginocchio": "knee", "Avambraccio": "forearm",
    "LOWER_LEG": "leg", "C-Spine": "spine",
}  # fmt: skip


@pytest.mark.parametrize(("term", "part"), [*GERMAN.items(), *OTHERS.items()])
def test_a_body_part_is_known_in_five_languages(term: str, part: str) -> None:
    assert body_part(term) == part


@pytest.mark.parametrize("term", ["", "Müller", "mixed", "left wrist", "Hand und Fuß"])
def test_other_words_name_none(term: str) -> None:
    assert body_part(term) == ""


def test_no_term_means_two_parts() -> None:
    terms = [term for words in BODY_PARTS.values() for term in words.split()]
    assert len({*terms}) == len(terms)
    assert all(body_part(part) == part for part in BODY_PARTS)
