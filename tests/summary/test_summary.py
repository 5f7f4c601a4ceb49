from pathlib import Path
from typing import Any

import pytest

from stages.artifacts import scores as artifact
from stages.artifacts.atomic import read_json
from stages.console import PipelineError
from stages.summary.__main__ import main
from stages.summary.summarise import summarise
from tests.compare.examples import scores

ONE = scores("one", 0.7, (0.9, 0.85, 0.95))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    choose("one")
    artifact.write(ONE, artifact.path("one"))
    artifact.write(scores("gone", 0.9, (0.9, 0.8, 1.0)), artifact.path("gone"))


def choose(model: str) -> None:
    Path("params.yaml").write_text(f"model: {model}\nmodels: {{one: {{}}, two: {{}}}}\n")


def test_headline(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert read_json(artifact.SUMMARY) == {
        "model": "one",
        "dataset": "synthetic",
        "n": 100,
        "positives": 40,
        "threshold": 0.4375,
        "auroc": 0.9,
        "auroc_low": 0.85,
        "auroc_high": 0.95,
        "average_precision": 0.75,
        "log_loss": 0.5,
        "brier": 0.15,
        "accuracy": 0.77,
        "precision": 0.72,
        "recall": 0.71,
        "f1": 0.715,
        "specificity": 0.81,
    }
    assert capsys.readouterr().out == (
        "metrics/summary.json: one on synthetic, test AUROC 0.900, 95 % interval 0.850 to 0.950\n"
    )


def test_an_undefined_score_keeps_its_key() -> None:
    undefined: dict[str, Any] = {"precision": None}
    summary = summarise(scores("two", 0.5, (0.5, 0.4, 0.6), **undefined))
    assert list(summary) == list(summarise(ONE))
    assert summary["precision"] is None


def test_missing_scores_name_the_command_that_makes_them() -> None:
    choose("two")
    with pytest.raises(PipelineError, match=r"two\.json not found.*dvc repro evaluate@two"):
        main()


def test_a_model_that_is_gone_is_refused_though_its_scores_lie_there() -> None:
    choose("gone")
    with pytest.raises(PipelineError, match="no 'gone' at models; expected one of: one, two"):
        main()
