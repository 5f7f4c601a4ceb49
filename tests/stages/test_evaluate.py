import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from fracture.artifacts import curves, localisation, maps, pictures, scores, systems
from fracture.artifacts.maps import Maps
from fracture.console import PipelineError
from fracture.judging.localisation import describe
from stages.evaluate import main
from tests.judging.evaluation.examples import PARTS, parts, predictions
from tests.judging.localisation.examples import packed
from tests.run_files import leave_systems, make_mean

ROOT = Path(__file__).parents[2]
PARAMETERS = """\
data_seed: 0
evaluate:
  points:
    balanced: youden
    sensitive: {sensitivity: 0.90}
    specific: {specificity: 0.95}
    half: 0.5
  unsure: {missed: 0.05, false_alarms: 0.10}
  draws: 200
  age_bands: [18]
  least_subgroup: 10
  mark_share: 0.5
  small_fracture: 30
  confidence: 0.95
"""
FILES = [
    "metrics/systems/small.json",
    "metrics/test/small.json",
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
    leave_systems({"small": predictions()})
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
    main()
    first = written(folder)
    assert list(first) == FILES
    main()
    assert written(folder) == first
    assert capsys.readouterr().out.splitlines()[-1].endswith("pictures: plots/systems")


@pytest.mark.usefixtures("folder")
def test_scores_come_back_as_they_were_written() -> None:
    main()
    result = scores.read("small")
    assert result.model == "small"
    text = scores.path("small").read_text()
    assert json.loads(text)["images"]["thresholds"]["balanced"] == result.threshold
    assert max(len(decimals) for decimals in re.findall(r"\.(\d+)", text)) <= 6
    assert result.footprint is None  # the system was composed of networks that tell none
    assert json.loads((scores.HEADLINES / "small.json").read_text()) == {
        "auroc": result.auroc.value,
        "average_precision": result.images.test.scores["average_precision"].value,
        "sensitivity": result.point.scores["sensitivity"].value,
        "specificity": result.point.scores["specificity"].value,
        "calibration_error": result.images.test.scores["calibration_error"].value,
    }


@pytest.mark.usefixtures("folder")
def test_the_tables_tell_what_the_scores_do() -> None:
    main()
    result, folder = scores.read("small"), pictures.folder("small")
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
def test_every_system_is_scored_and_what_is_gone_goes() -> None:
    main()
    leave_systems(
        {"both": predictions(), "other": predictions(seed=1)}, [make_mean("both", ["other"])]
    )
    small = scores.read("small")
    main()
    assert scores.read("both").model_copy(update={"model": "small"}) == small
    assert (pictures.folder("other") / "roc.csv").is_file()
    assert not scores.path("small").exists()
    assert not pictures.folder("small").exists()


@pytest.mark.usefixtures("folder")
def test_the_fracture_map_of_a_mean_is_measured_where_all_members_have_one() -> None:
    both = [make_mean("both", ["one", "two"])]
    leave_systems({name: predictions() for name in ("both", "one", "two")}, both)
    sought = describe(packed())
    heat = np.zeros((12, 8, 8), np.float32)
    heat[1::2, 2:4, 1:3] = 0.9  # the boxes, on the fractured ones
    for name, found in (("one", heat), ("two", np.zeros_like(heat))):
        maps.path(name).parent.mkdir(parents=True)
        maps.write(Maps(sought, found, np.zeros_like(heat)), maps.path(name))
    main()
    result = scores.read("both").localisation
    assert result is not None
    assert (result.model, result.kind, result.n, result.normal) == ("both", "map", 6, 6)
    assert (result.pointing.network.value, result.pointing.gradcam) == (1, None)
    assert result.pointing.random_weights.value == 0
    drawn = pictures.folder("both")
    assert pictures.path("both", pictures.FREE_RESPONSE).parent == drawn
    assert pictures.path("both", pictures.FREE_RESPONSE).is_file()
    assert list(pd.read_csv(drawn / "froc.csv")) == localisation.CURVE
    assert scores.read("one").localisation is None  # it stands with its predictions
    maps.path("two").unlink()
    main()
    assert scores.read("both").localisation is None
    assert not pictures.path("both", pictures.FREE_RESPONSE).exists()


def test_several_classes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leave_systems({"small": parts()}, target=PARTS)
    main()
    assert list(written(folder)) == [
        *FILES[:7], "plots/systems/small/roc.csv", "plots/systems/small/roc_by_class.csv", FILES[8],
    ]  # fmt: skip
    result, plots = scores.read("small"), pictures.folder("small")
    assert (result.target, result.classes) == ("body_part", list(PARTS.classes))
    confusion = pd.read_csv(plots / "confusion.csv")
    counts = pd.crosstab(confusion["actual"], confusion["predicted"])
    assert counts.to_numpy().tolist() == result.matrix
    assert list(counts) == list(PARTS.classes)
    for table in ("roc", "precision_recall", "calibration"):
        assert list(curves.read("small", table)) == curves.COLUMNS[table]
    assert "most probable class" in capsys.readouterr().out


def test_processes_side_by_side_leave_the_same_bytes(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("stages.evaluate.FEW", 3)
    leave_systems({f"system{seed}": predictions(seed=seed) for seed in range(3)})
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    main()
    alone = written(folder)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    capsys.readouterr()
    main()
    assert written(folder) == alone
    result = scores.read("system0")
    line = f"system0: fractured, test AUROC {result.auroc}, validation "
    assert capsys.readouterr().out.startswith(line)  # of many systems a line each


def test_a_mistake_in_another_process_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = predictions()
    wrong.loc[3, "probability"] = float("nan")
    monkeypatch.setattr("stages.evaluate.FEW", 2)
    leave_systems({"system": predictions(), "x": wrong})
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with pytest.raises(PipelineError, match="first nan for radiograph0003"):
        main()
    assert written(folder) == {}


@pytest.mark.usefixtures("folder")
def test_missing_predictions_name_the_command_that_makes_them() -> None:
    systems.path("small").unlink()
    with pytest.raises(
        PipelineError, match=r"data/systems/small\.csv not found.*dvc repro compose`"
    ):
        main()


def test_a_probability_that_is_no_number_writes_nothing(folder: Path) -> None:
    table = predictions()
    table.loc[3, "probability"] = float("nan")
    leave_systems({"small": table})
    with pytest.raises(PipelineError, match="first nan for radiograph0003"):
        main()
    assert written(folder) == {}


@pytest.mark.usefixtures("folder")
def test_a_rule_that_is_not_allowed_is_named() -> None:
    Path("params.yaml").write_text(PARAMETERS.replace("youden", "1.5"))
    with pytest.raises(PipelineError, match=r"evaluate\.points\.balanced is 1\.5: expected youden"):
        main()


def test_a_mistake_is_one_line_without_a_traceback(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "stages.evaluate"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert run.stderr == ("error: params.yaml not found: run from the folder that holds dvc.yaml\n")
