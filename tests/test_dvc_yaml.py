"""dvc.yaml: its dependencies cover what each stage imports, its parameters stand in params.yaml."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

import pytest
from ruamel.yaml import YAML

from stages.params.section import at

ROOT = Path(__file__).parents[1]
STAGES: dict[str, dict[str, Any]] = {
    name: stage.get("do", stage)
    for name, stage in YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"].items()
}


def imported(file: Path) -> Iterator[Path]:
    """Yield the project's files that a file imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute here"
            names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            path = ROOT / Path(*name.split("."))
            yield from (p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file())


def folder(stage: str) -> str:
    """Return the folder of `stages/` that a stage runs."""
    return str(STAGES[stage]["cmd"]).split()[2].removeprefix("stages.")


def closure(stage: str) -> set[Path]:
    todo, seen = set((ROOT / "stages" / folder(stage)).rglob("*.py")), set[Path]()
    while todo:
        file = todo.pop()
        seen.add(file)
        todo |= set(imported(file)) - seen
    # A package's own __init__.py that holds a docstring alone changes nothing.
    return {file for file in seen if len(ast.parse(file.read_text()).body) > 1}


def dependencies(stage: str) -> set[str]:
    return {path for path in STAGES[stage]["deps"] if path.startswith("stages/")}


@pytest.mark.parametrize("stage", STAGES)
def test_dependencies_cover_the_import_graph(stage: str) -> None:
    needed = {file.relative_to(ROOT) for file in closure(stage)}
    listed = dependencies(stage)
    missing = {str(file) for file in needed if not listed & {str(file), *map(str, file.parents)}}
    assert not missing, f"add to the deps of {stage} in dvc.yaml: {sorted(missing)}"
    idle = {
        path for path in listed if not any(path in {str(f), *map(str, f.parents)} for f in needed)
    }
    assert not idle, f"{stage} does not import {sorted(idle)}: remove them from its deps"


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another(stage: str) -> None:
    others = {file.relative_to(ROOT / "stages").parts[0] for file in closure(stage)} & (
        STAGES.keys() - {folder(stage)}
    )
    assert not others


def test_every_folder_of_stages_is_a_stage_or_shared() -> None:
    folders = {folder.name for folder in (ROOT / "stages").iterdir() if folder.is_dir()}
    rooms = {"artifacts", "datasets", "examining", "imaging", "inference", "judging", "params"}
    assert folders - {"__pycache__"} == {folder(stage) for stage in STAGES} | rooms


@pytest.mark.parametrize("stage", STAGES)
def test_what_fails_leaves_earlier_results(stage: str) -> None:
    outs = [out for kind in ("outs", "metrics", "plots") for out in STAGES[stage].get(kind, [])]
    assert all(isinstance(out, dict) and next(iter(out.values()))["persist"] for out in outs)


@pytest.mark.parametrize("stage", STAGES)
def test_parameters_stand_in_params_yaml(stage: str, parameters: dict[str, Any]) -> None:
    table = {"preprocess": "variants", "evaluate_ensemble": "ensembles"}.get(stage, "models")
    placeholders = {
        "dataset": parameters["dataset"],
        "recipe": parameters["recipe"],
        "key": next(iter(parameters[table])),
    }
    for parameter in STAGES[stage].get("params", []):
        if isinstance(parameter, str):  # else the whole file
            assert (
                at(parameters, *Template(parameter).substitute(placeholders).split(".")) is not None
            )


@pytest.mark.parametrize(
    "stage",
    [
        "check",
        "ingest",
        "split",
        "audit",
        "gate",
        "preprocess",
        "ensemble",
        "evaluate",
        "compare",
        "summary",
        "external",
        "report",
        "track",
    ],
)
def test_stages_that_need_no_network_import_no_keras(stage: str) -> None:
    code = (
        f"import sys, importlib; importlib.import_module('stages.{stage}.__main__');"
        "print(sorted({'keras', 'tensorflow', 'jax', 'torch', 'mlflow'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
