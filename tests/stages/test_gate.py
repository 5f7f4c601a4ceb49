import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.artifacts import duplicates, gate, manifest, splits
from fracture.console import PipelineError
from fracture.splitting.leaks import KINDS, Kind
from stages.gate import main
from tests.splitting.leaks import PARTS_OF, RADIOGRAPHS, plant


@pytest.fixture
def project(
    parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """A working directory with a clean split; the parameters, to be saved there."""
    monkeypatch.chdir(tmp_path)
    manifest.write(RADIOGRAPHS)
    duplicates.write([])
    splits.write(PARTS_OF)
    return parameters


def run(parameters: dict[str, Any], on_leak: str) -> None:
    YAML().dump(parameters | {"gate": {"on_leak": on_leak}}, Path("params.yaml"))
    main()


@pytest.mark.parametrize("on_leak", ["fail", "report"])
def test_a_clean_split_passes(
    project: dict[str, Any], on_leak: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(project, on_leak)
    assert json.loads(gate.PATH.read_text())["verdict"] == "clean"
    assert capsys.readouterr().out.startswith("clean: no group, patient,")


@pytest.mark.parametrize("kind", KINDS)
def test_a_leak_of_each_kind_stops_the_pipeline_and_leaves_the_earlier_verdict(
    project: dict[str, Any], kind: Kind, capsys: pytest.CaptureFixture[str]
) -> None:
    run(project, "fail")
    earlier = gate.PATH.read_bytes()
    radiographs, pairs = plant(kind, "a", "f")
    manifest.write(radiographs)
    duplicates.write(pairs)
    with pytest.raises(
        PipelineError, match=rf"1 of 2 test .* by {kind} 1, such as a \(train\) with f \(test\): "
    ) as refusal:
        run(project, "fail")
    assert "\n" not in str(refusal.value)
    assert capsys.readouterr().out.splitlines()[-1].split() == [kind, "1", "0", "1", "0"]
    assert gate.PATH.read_bytes() == earlier
    run(project, "report")
    verdict = json.loads(gate.PATH.read_text())
    assert verdict["verdict"] == "leaks"
    assert verdict["pairs"] == [
        {"first": "a", "second": "f", "parts": ["train", "test"], "kinds": [kind]}
    ]


def test_a_first_verdict_that_stops_the_pipeline_is_not_written(project: dict[str, Any]) -> None:
    manifest.write(plant("patient", "d", "e")[0])
    with pytest.raises(PipelineError, match="0 of 2 validation and 1 of 2 test radiographs"):
        run(project, "fail")
    assert not gate.PATH.exists()


def test_any_other_answer_to_a_leak_is_refused(project: dict[str, Any]) -> None:
    with pytest.raises(PipelineError, match=r"gate\.on_leak is 'warn': .* 'fail' or 'report'"):
        run(project, "warn")
