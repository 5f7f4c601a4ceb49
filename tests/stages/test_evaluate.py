import json
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from fracture.artifacts import predictions as artifact
from fracture.artifacts import scores
from fracture.console import PipelineError
from stages.evaluate import main
from tests.judging.evaluation.examples import predictions

ROOT = Path(__file__).parents[2]
PARAMETERS = """\
seed: 0
models: {small: {}, other: {}}
systems: {both: {}}
evaluate:
  points:
    balanced: youden
    sensitive: {sensitivity: 0.90}
    specific: {specificity: 0.95}
    half: 0.5
  draws: 200
  confidence: 0.95
"""
FILES = [
    "metrics/systems/small.json",
    "plots/systems/small/calibration.csv",
    "plots/systems/small/calibration.png",
    "plots/systems/small/confusion.csv",
    "plots/systems/small/evaluation.png",
    "plots/systems/small/precision_recall.csv",
    "plots/systems/small/roc.csv",
    "plots/systems/small/subgroups.png",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("params.yaml").write_text(PARAMETERS)
    artifact.write(predictions(), artifact.path("small"))
    return tmp_path


def written(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for top in ("metrics", "plots")
        for file in sorted((folder / top).rglob("*.*"))
    }


def test_the_same_files_and_bytes_each_time(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main("small")
    first = written(folder)
    assert list(first) == FILES
    main("small")
    assert written(folder) == first
    assert capsys.readouterr().out.splitlines()[-1].endswith("plots/systems/small/subgroups.png")


@pytest.mark.usefixtures("folder")
def test_scores_come_back_as_they_were_written() -> None:
    main("small")
    result = scores.read("small")
    assert result.model == "small"
    text = scores.path("small").read_text()
    assert json.loads(text)["images"]["thresholds"]["balanced"] == result.threshold
    assert max(len(decimals) for decimals in re.findall(r"\.(\d+)", text)) <= 6


@pytest.mark.usefixtures("folder")
def test_the_tables_tell_what_the_scores_do() -> None:
    main("small")
    result, folder = scores.read("small"), scores.plots("small")
    roc = pd.read_csv(folder / "roc.csv")
    row = roc[roc["false_positive_rate"].round(6) == 0.1].iloc[0]
    expected = result.images.test.scores["sensitivity_at_specificity_90"]
    assert row[["sensitivity", "low", "high"]].tolist() == pytest.approx(
        [expected.value, expected.low, expected.high], abs=1e-5
    )
    confusion = pd.read_csv(folder / "confusion.csv").value_counts()
    assert confusion["fractured", "fractured"] == result.point.confusion.tp
    assert confusion.sum() == result.images.test.n


@pytest.mark.usefixtures("folder")
def test_a_composition_is_scored_as_a_model_is() -> None:
    artifact.write(predictions(), artifact.path("both", "compositions"))
    main("small")
    main("both")
    of_mean = scores.read("both")
    assert of_mean.model_copy(update={"model": "small"}) == scores.read("small")
    assert (scores.plots("both") / "roc.csv").is_file()


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("other", r"data/predictions/other\.csv not found.*dvc repro predict@other`"),
        ("both", r"data/compositions/both\.csv not found.*dvc repro compose`"),
    ],
)
def test_missing_predictions_name_the_command_that_makes_them(name: str, missing: str) -> None:
    with pytest.raises(PipelineError, match=missing):
        main(name)


@pytest.mark.usefixtures("folder")
def test_what_params_yaml_does_not_name_is_refused() -> None:
    with pytest.raises(PipelineError, match="the model is 'gone'; expected one of: small, other, "):
        main("gone")


def test_a_probability_that_is_no_number_writes_nothing(folder: Path) -> None:
    table = predictions()
    table.loc[3, "probability"] = float("nan")
    artifact.write(table, artifact.path("small"))
    with pytest.raises(PipelineError, match="first nan for radiograph0003"):
        main("small")
    assert written(folder) == {}


@pytest.mark.usefixtures("folder")
def test_a_rule_that_is_not_allowed_is_named() -> None:
    Path("params.yaml").write_text(PARAMETERS.replace("youden", "1.5"))
    with pytest.raises(PipelineError, match=r"evaluate\.points\.balanced is 1\.5: expected youden"):
        main("small")


def test_a_mistake_is_one_line_without_a_traceback(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "stages.evaluate", "small"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr == ("error: params.yaml not found: run from the folder that holds dvc.yaml\n")
