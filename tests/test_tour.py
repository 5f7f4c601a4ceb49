"""The notebook for students: it runs on the results that are there, and tells what they hold."""

import asyncio
import json
import re
import shlex
import sys
from base64 import b64decode
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from fracture.artifacts import comparison, scores
from fracture.params.section import value_at
from tests.conftest import ROOT

NOTEBOOK = ROOT / "docs/tour.ipynb"
TOLD = """
import sys

told = {
    "python": sys.executable,
    "auroc": table["test AUROC"].to_dict(),
    "sensitivity": [found.mean(), *by_hand],
    "holm": [[*pair, value] for pair, value in holm.items()],
}
print(json.dumps(told))
"""
"""What the test asks the notebook at its end."""


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the notebook with its outputs; it leaves nothing outside temporary folders."""
    folder = tmp_path_factory.mktemp("jupyter")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(TOLD))
    with pytest.MonkeyPatch.context() as patch:
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
            patch.setenv(name, str(folder / name))
        patch.setenv("PYTHONDONTWRITEBYTECODE", "1")
        # Without folders of kernels there is one alone: that of the Python that runs the tests.
        kernel = AsyncKernelManager(kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        at = {"metadata": {"path": str(NOTEBOOK.parent)}}  # where Jupyter starts it
        client = NotebookClient(notebook, km=kernel, timeout=60, resources=at)
        return asyncio.run(client.async_execute(cleanup_kc=True))


def outputs(notebook: Any) -> list[Any]:
    return [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]


@pytest.fixture
def told(executed: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(outputs(executed)[-1].text)
    return answer


def test_its_table_has_the_scores_that_the_metrics_state(told: dict[str, Any]) -> None:
    stated = json.loads((ROOT / scores.COMPARISON).read_text())["auroc"]
    assert told["auroc"] == stated["fractured"]
    summary = json.loads((ROOT / scores.SUMMARY).read_text())
    assert stated[summary["target"]][summary["model"]] == summary["auroc"]


@pytest.mark.usefixtures("parameters")  # for the working directory
def test_its_bootstrap_by_hand_holds_the_sensitivity_of_the_chosen_system(
    told: dict[str, Any],
) -> None:
    value, low, high = told["sensitivity"]
    chosen = scores.read(next(iter(told["auroc"]))).as_served
    assert value == pytest.approx(chosen.decisions["sensitivity"].value, abs=1e-6)
    assert 0 < low <= value <= high <= 1


def test_its_correction_by_hand_is_that_of_the_pipeline(told: dict[str, Any]) -> None:
    compared = comparison.read(ROOT / comparison.PATH)
    pairs = next(each for each in compared if each.target == "fractured").pairs
    stated = {(pair.first, pair.second): pair.bootstrap.p_holm for pair in pairs}
    by_hand = {(first, second): value for first, second, value in told["holm"]}
    assert by_hand == pytest.approx(stated, rel=1e-3)  # p has four digits


def test_it_shows_the_committed_figures_and_no_warning(executed: Any) -> None:
    shown = [out["data"] for out in outputs(executed) if out.output_type == "display_data"]
    pictures = [b64decode(data["image/png"]) for data in shown if "image/png" in data]
    for name in ("comparison", "verdicts", "cost"):
        assert (ROOT / comparison.picture(name)).read_bytes() in pictures
    assert [out.text for out in outputs(executed) if out.get("name") == "stderr"] == []


def test_the_environment_runs_it(told: dict[str, Any]) -> None:
    assert Path(told["python"]) == Path(sys.executable)


def test_it_is_committed_without_outputs_and_is_short() -> None:
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert 12 <= len(cells) <= 18
    assert all(not cell.outputs for cell in cells if cell.cell_type == "code")
    assert all(cell.execution_count is None for cell in cells if cell.cell_type == "code")


def test_its_commands_name_what_params_yaml_has(parameters: dict[str, Any]) -> None:
    text = "\n".join(cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells)
    settings = [word for line in re.findall(r"^dvc exp run (.*)", text, re.MULTILINE)
                for word in shlex.split(line) if word != "-S"]  # fmt: skip
    keys = [setting.partition("=")[0] for setting in settings]
    assert "run" in keys
    for key in keys:
        value_at(parameters, *key.split("."))
    for names in re.findall(r"run=\[(.*?)\]", text):
        assert set(names.split(",")) <= parameters["models"].keys()
