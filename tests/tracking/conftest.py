"""A pipeline of two models whose artifacts are tiny, and an MLflow database for it."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from fracture.artifacts import comparison, manifest, scores, splits, two_step
from fracture.artifacts.atomic import write_json
from fracture.artifacts.manifest import Radiograph
from fracture.tracking.location import QUIET
from tests.run_files import leave_systems, make_system
from tests.tracking.examples import MODELS, make_model


@pytest.fixture
def pipeline(parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a folder in which every stage before `track` has run; return it."""
    folder = tmp_path / "pipeline"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in ("MLFLOW_TRACKING_URI", "DVC_ROOT", "DVC_EXP_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in QUIET.items():
        monkeypatch.setenv(name, value)  # to be unset after the test
    parameters["training_seeds"] = [0]
    parameters["systems"] = {}
    parameters["models"] = {
        name: {
            "backbone": "mobilenet",
            "variant": "plain",
            "target": "fractured",
        }
        for name in MODELS
    }
    parameters |= {"run": [*parameters["models"]], "model": "first", "systems": {}}
    YAML().dump(parameters, Path("params.yaml"))
    manifest.write(
        [
            Radiograph(
                f"{n}", f"{n}.png", fractured=n % 4 == 0, body_part="hand", group=f"{n // 2}"
            )
            for n in range(20)
        ]
    )
    splits.write(
        {f"{n}": "train" if n < 12 else "validation" if n < 14 else "test" for n in range(20)}
    )
    for name in MODELS:
        make_model(name)
    table = comparison.TABLE
    table.parent.mkdir(parents=True)
    table.write_text("model,auroc\nfirst,0.75\n")
    table.with_suffix(".md").write_text("| model | auroc |\n")
    table.with_suffix(".png").write_bytes(b"png")
    write_json(scores.COMPARISON, {"first": {"auroc": 0.75}})
    write_json(comparison.PATH, {"ranking": MODELS})
    two_step.write([])
    leave_systems({}, [make_system(name) for name in MODELS])
    return folder


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make MLflow's database once: that takes longer than all else here."""
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    file = tmp_path_factory.mktemp("mlflow") / "mlflow.db"
    MlflowClient(f"sqlite:///{file}").search_experiments()
    return file


@pytest.fixture
def database(pipeline: Path, empty_database: Path) -> str:
    """Put an empty MLflow database into the pipeline's folder; return its URI."""
    shutil.copy(empty_database, pipeline / "mlflow.db")
    return f"sqlite:///{pipeline / 'mlflow.db'}"
