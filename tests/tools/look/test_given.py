"""What `tools.look` does with words that it does not know, and with an entry that stands."""

import re
from pathlib import Path

import pytest

from fracture.console import PipelineError
from fracture.params.section import load
from tests.tools.look import folders
from tests.tools.look.test_look import look
from tools.look.__main__ import main
from tools.look.doubts import doubts
from tools.look.seen import look_into
from tools.look.words import Given

PLOT = Path("plots/look.png")
GIVEN = Given(("GALEAZZI",), ("unauff.",))


def untold(root: Path) -> Path:
    """Ten images in a folder, and a table with words of which none is known."""
    rows = [f"{number}.png,{'unauff.' if number < 6 else 'Galeazzi'}" for number in range(10)]
    for number in range(10):
        folders.put(root / f"bilder/{number}.png", number)
    (root / "Liste.csv").write_text("\n".join(["Datei,Befund", *rows]))
    return root


def test_words_that_are_given_make_an_entry(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(untold(work), PLOT, GIVEN, writing=True)
    said = capsys.readouterr().out
    assert "  label is Befund: Galeazzi (4) for fractured, unauff. (6) for not\n" in said
    assert "  it reads 10 radiographs: 6 not fractured, 4 fractured\n" in said
    entry = load()["datasets"]["table"]
    assert (entry["positive"], entry["negative"]) == (["Galeazzi"], ["unauff."])
    assert PLOT.is_file()


def test_the_message_names_the_command_and_the_words(work: Path) -> None:
    command = f"python -m tools.look {work} --write --positive Galeazzi --negative unauff.\n"
    with pytest.raises(PipelineError, match=re.escape(command)) as caught:
        main(untold(work), PLOT, writing=True)
    assert "by hand" not in str(caught.value)
    misspelt = Given(("Galleazzi",), ("unauff.",))
    with pytest.raises(PipelineError, match=r"not known \(Galleazzi is not among them\): say it"):
        main(work, PLOT, misspelt, writing=True)


def test_a_word_that_stands_nowhere_is_refused(work: Path) -> None:
    given = Given(("Galeazzi", "Monteggia"), ("unauff.",))
    with pytest.raises(PipelineError, match=r"is called Monteggia; expected of Galeazzi, unauff\."):
        main(untold(work), PLOT, given, writing=True)
    with pytest.raises(PipelineError, match="a stands in --positive and --negative: drop one"):
        main(work, PLOT, Given(("a",), ("A",)), writing=True)


def test_folders_of_classes_can_be_given(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(4):
        folders.put(work / f"train/{'Speiche kaputt' if number else 'heil'}/{number}.png", number)
    (line,) = doubts(look_into(work), [])
    assert line.startswith(
        "the images lie in the folders Speiche kaputt (3), heil (1), and which of these hold "
        "fractured radiographs is not known: say it"
    )
    main(work, PLOT, Given(("speiche kaputt",), ("heil",)), writing=False)
    said = capsys.readouterr().out
    assert "it reads 4 radiographs: 3 fractured, 1 not fractured" in said


def test_an_entry_that_stands_is_tried_first(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(untold(work), PLOT, GIVEN, writing=True)
    capsys.readouterr()
    said = look(work, capsys)
    assert "as params.yaml has it: dataset table\n  file is Datei: names 10 of 10 images\n" in said
    assert "  it reads 10 radiographs: 6 not fractured, 4 fractured\n" in said
    assert "proposed" not in said
    assert "note:" not in said
    assert "params.yaml has it now: commit it; next: make repro" in said


def test_an_entry_that_fits_no_longer_says_why(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(folders.german(work), PLOT, writing=True)
    table = work / "befunde.csv"
    table.write_bytes(table.read_bytes().replace(b"Frakturbefund", b"Fraktur"))
    said = look(work, capsys)
    assert "as params.yaml has it: dataset table\n  file is Datei" in said
    assert "it cannot be read so: " in said
    assert "lacks the columns Frakturbefund" in said
    assert "proposed: dataset table" in said


def test_a_misspelt_file_is_named_with_its_row(
    work: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = folders.german(work) / "befunde.csv"
    table.write_bytes(table.read_bytes().replace(b"0007.png", b"O007.png"))
    assert "names 39 of 40 images (not Bilder/0007.png); 1 fit none (row 9: O007.png)" in look(
        work, capsys
    )


def test_a_table_above_is_named(work: Path) -> None:
    (line,) = doubts(look_into(untold(work) / "bilder"), [])
    assert line == (
        f"{work}/Liste.csv names 10 of 10 images: look into the folder of both: python -m "
        f"tools.look {work}"
    )
