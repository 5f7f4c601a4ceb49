"""What a run needs besides params.yaml is missed at once, whichever stage wants it."""

from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from fracture.console import PipelineError
from fracture.inputs.presence import require_presence

MODEL = "deepconvnet"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parameters: dict[str, Any]) -> Path:
    assert parameters
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("here")
def test_the_project_file_asks_for_nothing(parameters: dict[str, Any]) -> None:
    require_presence(parameters, parameters["models"])
    parameters["models"][MODEL]["weights"] = "absent.weights.h5"
    with pytest.raises(PipelineError, match=rf"weights of models.{MODEL}: no file absent"):
        require_presence(parameters, parameters["models"])


@pytest.mark.parametrize("root", [".", "..", "/", "data", "data/inputs", "$HERE", "data/../data"])
def test_no_data_set_holds_what_the_pipeline_writes(
    here: Path, parameters: dict[str, Any], root: str
) -> None:
    (here / "data/inputs").mkdir(parents=True)
    parameters["dataset"] = "class_folders"
    parameters["datasets"]["class_folders"]["root"] = root.replace("$HERE", str(here))
    with pytest.raises(
        PipelineError, match=r"datasets.class_folders.root is .* holds what the pip"
    ):
        require_presence(parameters, [])
    entry = parameters["datasets"]["class_folders"] | {"dataset": "class_folders"}
    parameters["external"] = {"x": entry}
    parameters["dataset"] = "synthetic"
    with pytest.raises(PipelineError, match=r"external.x.root is .* expected one that holds radio"):
        require_presence(parameters, [])


@pytest.mark.usefixtures("here")
def test_nothing_is_drawn_over_what_a_user_has(parameters: dict[str, Any]) -> None:
    parameters["datasets"]["synthetic"]["root"] = "../mine"
    message = r"datasets.synthetic.root is ../mine; expected data/raw/synthetic"
    with pytest.raises(PipelineError, match=message):
        require_presence(parameters, [])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"dataset": "mura"},
            r"datasets.mura.root: no folder data/raw/MURA-v1.1: put the data set",
        ),
        (
            {"external": {"x": {"dataset": "mura"}}},
            r"external.x.root: no folder data/raw/MURA-v1.1",
        ),
        (
            {"external": {"x": {"dataset": "table", "root": "there"}}},
            r"external.x.labels: no file there/labels.csv; expected the table in that folder",
        ),
        ({"split": {"given": "no.csv"}}, r"split.given: no file no.csv; expected null, or a CSV"),
        (
            {"models": {MODEL: {"weights": "no.h5"}}},
            r"weights of models.deepconvnet: no file no.h5",
        ),
        (
            {"models": {MODEL: {"device": "all"}}},
            r"device of models.deepconvnet is all, .* not with tensorflow: set KERAS_BACKEND=jax",
        ),
        (
            {"models": {MODEL: {"device": "gpu"}}},
            r"device of models.deepconvnet is gpu, but this machine has none: set device to auto",
        ),
    ],
)
def test_what_is_absent_is_refused(
    here: Path,
    parameters: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    message: str,
) -> None:
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setattr("fracture.inputs.presence.lacks_gpu", lambda: True)
    (here / "there").mkdir()
    entry = parameters["models"][MODEL] | change.pop("models", {}).get(MODEL, {})
    parameters["models"][MODEL] = entry
    parameters["split"] |= change.pop("split", {})
    with pytest.raises(PipelineError, match=rf"^params.yaml: {message}") as refusal:
        require_presence(parameters | change, [MODEL])
    assert "\n" not in str(refusal.value)


def test_a_copy_of_the_repository_finds_what_git_does_not_know(
    here: Path, parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `dvc exp run --temp` and `--queue` start stages."""
    for name in ("mine/labels.csv", "split.csv", "mine.weights.h5", ".dvc/tmp/copy/dvc.yaml"):
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).touch()
    monkeypatch.chdir(here / ".dvc/tmp/copy")
    (here / "data/raw/synthetic").mkdir(parents=True)
    with monkeypatch.context() as started:
        started.setenv("DVC_ROOT", str(here))
        require_presence(parameters, [])  # drawn in the copy, whatever lies in the repository
    parameters["dataset"] = "table"
    parameters["datasets"]["table"]["root"] = "mine"
    parameters["split"]["given"] = "split.csv"
    parameters["models"][MODEL]["weights"] = "mine.weights.h5"
    with pytest.raises(PipelineError, match=r"datasets.table.root: no folder mine"):
        require_presence(parameters, [MODEL])
    monkeypatch.setenv("DVC_ROOT", str(here))
    require_presence(parameters, [MODEL])


@pytest.mark.usefixtures("here")
def test_weights_of_a_package_that_is_absent_are_missed_before_any_training(
    parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("fracture.backbones.packaged.distribution", missing)
    require_presence(parameters, [MODEL])
    with pytest.raises(PipelineError, match=r"efficientnet-lite0-\S+, which is not installed: run"):
        require_presence(parameters, [MODEL, "efficientnet_lite0"])


@pytest.mark.usefixtures("here")
def test_all_devices_are_possible_with_jax(
    parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    parameters["models"][MODEL]["device"] = "all"
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setattr("fracture.device.find_spec", lambda _: True)  # installed or not
    with pytest.raises(PipelineError, match=r"JAX alone, not with torch: set KERAS_BACKEND=jax"):
        require_presence(parameters, [MODEL])
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    require_presence(parameters, [MODEL])
