"""Trials are compared on the same radiographs, over their trainings."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks import compare_trials
from benchmarks.trial_scores import over_trainings
from fracture.console import PipelineError

RADIOGRAPHS = 60
Write = Callable[[str, float], str]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return what writes a trial that sees fractures as well as it is told to."""

    def of(name: str, seen: float) -> str:
        generator = np.random.default_rng(len(name))
        fractured = np.arange(RADIOGRAPHS) % 3 == 0
        mean = 1 / (1 + np.exp(-generator.normal(seen * fractured, 1.0)))
        ids = [f"r{number}" for number in range(RADIOGRAPHS)]
        pointing = np.where(fractured, 1.0, np.nan)
        columns = {"id": ids, "group": ids, "fractured": fractured.astype(int), "alone": mean}
        pd.DataFrame(columns | {"mean": mean, "pointing": pointing, "fold": 0}).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
        return str(tmp_path / f"{name}.csv")

    return of


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    """Run the command."""
    monkeypatch.setattr("sys.argv", ["compare_trials", *arguments])
    compare_trials.main()


def test_a_trial_gains_over_the_first_one_and_a_mean_over_both(
    write: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    blind, seeing = write("blind", 0.0), write("seeing", 3.0)

    run(monkeypatch, "--trial", "a", blind, "--trial", "b", seeing, "--mean", "both", "a", "b")

    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| ")]
    names = [line.split("|")[1].strip() for line in told[1:]]
    assert names == ["a", "b", "... gained", "both", "... gained"]
    assert told[3].split("|")[3].strip().startswith("+0.")


def test_a_trial_that_is_named_twice_is_scored_by_the_mean_of_its_trainings(write: Write) -> None:
    tables = [pd.read_csv(write(name, seen)) for name, seen in (("one", 0.5), ("other", 3.0))]

    both, *each = (over_trainings(of) for of in (tables, *([table] for table in tables)))

    for name, score in both.items():
        assert score.value == pytest.approx(np.mean([one[name].value for one in each]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--trial", "a"], "expected the files"),
        (["--trial", "a", "none.csv"], "there is no file none.csv"),
        (["--trial", "a", "{file}", "--mean", "m", "b"], "no --trial is named b"),
        (["--trial", "a", "{file}", "--trial", "b", "{short}"], "held out other radiographs"),
    ],
)
def test_mistakes_are_said(
    write: Write, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    file, short = write("file", 1.0), write("short", 1.0)
    pd.read_csv(short).head(30).to_csv(short, index=False)

    with pytest.raises(PipelineError, match=said):
        run(monkeypatch, *(argument.format(file=file, short=short) for argument in arguments))
