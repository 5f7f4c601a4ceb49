"""The table of costs: what was measured here, and what was not."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from fracture.artifacts import costs, history, scores
from fracture.artifacts.costs import Costs, Prediction, Training
from tests.presenting.report.examples import make_scores
from tools.costs import NOT_MEASURED, main, row

TRAINING = Training(
    finished="2026-11-26T17:05:09+00:00", machine="here", device="tensorflow on cpu, float32",
    megabytes=1234.4, processor_seconds=241.6, seconds=125.4, whole=True, images_per_second=40.04,
)  # fmt: skip
PREDICTION = Prediction(
    finished="2026-11-26T17:06:00+00:00", machine="here", device="tensorflow on cpu",
    megabytes=900.0, processor_seconds=30.0, milliseconds=3.26,
)  # fmt: skip


def test_a_row_tells_what_was_measured() -> None:
    assert row("one", Costs(TRAINING, PREDICTION)) == [
        "one", "02:05", "04:01", "40.0", "1,234 MB", "3.3", "2026-11-26 17:05",
        "tensorflow on cpu, float32",
    ]  # fmt: skip


def test_a_training_that_went_on_took_at_least_what_was_measured() -> None:
    resumed = TRAINING.model_copy(update={"whole": False, "images_per_second": None})
    assert row("one", Costs(resumed, None))[1:6] == [
        "at least 02:05", "at least 04:01", "-", "1,234 MB", "-",
    ]  # fmt: skip


def test_what_came_out_of_a_cache_was_not_measured() -> None:
    assert row("one", Costs(None, None)) == ["one", NOT_MEASURED, "-", "-", "-", "-", "-", ""]
    assert row("one", Costs(None, PREDICTION))[5] == "3.3"


def test_the_command_tells_costs_and_origin_and_draws(
    parameters: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    one = {"backbone": "vgg16", "variant": "plain", "target": "fractured"}
    run = {"models": {"one": one, "two": one}, "model": "one", "run": ["one", "two"], "systems": {}}
    YAML().dump(parameters | run, Path("params.yaml"))
    main()
    assert capsys.readouterr().out.count(NOT_MEASURED) == 2
    assert not costs.PICTURE.exists()
    history.write(pd.DataFrame({column: [1] for column in history.COLUMNS}), history.path("one"))
    numbers = TRAINING.model_dump(include={"seconds", "whole", "images_per_second"})
    costs.write("one", Training, "tensorflow on cpu", **numbers)
    scores.write(make_scores("one", 0.8), scores.path("one"))
    main()
    said = capsys.readouterr().out
    assert "02:05" in said
    assert said.count(NOT_MEASURED) == 1
    assert "no git revision; 2" in said
    assert "; data set synthetic" in said
    assert said.splitlines()[-1] == "test AUROC against processor time: plots/costs.png"
    assert costs.PICTURE.is_file()
