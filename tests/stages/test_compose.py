from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy.special import expit, logit

from fracture.artifacts import predictions, systems, trained
from fracture.console import PipelineError
from stages.compose import main
from tests.systems.examples import MODELS, TABLES

RUN = ["shared", "weak", "chance", "best", "two_step", "perfect"]
FILES = [
    f"{name}.csv"
    for name in ("best", "bone_type", "chance", "perfect", "shared", "two_step", "weak")
]


@pytest.fixture
def folder(
    parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Leave what `predict` does of all models; return params.yaml."""
    monkeypatch.chdir(tmp_path)
    plain = {"backbone": "vgg16", "variant": "plain", "target": "fractured"}
    route = {"to": "special", "otherwise": "shared", "routing": "hard", "least": 0}
    parameters |= {
        "model": "shared",
        "run": RUN,
        "models": dict.fromkeys(MODELS, plain)
        | {"bone_type": plain | {"target": "body_part"}}
        | {"special": plain | {"per": {"body_part": 20}}},
        "systems": {
            "best": {"mean_of": "all", "weights": {"selected": 4}},
            "two_step": route | {"route_by": "bone_type"},
            "perfect": route | {"route_by": "truth"},
        },
    }
    YAML().dump(parameters, Path("params.yaml"))
    for (name, target), table in TABLES.items():
        predictions.write(table, predictions.path(name, target))
        trained.write(MODELS[name], predictions.folder(name))
    return parameters


def written() -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(Path("data/systems").iterdir())}


@pytest.mark.usefixtures("folder")
def test_the_same_files_and_bytes_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    first = written()
    assert list(first) == sorted([*FILES, "systems.json"])
    main()
    assert written() == first
    best, two_step, perfect, done = capsys.readouterr().out.splitlines()[-4:]
    assert best.startswith("best: mean logit of ")
    assert "selected among 3 systems on validation; log loss on validation 0." in best
    assert two_step.startswith("two_step: bone_type (temperature ")
    assert perfect.startswith("perfect: the true class, which nobody knows of a new radiograph,")
    assert done == "systems: 7, 3 of them composed: data/systems"


@pytest.mark.usefixtures("folder")
def test_what_is_written_is_read() -> None:
    main()
    made = systems.read()
    assert list(made) == ["shared", "weak", "chance", "bone_type", "best", "two_step", "perfect"]
    assert list(systems.compositions()) == ["best", "two_step", "perfect"]
    assert [name for name, each in made.items() if not each.ranked] == ["perfect"]
    assert str(made["shared"]) == "vgg16 on plain radiographs"
    best = made["best"]
    assert best.label == f"mean of {len(best.members)}"
    assert made["two_step"].models == ["bone_type", "special", "shared"]
    table = systems.read_predictions("best")
    members = {
        name: predictions.read(predictions.path(name)).sort_values(["part", "id"])["probability"]
        for name in best.weights
    }
    total = sum(weight * logit(members[name].to_numpy()) for name, weight in best.weights.items())
    np.testing.assert_allclose(table["probability"], expit(total), atol=1e-8)
    assert table.columns.tolist() == [*predictions.COLUMNS, "probability"]
    told = systems.read_predictions("bone_type")
    assert told.columns.tolist()[-3:] == [f"probability_{part}" for part in ("foot", "hand", "leg")]


def test_what_is_no_part_of_the_run_goes(folder: dict[str, Any]) -> None:
    main()
    YAML().dump(folder | {"run": ["shared", "weak"]}, Path("params.yaml"))
    main()
    assert list(written()) == ["shared.csv", "systems.json", "weak.csv"]


@pytest.mark.usefixtures("folder")
def test_missing_predictions_name_the_command_and_leave_what_was_there() -> None:
    main()
    before = written()
    predictions.path("weak").unlink()
    with pytest.raises(PipelineError, match=r"fractured\.csv not found.*dvc repro predict@weak"):
        main()
    predictions.write(TABLES["weak", "fractured"][:-2], predictions.path("weak"))
    with pytest.raises(PipelineError, match="shared and weak were predicted on different"):
        main()
    assert written() == before
    with pytest.raises(PipelineError, match=r"none\.csv not found, .*run `dvc repro compose`"):
        systems.read_predictions("none")
