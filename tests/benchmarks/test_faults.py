"""The small pipeline that faults are tried on has parameters that the first stage accepts."""

import shutil
from pathlib import Path

import pytest

from benchmarks.edits_clone import edit_parameters
from benchmarks.faults.clone import LITTLE
from fracture.console import PipelineError
from fracture.params.section import load
from fracture.params.whole import validate


def test_the_first_stage_accepts_the_parameters_of_the_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy("params.yaml", tmp_path)
    edit_parameters(tmp_path, LITTLE)
    monkeypatch.chdir(tmp_path)
    parameters = load()
    assert list(parameters["models"]) == parameters["run"]
    validate(parameters)
    parameters["models"]["one"]["head"]["normalize"] = True
    with pytest.raises(PipelineError, match=r"frozen.epochs is 0: set head.normalize to false"):
        validate(parameters)
