"""Versions in an MLflow store: the gate, two at once, rolling back, what was changed."""

import base64
import json
from argparse import Namespace
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

from fracture.artifacts import bundle as bundles
from fracture.artifacts import manifest, predictions, scores, systems
from fracture.console import PipelineError
from fracture.inference import Answer, Predictor
from fracture.judging.evaluation import evaluate
from fracture.params.section import load
from fracture.targets import FRACTURE
from fracture.tracking.location import Location
from fracture.tracking.view import VIEW
from serving.registry.__main__ import main
from tests.judging.comparison.examples import SECTION, SEED

pytestmark = [
    # MLflow warns of itself, and uses what others deprecate.
    pytest.mark.filterwarnings("default"),
    pytest.mark.usefixtures("repository"),
]


@contextmanager
def registry() -> Iterator[Any]:
    """Yield the registry of the folder's store."""
    from fracture.tracking.store import opened  # noqa: PLC0415 - MLflow warns as it is imported
    from serving.registry.versions import Registry  # noqa: PLC0415

    with opened(Location.find({}), "fractures", {VIEW: ""}) as store:
        yield Registry(store)


def register(name: str, *, force: bool = False) -> tuple[str, Any]:
    from serving.registry.candidate import read_candidate  # noqa: PLC0415

    candidate = read_candidate(load() | {"model": name})
    with registry() as opened:
        version, decision = opened.register(candidate, force)
    return version, decision


def champion() -> str | None:
    with registry() as opened:
        found = opened.champion()
    return found and str(found.version)


def tags(version: str) -> dict[str, str]:
    with registry() as opened:
        (found,) = (each for each in opened.versions() if str(each.version) == version)
    return dict(found.tags)


def test_better_moves_the_champion_worse_does_not_and_rolling_back_is_one_command() -> None:
    first, one = register("opposite")
    second, two = register("plain")
    third, three = register("opposite")
    assert (first, second, third) == ("1", "2", "1")  # the same bundle is the same version
    assert (one.moves, two.moves, three.moves) == (True, True, False)
    assert two.reason.startswith("better than version 1 (opposite): test AUROC 0.")
    assert three.reason.startswith("worse than version 2 (plain): test AUROC 0.")
    assert champion() == "2"
    assert tags("1")["reason"] == three.reason
    fourth, four = register("less_sure")
    assert (fourth, four.moves) == ("3", True)
    assert tags("2")["reason"] == "followed by version 3"
    assert four.reason.startswith("not distinguishable from version 2 (plain)")
    assert four.reason.endswith("cheaper: 2 against 3 million multiply-adds a radiograph")
    again, five = register("plain")
    assert (again, five.moves, champion()) == ("2", False, "3")

    with registry() as opened:
        assert opened.roll_back(None) == "2"
        assert opened.roll_back(None) == "1"
        with pytest.raises(PipelineError, match="version 1 followed no champion; these were: 1, 2"):
            opened.roll_back(None)
        with pytest.raises(
            PipelineError, match="version 9 was never champion; these were: 1, 2, 3"
        ):
            opened.roll_back("9")
        assert opened.roll_back("3") == "3"
        told = {str(each.version): each for each in opened.versions()}
        table = opened.table()
    assert told["3"].description.startswith("Champion: rolled back to, from version 1.\n\n")
    assert "cheaper: 2 against 3 million" in told["3"].description
    assert told["1"].tags["reason"] == "rolled back, to version 3"
    assert told["2"].tags["judged_on"].startswith("synthetic, test part: 40 radiographs")
    assert [line.split()[:2] for line in table.splitlines() if "synthetic" in line] == [
        ["1", "opposite"], ["2", "plain"], ["3", "champion"],
    ]  # fmt: skip


def test_a_loaded_version_and_a_server_give_the_predictors_answers() -> None:
    register("plain")
    import mlflow  # noqa: PLC0415
    from mlflow.pyfunc.scoring_server import init  # noqa: PLC0415

    files = [Path("raw", one.path) for one in manifest.read()][:5]
    answers = Predictor.load(bundles.path("plain")).predict(files)
    expected = [answer.probability for answer in answers if isinstance(answer, Answer)]
    assert len(expected) == 5
    model = mlflow.pyfunc.load_model("models:/bone-fracture@champion")
    contents = [file.read_bytes() for file in files]
    table = model.predict(pd.DataFrame({"radiograph": [*contents, b"no image"]}))
    assert table["probability"].tolist()[:5] == pytest.approx(expected, abs=1e-6)
    assert table["probability"][5] is None
    assert "not an image" in table["note"][5]
    assert [one.name for one in model.metadata.signature.inputs] == ["radiograph"]
    assert str(model.metadata.signature.inputs.input_types()[0]) == "DataType.binary"
    example = model.input_example
    assert example["radiograph"][0].startswith(b"\x89PNG")
    folder = Path(mlflow.artifacts.download_artifacts("models:/bone-fracture@champion"))
    pinned = (folder / "requirements.txt").read_text().split()
    assert f"mlflow=={mlflow.__version__}" in pinned
    assert all("==" in each for each in pinned)
    assert (folder / "data/contents/bundle/card.md").read_text() == "# plain\n"
    kept = predictions.read(folder / "data/contents/predictions.csv")
    assert set(kept["patient"]) == {""}

    rows = [[base64.b64encode(content).decode()] for content in contents]
    split = {"dataframe_split": {"columns": ["radiograph"], "data": rows}}
    answer = _post(init(model), json.dumps(split))
    told = [row["probability"] for row in answer["predictions"]]
    assert told == pytest.approx(expected, abs=1e-6)


def _post(application: Any, body: str) -> Any:
    from fastapi.testclient import TestClient  # noqa: PLC0415 - warns as it is imported

    client = TestClient(application)
    answer = client.post("/invocations", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_two_at_once_end_in_one_champion() -> None:
    register("opposite")
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(register, ["plain", "less_sure"]))
    numbers = {version for version, _ in ended}
    assert numbers == {"2", "3"}
    # Whoever comes second, the cheaper of two that are not distinguishable stays.
    cheaper = next(version for version, _ in ended if tags(version)["system"] == "less_sure")
    assert champion() == cheaper


@pytest.mark.parametrize("what", ["network", "description"])
def test_a_bundle_that_was_changed_is_refused(what: str) -> None:
    folder = bundles.path("plain")
    if what == "network":
        file = next((bundles.network_path(folder, "one/seed0")).glob("*.h5"))
        file.write_bytes(file.read_bytes()[:-1] + b"?")
        message = "is not the file that was bundled"
    else:
        sealed = bundles.read(folder)
        bundles.write(sealed.model_copy(update={"temperature": 3.0}), folder)
        message = "has another temperature or other thresholds than metrics/systems/plain.json"
    with pytest.raises(PipelineError, match=message):
        register("plain")
    assert champion() is None
    with registry() as opened:
        assert opened.versions() == []


def test_a_registered_bundle_that_was_changed_loads_nowhere(repository: Path) -> None:
    register("plain")
    import mlflow  # noqa: PLC0415

    (file,) = (repository / "mlartifacts").rglob("contents/bundle/bundle.json")
    file.write_text(file.read_text().replace('"mirror": false', '"mirror": true'))
    with pytest.raises(PipelineError, match="was changed: its digest is"):
        mlflow.pyfunc.load_model("models:/bone-fracture@champion")


def test_what_does_not_reproduce_its_records_is_no_champion_by_force_either() -> None:
    table = systems.read_predictions("plain")
    nudged = table.assign(probability=table["probability"] + 2e-3)  # the order is the same
    predictions.write(nudged, systems.path("plain"))
    version, decision = register("plain", force=True)
    assert not decision.moves
    assert decision.reason.startswith("it does not reproduce its recorded predictions: of 20 ")
    assert champion() is None
    assert tags(version)["reason"] == decision.reason


def test_another_test_split_needs_force() -> None:
    register("plain")
    table = systems.read_predictions("opposite")
    fewer = table[table["id"] != table["id"].iloc[-1]]
    predictions.write(fewer, systems.path("opposite"))
    scores.write(evaluate("opposite", fewer, FRACTURE, SECTION, SEED), scores.path("opposite"))
    version, decision = register("opposite")
    assert not decision.moves
    assert decision.reason.startswith("not comparable with version 1 (plain): ")
    assert "39 radiographs" in decision.reason
    assert champion() == "1"
    _, forced = register("opposite", force=True)
    assert forced.moves
    assert forced.reason == f"forced, though {decision.reason}"
    assert champion() == version


def test_versions_follow_a_clone_that_was_moved(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register("plain")
    there = repository.with_name("elsewhere")
    repository.rename(there)
    monkeypatch.chdir(there)
    version, decision = register("opposite")  # reads the champion's predictions
    assert (version, champion()) == ("2", "1")
    assert decision.reason.startswith("worse than version 1 (plain)")


def test_the_command_says_what_was_decided_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    parameters = load()
    for name in ("opposite", "plain"):
        YAML().dump(parameters | {"model": name}, Path("params.yaml"))
        main(Namespace(act="register", force=False))
    main(Namespace(act="rollback", version=None))
    main(Namespace(act="list"))
    out = capsys.readouterr().out
    assert "version 1 is the champion: the first: there was none" in out
    assert "version 2 is the champion: better than version 1 (opposite): test AUROC" in out
    assert "version 1 is the champion again\n" in out
    assert "rolled back, to version 1" in out


def test_a_version_is_of_the_run_of_the_headline() -> None:
    from mlflow import MlflowClient  # noqa: PLC0415

    client = MlflowClient("sqlite:///mlflow.db")
    experiment = client.create_experiment("fractures")
    run = client.create_run(experiment, tags={"headline": "yes"}, run_name="plain").info.run_id
    register("plain")
    found = client.get_model_version("bone-fracture", "1")
    assert found.run_id == run
    logged = client.get_logged_model(found.source.removeprefix("models:/"))
    assert (logged.source_run_id, str(logged.status)) == (run, "READY")
