import json
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from fracture.artifacts import costs, digests, network
from fracture.console import PipelineError
from fracture.targets import CLASSES
from fracture.tracking.record import NUMBERS, PARENT
from fracture.tracking.view import VIEW
from stages.track import main
from tests.tracking.examples import MODELS, STATE, change_parameters, make_ensemble, runs

# MLflow uses what SQLAlchemy deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning")


def artifacts(run: Any) -> set[str]:
    folder = Path(run.info.artifact_uri.removeprefix("file://"))
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def files(folder: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_each_model_and_the_comparison_become_a_run(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    first, second, state = runs(database).values()
    assert first.info.run_name == "first"
    assert first.info.status == second.info.status == state.info.status == "FINISHED"
    assert first.data.params["augmentation.rotation"] == "10.0"
    assert first.data.metrics["test/auroc"] == 0.75
    assert first.data.metrics["validation/threshold"] == 0.375
    numbers = Path(first.info.artifact_uri.removeprefix("file://")) / NUMBERS
    assert ["localisation", "pointing_gain_random_weights", 0.375] in json.loads(
        numbers.read_text()
    )["data"]
    assert first.data.tags["backbone"] == "mobilenet"
    assert "12 fractured, 20 groups" in first.data.tags["mlflow.note.content"]
    (data,) = first.inputs.dataset_inputs
    assert data.dataset.name == "synthetic"
    assert len(data.dataset.digest) == 12
    assert json.loads(data.dataset.profile)["radiographs"] == 20
    assert artifacts(first) == {
        "first.json",
        "numbers.json",
        "localisation/localisation.json",
        "plots/heatmaps.png",
        "plots/history.csv",
        "plots/roc.png",
    }
    assert state.info.run_name == STATE
    note = state.data.tags["mlflow.note.content"]
    assert note.startswith("Runs first seen in this state: [first](#/experiments/1/runs/")
    assert note.endswith("| model | auroc |\n")
    assert "earlier" not in note
    assert state.data.metrics["test/auroc"] == 0.75
    parents = [run.data.tags.get("mlflow.parentRunId") for run in (first, second, state)]
    assert parents == [state.info.run_id, state.info.run_id, None]
    assert [run.data.tags.get("headline") for run in (first, second)] == ["yes", None]
    assert {"comparison.md", "comparison.png", "pairs.json"} <= artifacts(state)
    output = capsys.readouterr()
    assert output.out.startswith(f"3 of 3 runs are new in {database}\nLook: make mlflow\n")
    assert all(line.startswith("track:") for line in output.err.splitlines() if line)


def test_an_ensemble_becomes_a_run(database: str) -> None:
    make_ensemble("both")
    main()
    assert list(runs(database)) == ["first", "second", "both", STATE]
    run = runs(database)["both"]
    assert run.data.tags["kind"] == "mean"
    assert "network" not in run.data.tags
    assert artifacts(run) == {"both.json", "numbers.json", "plots/roc.png"}
    main()
    assert len(runs(database)) == 4


def test_the_curves_have_a_point_an_epoch(database: str) -> None:
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    main()
    history = MlflowClient(database).get_metric_history(
        runs(database)["first"].info.run_id, "training/loss"
    )
    assert [(point.step, point.value) for point in history] == [(1, 0.75), (2, 0.5), (3, 0.25)]


def test_running_twice_changes_nothing(
    database: str, pipeline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main()
    before = files(pipeline)
    capsys.readouterr()
    main()
    assert files(pipeline) == before
    assert len(runs(database)) == 3
    assert capsys.readouterr().out.startswith("0 of 3 runs are new")


def test_an_experiment_adds_the_run_that_it_changed(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    main()
    change_parameters(models__first__learning_rate=0.25)
    monkeypatch.setenv("DVC_EXP_NAME", "sunny-axe")
    main()
    assert list(runs(database)) == [
        "first", "second", STATE, "first (sunny-axe)", f"{STATE} (sunny-axe)"
    ]  # fmt: skip
    before, state = (runs(database)[name] for name in (STATE, f"{STATE} (sunny-axe)"))
    parents = {name: run.data.tags.get(PARENT) for name, run in runs(database).items()}
    assert parents["first"] == parents["second"] == before.info.run_id
    assert parents["first (sunny-axe)"] == state.info.run_id
    own, earlier, *_ = state.data.tags["mlflow.note.content"].split("\n\n")
    assert own.startswith("Runs first seen in this state: [first]")
    assert earlier.startswith("Runs of earlier states: [second]")
    run = runs(database)["first (sunny-axe)"]
    assert run.data.params["learning_rate"] == "0.25"
    assert run.data.tags["dvc_experiment"] == "sunny-axe"


def test_the_view_shows_the_headlines_columns_and_a_text_of_ones_own_stays(database: str) -> None:
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    client, name = MlflowClient(database), "bone-fracture-classification"
    main()
    made = client.get_experiment_by_name(name)
    assert "tags.target = 'fractured'" in made.tags[VIEW]
    for tag, text in (("mlflow.note.content", "my own"), (VIEW, "{}")):
        client.set_experiment_tag(made.experiment_id, tag, text)
    main()
    expected = made.tags | {"mlflow.note.content": "my own"}
    assert client.get_experiment_by_name(name).tags == expected


def test_an_interrupted_run_is_replaced(
    database: str, pipeline: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(MlflowClient, "set_terminated", interrupt)
        with pytest.raises(KeyboardInterrupt):
            main()
    (left,) = runs(database).values()
    assert left.info.status == "RUNNING"
    main()
    assert [run.info.status for run in runs(database).values()] == ["FINISHED"] * 3
    assert runs(database)["first"].info.run_id != left.info.run_id
    with_files = {
        file.relative_to(pipeline / "mlartifacts").parts[0]
        for file in files(pipeline / "mlartifacts")
    }
    assert with_files == {"models"} | {run.info.run_id for run in runs(database).values()}
    logged = {model.source_run_id: model for model in models(database)}
    of_models = files(pipeline / "mlartifacts/models")
    assert {file.relative_to(pipeline / "mlartifacts/models").parts[0] for file in of_models} == {
        model.model_id for model in logged.values()
    }
    assert logged.keys() == {runs(database)[name].info.run_id for name in MODELS}


def test_networks_are_copied_once_they_are_asked_for(database: str) -> None:
    change_parameters(track__networks="none")
    main()
    without = artifacts(runs(database)["first"])
    assert {name.split("/")[0] for name in without} == {
        "first.json", "numbers.json", "localisation", "plots"
    }  # fmt: skip
    change_parameters(track__networks="all")
    main()
    with_network = runs(database)["first"]
    added = artifacts(with_network) - without
    assert added == {"network/seed0/network.json", "network/seed0/network.weights.h5"}
    assert len(runs(database)) == 3
    change_parameters(track__networks="none")
    main()
    assert runs(database)["first"].info.run_id == with_network.info.run_id


def models(uri: str) -> list[Any]:
    """Return the logged models of the experiment."""
    from mlflow import MlflowClient  # noqa: PLC0415 - warns while it is imported

    found: list[Any] = MlflowClient(uri).search_logged_models(["1"])
    return found


def test_each_system_is_a_logged_model_with_signature(database: str) -> None:
    from mlflow.models import Model  # noqa: PLC0415 - warns while it is imported

    main()
    run = runs(database)["first"]
    first, second = sorted(models(database), key=lambda model: str(model.name))
    assert (first.name, second.name) == ("first", "second")
    assert (first.status, first.source_run_id) == ("READY", run.info.run_id)
    assert [output.model_id for output in run.outputs.model_outputs] == [first.model_id]
    assert first.params["augmentation.rotation"] == "10.0"
    metrics = {metric.key: metric for metric in first.metrics}
    assert metrics["test/auroc"].value == 0.75
    assert metrics["test/auroc"].dataset_name == "synthetic"
    folder = Path(first.artifact_location.removeprefix("file://"))
    assert [file.name for file in folder.iterdir()] == ["MLmodel"]
    signature = Model.load(str(folder)).signature
    assert signature.inputs.to_dict() == [
        {"type": "binary", "name": "radiograph", "required": True}
    ]
    assert [column["name"] for column in signature.outputs.to_dict()] == [*CLASSES]


def test_a_run_lasts_as_long_as_its_training(database: str) -> None:
    costs.write(
        "first", costs.Training, device="cpu", seconds=90.5, whole=True, images_per_second=20.0
    )
    finished = costs.read("first").training
    assert finished is not None
    main()
    first, second = (runs(database)[name] for name in MODELS)
    assert first.info.end_time - first.info.start_time == 90_500
    assert first.info.end_time == datetime.fromisoformat(finished.finished).timestamp() * 1000
    assert first.data.metrics["time_and_memory/training_seconds"] == 90.5
    assert first.data.tags["device"] == "cpu"
    assert second.info.end_time == second.info.start_time
    costs.write("first", costs.Training, device="gpu", seconds=1, whole=True, images_per_second=9)
    main()
    assert len(runs(database)) == 3


def test_another_headline_moves_the_mark_and_is_a_state_without_runs_of_its_own(
    database: str,
) -> None:
    main()
    change_parameters(model="second")
    main()
    there = runs(database)
    assert list(there) == ["first", "second", STATE, STATE.replace("first", "second")]
    assert [there[name].data.tags.get("headline") for name in MODELS] == [None, "yes"]
    assert {there[name].data.tags[PARENT] for name in MODELS} == {there[STATE].info.run_id}
    note = there[STATE.replace("first", "second")].data.tags["mlflow.note.content"]
    assert note.startswith("Runs of earlier states: [first]")


def test_a_long_training_is_logged_whole(database: str) -> None:
    path = Path("data/models/first/history.csv")
    header, *_ = path.read_text().splitlines()
    rows = [f"0,,{epoch},frozen,1,1,1,1,1" for epoch in range(1, 401)]
    path.write_text("\n".join([header, *rows]))
    main()
    with sqlite3.connect(database.removeprefix("sqlite:///")) as connection:
        ((count,),) = connection.execute("SELECT COUNT(*) FROM metrics WHERE key = 'training/loss'")
    assert count == 401 + 2  # 400 of the first model, 3 of the second


@pytest.mark.usefixtures("database")
def test_a_temporary_experiment_records_in_the_repository_and_marks_no_headline(
    pipeline: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    copy = tmp_path / "copy"
    pipeline.joinpath("mlflow.db").rename(tmp_path / "mlflow.db")
    pipeline.rename(copy)
    monkeypatch.chdir(copy)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    before = set(files(copy))
    main()
    assert set(files(copy)) - before == {copy / digests.PATH}
    assert before <= set(files(copy))
    recorded = runs(f"sqlite:///{tmp_path / 'mlflow.db'}")
    assert len(recorded) == 3
    assert not any("headline" in run.data.tags for run in recorded.values())
    assert (tmp_path / "mlartifacts").is_dir()
    capsys.readouterr()
    main()
    assert capsys.readouterr().out.startswith("0 of 3 runs are new")


@pytest.mark.usefixtures("pipeline")
def test_a_missing_result_is_an_error() -> None:
    (network.path("second", 0) / "network.json").unlink()
    with pytest.raises(
        PipelineError, match=r"network\.json not found: run `dvc repro train@second`"
    ):
        main()
