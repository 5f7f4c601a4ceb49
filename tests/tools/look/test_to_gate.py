"""From a folder to the gate: what `tools.look` writes into params.yaml is all that is needed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fracture.artifacts import gate, left_out, manifest
from fracture.artifacts.manifest import Radiograph
from fracture.params.section import load
from stages import gate as gate_stage
from stages import ingest, split
from tests.tools.look import folders
from tools.look.__main__ import main

ROOT = Path(__file__).parents[3]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the project's params.yaml."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "params.yaml").write_bytes((ROOT / "params.yaml").read_bytes())
    monkeypatch.chdir(work)
    monkeypatch.delenv("DVC_ROOT", raising=False)
    monkeypatch.delenv("FRACTURE_SALT", raising=False)
    return tmp_path


def from_look_to_gate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Radiograph]:
    before = list(folders.every_file(folder))
    main(folder, Path("plots/look.png"), writing=True)
    assert list(folders.every_file(folder)) == before
    assert Path("plots/look.png").read_bytes().startswith(b"\x89PNG")
    monkeypatch.setenv("FRACTURE_SALT", "nobody will ever know")
    ingest.main()
    split.main()
    gate_stage.main()
    assert gate.read().verdict == "clean"
    return manifest.read()


@pytest.mark.parametrize(
    ("lay_out", "dataset", "expected"),
    [
        (folders.hospital, "dicom", {"patients": 20, "body_part": "wrist", "hashed": True}),
        (folders.german, "table", {"patients": 20, "body_part": "wrist", "hashed": True}),
        (folders.kaggle, "class_folders", {"patients": 0, "body_part": "unknown"}),
        (folders.graz_as_yolo, "grazpedwri", {"patients": 20, "body_part": "wrist"}),
        (folders.mura, "mura", {"patients": 40, "body_part": "wrist"}),
    ],
)
def test_what_it_writes_is_all_that_is_needed(
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    lay_out: Callable[[Path], Path],
    dataset: str,
    expected: dict[str, Any],
) -> None:
    (project / "data").mkdir()
    radiographs = from_look_to_gate(lay_out(project / "data"), monkeypatch)
    assert load()["dataset"] == dataset
    assert len(radiographs) == 40
    assert sum(one.fractured for one in radiographs) == 20
    assert len({one.patient for one in radiographs} - {""}) == expected["patients"]
    assert {one.body_part for one in radiographs} == {expected["body_part"]}
    assert {one.hashed for one in radiographs} == {expected.get("hashed", False)}
    assert all(one.path.endswith((".png", ".jpg", ".dcm")) for one in radiographs)
    if lay_out is folders.german:
        assert {(one.age, one.sex) for one in radiographs} >= {(20.5, "female"), (21.5, "male")}
    if lay_out is folders.kaggle:
        masks = [one.reason for one in left_out.read() if "masks" in one.path]
        assert masks == ["in no class folder"]
