import os
import sys

import pytest

from fracture.console import run, some


def test_ten_names_are_shown_in_order() -> None:
    ten = [f"{n}" for n in range(10)]
    assert some(ten[::-1]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert some([*ten, "91"]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 1 more"
    assert some({"b", "a", "c"}, most=1) == "a and 2 more"


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (2, r"^error: data/x.csv not found: an earlier stage makes it; run `dvc repro`$"),
        (13, r"^error: data/x.csv: permission denied; expected what this user may read and write"),
        (20, r"^error: data/x.csv: not a directory; .* the same command goes on$"),
    ],
)
def test_what_the_system_refuses_is_one_line(
    monkeypatch: pytest.MonkeyPatch, number: int, message: str
) -> None:
    def stage() -> None:
        raise OSError(number, os.strerror(number), "data/x.csv")

    monkeypatch.setattr(sys, "argv", ["stage"])
    with pytest.raises(SystemExit, match=message):
        run(stage, None)


def test_an_error_that_names_no_file_is_no_mistake_of_the_user(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def stage() -> None:
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr(sys, "argv", ["stage"])
    with pytest.raises(OSError, match="Input/output"):
        run(stage, None)
