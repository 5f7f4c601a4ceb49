"""`python -m stages`: takes stage and key from DVC_STAGE, and nothing but plain names."""

import sys
from pathlib import Path

import pytest

from fracture.artifacts import asked
from stages import __main__ as starting


def start(monkeypatch: pytest.MonkeyPatch, given: str) -> list[str]:
    """Return the arguments with which a stage is run."""
    monkeypatch.setenv("DVC_STAGE", given)
    ran: list[str] = []
    monkeypatch.setattr(starting, "run_module", lambda *_, **__: ran.extend(sys.argv))
    monkeypatch.setattr(sys, "argv", ["stages"])
    starting.main()
    return ran


@pytest.mark.parametrize(
    ("given", "arguments"),
    [
        ("train@densenet121", ["stages.train", "densenet121"]),
        ("predict@a-1", ["stages.predict", "a-1"]),
        ("../dvc.yaml:preprocess@plain", ["stages.preprocess", "plain"]),
    ],
)
def test_dvc_names_stage_and_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, arguments: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert start(monkeypatch, given) == arguments


def test_a_model_without_a_part_in_the_run_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked.FOLDER.mkdir(parents=True)
    (asked.FOLDER / "idle.txt").write_text(f"{asked.NO_PART}\n")
    assert start(monkeypatch, "train@idle") == []
    assert [file.name for file in Path("data/models/idle").iterdir()] == ["not_in_this_run.txt"]


@pytest.mark.parametrize(
    "given",
    ["", "train", "train@", "train@x; touch y #", "train@../best", "train@-c", "train@a@b",
     "x:train@densenet121", "train@a\nb", "train@a.b", "train@" + "a" * 65],
)  # fmt: skip
def test_what_is_no_plain_name_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    with pytest.raises(SystemExit, match=r"^error: DVC_STAGE is .*; expected") as refusal:
        start(monkeypatch, given)
    assert "\n" not in str(refusal.value)
