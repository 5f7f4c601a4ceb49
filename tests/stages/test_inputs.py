"""The stage: refuses what cannot work, writes a digest for each stage, model and data set."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.artifacts import asked
from fracture.console import PipelineError
from fracture.params.section import load
from stages.inputs import main
from tests.conftest import ROOT


def write(parameters: dict[str, Any]) -> None:
    YAML().dump(parameters, Path("params.yaml"))


def digests() -> dict[str, str]:
    folder = Path("data/inputs")
    return {
        str(file.relative_to(folder).with_suffix("")): file.read_text()
        for file in folder.rglob("*.txt")
    }


@pytest.fixture
def here(parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_at = tmp_path / "repository"
    write_at.mkdir()
    monkeypatch.chdir(write_at)
    parameters["models"] = {"deepconvnet": parameters["models"]["deepconvnet"]}
    parameters["systems"] = {}
    parameters |= {"run": ["deepconvnet"], "model": "deepconvnet"}
    for recipe in parameters["recipes"].values():
        recipe["run"] = ["deepconvnet"]
    write(parameters)
    return write_at


def test_each_kind_of_input_has_its_digest(here: Path, parameters: dict[str, Any]) -> None:
    given, weights = here / "published.csv", here / "mine.weights.h5"
    (here / "data/other").mkdir(parents=True)
    for file in (given, weights):
        file.write_text("old")
    parameters["split"]["given"] = str(given)
    parameters["models"]["deepconvnet"]["weights"] = str(weights)
    parameters["external"] = {"other": {"dataset": "class_folders", "root": "data/other"}}
    write(parameters)
    main()
    before = digests()
    assert {"dataset", "split", "external", "train/deepconvnet"} <= before.keys()
    assert before["dataset"] == "drawn\n"
    for name, file in (
        ("split", given),
        ("train/deepconvnet", weights),
        ("external", here / "data/other/fractured.png"),
    ):
        file.write_text("new")
        main()
        after = digests()
        assert {key for key in after if after[key] != before[key]} == {name}
        before = after


def test_what_no_model_or_stage_has_any_more_goes(here: Path) -> None:
    main()
    assert digests()["external"] == "none\n"  # not empty: DVC would warn
    gone = here / "data/inputs/train/gone.txt"
    gone.write_text("none\n")
    main()
    assert not gone.exists()


@pytest.mark.usefixtures("here")
def test_a_mistake_leaves_what_was_there(parameters: dict[str, Any]) -> None:
    main()
    before = digests()
    parameters["models"]["deepconvnet"]["batch_sise"] = 8
    write(parameters)
    with pytest.raises(PipelineError, match=r"unknown key .*batch_sise"):
        main()
    assert digests() == before


def test_local_weights_are_found_beside_a_copy_of_the_repository(
    here: Path, parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters["models"]["deepconvnet"]["weights"] = "mine.weights.h5"
    write(parameters)
    with pytest.raises(
        PipelineError, match=r"weights of models.deepconvnet: no file mine.*h5; exp"
    ):
        main()
    (here.parent / "mine.weights.h5").write_text("new")
    monkeypatch.setenv("DVC_ROOT", str(here.parent))
    main()
    digest = hashlib.sha256(b"new").hexdigest()
    assert digests()["train/deepconvnet"].endswith(f"weights {digest}\n")


def test_a_model_that_the_run_does_not_name_is_passed_over_in_milliseconds(
    here: Path, parameters: dict[str, Any]
) -> None:
    parameters["models"]["idle"] = parameters["models"]["deepconvnet"]
    write(parameters)
    main()
    assert digests()["train/idle"] == "no part of the run\n"
    assert 'backbone: "deepconvnet"' in digests()["train/deepconvnet"]
    for stage in asked.LEAVES:
        command = [sys.executable, "-X", "importtime", "-m", "stages"]
        environment = {"PYTHONPATH": str(ROOT), "DVC_STAGE": f"{stage}@idle"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        assert not {"numpy", "pydantic", "pandas"} & set(
            re.findall(r"\| +(\w+)$", done.stderr, re.MULTILINE)
        )
    left = [file for file in here.rglob("*") if file.name == "not_in_this_run.txt"]
    assert sorted(str(file.parent.relative_to(here)) for file in left) == [
        "data/models/idle",
        "data/predictions/idle",
        "plots/models/idle",
    ]


@pytest.mark.usefixtures("here")
def test_params_that_change_while_dvc_runs_are_refused(
    parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    main()
    monkeypatch.setenv("DVC_STAGE", "train@deepconvnet")
    assert load() == parameters
    parameters["models"]["deepconvnet"]["learning_rate"] = 1e-5
    write(parameters)
    with pytest.raises(PipelineError, match=r"^params.yaml was changed while the pipeline ran, .*"):
        load()
    monkeypatch.setenv("DVC_STAGE", "inputs")
    main()  # the next run starts with it
    monkeypatch.setenv("DVC_STAGE", "train@deepconvnet")
    assert load() == parameters
    write(parameters | {"data_seed": 5})
    monkeypatch.delenv("DVC_STAGE")
    assert load()["data_seed"] == 5  # by hand a stage takes what is there
