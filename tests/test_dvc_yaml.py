"""dvc.yaml: each stage depends on the digest of its code, its parameters stand in params.yaml."""

import re
import subprocess
import sys
from pathlib import Path
from string import Template
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.inputs.code import CodeBase
from fracture.params.section import value_at

ROOT = Path(__file__).parents[1]
STAGES: dict[str, dict[str, Any]] = {
    name: stage.get("do", stage)
    for name, stage in YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"].items()
}
FILES = {file.stem for file in (ROOT / "stages").glob("[a-z]*.py")}
CODE = CodeBase(ROOT)  # one for all: it reads each file once
WITH_NETWORKS = {"augment", "build", "train", "predict"}


def module(stage: str) -> str:
    """Return the module that a stage runs."""
    *_, name = str(STAGES[stage]["cmd"]).split()
    # Stages of one model or variant are started by stages/__main__.py.
    return f"stages.{stage}" if name == "stages" else name


def imported(stage: str) -> set[str]:
    return {line.split()[0] for line in CODE.digests(module(stage))}


def test_every_file_of_stages_is_a_stage() -> None:
    assert {module(stage) for stage in STAGES} == {f"stages.{file}" for file in FILES}


@pytest.mark.parametrize("stage", STAGES)
def test_no_value_of_params_yaml_stands_in_a_command(stage: str) -> None:
    assert re.fullmatch(r"python -m stages(\.\w+)?", STAGES[stage]["cmd"])


@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "inputs"])
def test_a_stage_depends_on_its_own_code(stage: str) -> None:
    name = module(stage).removeprefix("stages.")
    code = [path for path in STAGES[stage]["deps"] if path.startswith("data/inputs/code/")]
    assert code == [f"data/inputs/code/{name}.txt"]


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_depends_on_source_files(stage: str) -> None:
    folders = ("fracture/", "serving/", "stages/", "tools/")
    assert not [path for path in STAGES[stage].get("deps", []) if path.startswith(folders)]


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another(stage: str) -> None:
    own = f"{module(stage).replace('.', '/')}.py"
    assert {name for name in imported(stage) if name.startswith("stages/")} == {own}


@pytest.mark.parametrize("stage", STAGES)
def test_all_that_a_stage_imports_is_installed(stage: str) -> None:
    assert not [line for line in CODE.digests(module(stage)) if line.endswith(" -")]


def test_the_library_imports_no_stage_and_no_dvc() -> None:
    for file in (ROOT / "fracture").rglob("*.py"):
        name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
        lines = {line.split()[0] for line in CODE.digests(name)}
        assert not {line for line in lines if line.startswith("stages/") or line == "dvc"}, name


def test_training_draws_nothing() -> None:
    lines = imported("train")
    assert not {line for line in lines if line.startswith("fracture/presenting/")}
    assert "matplotlib" not in lines


@pytest.mark.parametrize("stage", STAGES)
def test_what_fails_leaves_earlier_results(stage: str) -> None:
    outs = [out for kind in ("outs", "metrics", "plots") for out in STAGES[stage].get(kind, [])]
    assert all(isinstance(out, dict) and next(iter(out.values()))["persist"] for out in outs)


@pytest.mark.parametrize("stage", STAGES)
def test_parameters_stand_in_params_yaml(stage: str, parameters: dict[str, Any]) -> None:
    table = "variants" if stage == "preprocess" else "models"
    placeholders = {
        "dataset": parameters["dataset"],
        "recipe": parameters["recipe"],
        "key": next(iter(parameters[table])),
    }
    for parameter in STAGES[stage].get("params", []):
        keys = Template(parameter).substitute(placeholders).split(".")
        assert value_at(parameters, *keys) is not None


def test_stages_that_need_no_network_import_no_keras() -> None:
    stages = sorted(FILES - WITH_NETWORKS)
    code = (
        "import sys, importlib\n"
        "for stage in sys.argv[1:]:\n"
        "    importlib.import_module(f'stages.{stage}')\n"
        "    found = {'keras', 'tensorflow', 'jax', 'torch', 'mlflow'} & set(sys.modules)\n"
        "    assert not found, (stage, found)\n"
        "print(len(sys.argv) - 1)"
    )
    command = [sys.executable, "-c", code, *stages]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.stdout.strip(), run.stderr) == (str(len(stages)), "")
    assert len(stages) > 10
