"""A working directory as the earlier stages leave it for two models; no Keras."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.artifacts import manifest, network, scores, trained
from fracture.artifacts.manifest import Radiograph
from stages import external as stage
from tests.inference.external import examples
from tests.inference.external.examples import Brightness, hospital
from tests.run_files import leave_systems, make_mean, make_trained


@pytest.fixture
def entries(tmp_path: Path) -> dict[str, Any]:
    """Return `external` of params.yaml, for tests to change before they take `project`."""
    return {"hospital": {"dataset": "class_folders", "root": str(tmp_path / "hospital")}}


@pytest.fixture
def project(
    parameters: dict[str, Any],
    entries: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, Any]:
    """Return params.yaml of the directory."""
    monkeypatch.chdir(tmp_path)
    hospital(tmp_path / "hospital")
    model = parameters["models"]["deepconvnet"]
    parameters |= {
        "dataset": "synthetic",
        "model": "small",
        "models": {"small": model, "edges": model | {"variant": "canny"}},
        "systems": {},
        "run": ["small", "edges"],
        "external": entries,
    }
    parameters["evaluate"] |= {"draws": examples.DRAWS}
    YAML().dump(parameters, Path("params.yaml"))
    known = Radiograph("a", "a.png", fractured=True, body_part="hand", sha256="a")
    manifest.write([known])
    leave_systems(dict.fromkeys(parameters["models"], examples.table()))
    for name in parameters["models"]:
        scores.write(examples.scores(name), scores.path(name))
        trained.write(make_trained(), network.folder(name))
    return parameters


@pytest.fixture
def both(project: dict[str, Any]) -> None:
    """Add an ensemble of both models to the directory, `small` a member twice, of two seeds."""
    entry = {"mean_of": ["small", "edges"], "weights": {"selected": 3}}
    run = ["small", "edges", "both"]
    YAML().dump(project | {"systems": {"both": entry}, "run": run}, Path("params.yaml"))
    mean = make_mean("both", ["small", "edges", "small"], seeds=(0, 7))
    leave_systems(dict.fromkeys(run, examples.table()), [mean])
    scores.write(examples.scores("both"), scores.path("both"))


@pytest.fixture
def brightness(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Let every network be `Brightness`; return the folders that are asked for, as they are."""
    asked: list[Path] = []

    def read(folder: Path) -> Brightness:
        asked.append(folder)
        return Brightness()

    monkeypatch.setattr(network, "read", read)
    monkeypatch.setattr(network, "input_size", lambda _: 16)
    monkeypatch.setattr(stage, "prepare", lambda *_, **__: "")
    return asked
