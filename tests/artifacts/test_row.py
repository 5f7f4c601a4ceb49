"""JSON artifacts are refused in one line that says what is wrong and which stage makes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fracture.artifacts import audit, comparison, external, gate, localisation, scores, systems
from fracture.artifacts.row import Estimate, Row, read_row, threshold_text, write_row
from fracture.console import PipelineError

READERS: dict[str, tuple[Path, Callable[[], Any]]] = {
    "audit": (audit.PATH, audit.read),
    "compare": (comparison.PATH, comparison.read),
    "compose": (systems.FOLDER / systems.FILE, systems.read),
    "evaluate": (scores.path("small"), lambda: scores.read("small")),
    "external": (external.PATH, external.read),
    "gate": (gate.PATH, gate.read),
    "predict@small": (localisation.path("small"), lambda: localisation.read("small")),
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "not found"),
        (b'{"auroc": 0.', "is no JSON: Expecting ',' delimiter"),
        (b"\xff", "is no JSON: .*utf-8"),
        (b"[]", "is not as this version writes it, at its top: input should be a valid dict"),
        (b'{"auroc": 0.5}', r"is not as this version writes it, at \w+: field required"),
    ],
)
@pytest.mark.parametrize("stage", READERS)
def test_what_cannot_be_read_names_the_stage_that_makes_it(
    stage: str, text: bytes | None, message: str
) -> None:
    path, read = READERS[stage]
    path.parent.mkdir(parents=True)
    if text is not None:
        path.write_bytes(text)
    with pytest.raises(PipelineError, match=f"{path} {message}.*run .*`dvc repro {stage}`$") as no:
        read()
    assert "\n" not in str(no.value)


class Nested(Row):
    rows: dict[str, list[Estimate]]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ('{"a": [{"value": 0.5}, {"value": "high"}]}', r"at rows\.a\.1\.value: .* valid number"),
        ('{"a": [{"value": NaN}]}', r"at rows\.a\.0\.value: input should be a finite number"),
        ('{"a": [{"value": 1, "mean": 1}]}', r"at rows\.a\.0\.mean: extra inputs are not"),
    ],
)
def test_the_first_key_that_does_not_fit_is_named(rows: str, message: str) -> None:
    Path("nested.json").write_text(f'{{"rows": {rows}}}')
    with pytest.raises(PipelineError, match=message):
        read_row(Nested, Path("nested.json"), "compare")


def test_what_is_written_is_read_back() -> None:
    nested = Nested(rows={"b": [Estimate(value=1 / 3, low=None, high=0.5)], "a": []})
    write_row(nested, Path("nested.json"))
    assert read_row(Nested, Path("nested.json"), "compare") == nested


def test_an_estimate_as_people_read_it() -> None:
    assert str(Estimate(value=0.5, low=0.4, high=0.6)) == "0.500 (0.400 to 0.600)"
    assert str(Estimate(value=None)) == Estimate(value=0.5).interval == "-"


def test_a_threshold_in_words() -> None:
    assert threshold_text(0.12345) == "0.1235"
    assert threshold_text(1.0000001) == "none: no probability reaches it"
