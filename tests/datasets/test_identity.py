"""Ids are compared as people read them, and those that stand for nobody tie nothing."""

import pytest

from fracture.artifacts.left_out import LeftOut
from fracture.artifacts.manifest import Radiograph
from fracture.artifacts.notes import Note
from fracture.console import PipelineError
from fracture.datasets.identity import identify
from fracture.texts import normalised


def radiographs(*patients: str, hashed: bool = False, study: str = "") -> list[Radiograph]:
    return [
        Radiograph(f"r{n}", f"r{n}.png", True, "hand", patient=name, study=study, hashed=hashed)
        for n, name in enumerate(patients)
    ]


def patients(*names: str, nobody: tuple[str, ...] = ()) -> tuple[list[str], list[Note]]:
    found, notes = identify(radiographs(*names), nobody)
    return [each.patient for each in found if isinstance(each, Radiograph)], notes


def test_the_same_text_in_another_unicode_form_is_the_same_id() -> None:
    composed, decomposed = "Jos\u00e9 1", "Jose\u0301  1"
    wide, spaced = "\uff11\uff12", " 12\u00a0"
    assert patients(composed, f"{decomposed}\n", wide, spaced) == (
        ["Jos\u00e9 1", "Jos\u00e9 1", "12", "12"], []
    )  # fmt: skip


def test_what_differs_in_case_and_punctuation_alone_is_told_and_kept_apart() -> None:
    found, notes = patients("P-01", "p01", "P-01", "P02", "A_3")
    assert found == ["P-01", "p01", "P-01", "P02", "A_3"]
    text = "2 patient ids (P-01, p01) differ in case and punctuation alone and are taken for 2"
    assert notes == [Note("alike_ids", text, 3)]


@pytest.mark.parametrize("name", ["ANON", " anon. ", "0000", "A-non"])
def test_an_id_that_stands_for_nobody_ties_nothing_and_is_told(name: str) -> None:
    found, notes = patients("1", name, name, "", nobody=("anon", "0000"))
    assert found == ["1", "", "", ""]
    text = f"1 patient id ({normalised(name)}) means none (ingest.nobody in params.yaml)"
    assert notes == [Note("nobody", text, 2)]


@pytest.mark.parametrize("name", ["0000", "XX", "Test", "9999"])
def test_what_may_stand_for_nobody_ties_and_is_told(name: str) -> None:
    found, notes = patients(name, "1", "0", name)
    assert found == [name, "1", "0", name]
    (note,) = notes
    assert note.text == (
        f"1 patient id ({name}) stands on 50% of the radiographs that have one: add it to "
        "ingest.nobody in params.yaml if it means none"
    )


def test_an_id_on_most_of_the_data_is_told() -> None:
    found, notes = patients(*["X"] * 6, "1", "2", "3", "4", "")
    assert found.count("X") == 6
    (note,) = notes
    assert note.kind == "placeholder"
    assert note.text.startswith("1 patient id (X) stands on 60% of the radiographs that have one: ")
    assert note.radiographs == 6
    assert patients(*["X"] * 5, "1", "2", "3", "4", "5")[1] == []
    assert patients(*["X"] * 8, "1")[1] == []  # so few that it says nothing


@pytest.mark.usefixtures("private_salt")
def test_a_private_id_is_hashed_and_never_repeated() -> None:
    found, notes = identify(
        radiographs("Smith", "SMITH", "Smith", "anon", hashed=True, study="1.2"), ["anon"]
    )
    ids = [(each.patient, each.study) for each in found if isinstance(each, Radiograph)]
    assert ids[0] == ids[2]
    assert ids[3][0] == ""
    assert len({patient for patient, _ in ids}) == 3
    assert {study for _, study in ids} == {ids[0][1]} != {"1.2"}
    assert {note.kind for note in notes} == {"nobody", "alike_ids"}
    assert not any("mith" in note.text.casefold() for note in notes)


def test_a_private_id_needs_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRACTURE_SALT", raising=False)
    with pytest.raises(PipelineError, match="FRACTURE_SALT holds 0 characters"):
        identify(radiographs("1", hashed=True), [])


def test_what_is_left_out_passes() -> None:
    left = LeftOut("a", "missing")
    assert identify([left], ["anon"]) == ([left], [])
