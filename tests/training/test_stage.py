"""The command: a network for each seed, none of which depends on another."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import pandas as pd
import pytest
from ruamel.yaml import YAML

from fracture.artifacts import arrays, costs, history, trained
from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.params.train import Train, resolve
from fracture.training import network as building
from fracture.training import training
from fracture.training.live import VARIABLE
from stages.train import main
from tests.conftest import ROOT
from tests.training.conftest import SIZE

# What the pipeline did before there was more than one seed, in a process of its own.
ONE_TRAINING = """
import sys
from pathlib import Path
from fracture.artifacts import arrays, network as networks
from fracture.device import prepare
from fracture.params.train import Model, Train
settings = Train.model_validate_json(sys.argv[1])
prepare(settings.device, 1, settings.precision, settings.threads)
from fracture.training import network as building
from fracture.training.training import train
from tests.training.test_stage import small_backbone
building.build_backbone = small_backbone
model = Model(backbone="deepconvnet", variant="plain", target="fractured")
network = building.build(model, settings, 32)
train(network, arrays.read(Path("data/arrays/plain.h5")), settings, 1)
networks.write(network.whole, Path("one"))
"""


def small_backbone(_: str, scaled: Any, __: str | None) -> Any:
    """Build two layers without names of their own: each built-in backbone has dozens to trace."""
    return keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 5, strides=4)(scaled))


@pytest.fixture
def settings(
    packed: PackedImages,
    parameters: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Train:
    """Stand in a folder with arrays and one tiny model of two seeds; return its settings."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(building, "build_backbone", small_backbone)
    arrays.write(arrays.path("plain"), packed.table, SIZE, packed.images)
    parameters["models"] = {
        "tiny": {
            "backbone": "deepconvnet",
            "variant": "plain",
            "target": "fractured",
            "batch_size": 8,
            "threads": "all",
            "head": {"units": [4], "dropout": 0.5},
            "frozen": {"epochs": 0},
            "finetune": {"epochs": 2},
        }
    }
    write(parameters, [0, 1])
    return resolve(parameters, "tiny")[1]


def write(parameters: dict[str, Any], seeds: list[int]) -> None:
    run = {"training_seeds": seeds, "model": "tiny", "run": ["tiny"], "systems": {}}
    YAML().dump(parameters | run, Path("params.yaml"))


def contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_a_seed_gives_the_same_bytes_whatever_came_before(
    settings: Train, capsys: pytest.CaptureFixture[str]
) -> None:
    keras.utils.clear_session()
    main("tiny")
    both = contents(networks.folder("tiny"))
    files = [f"seed{seed}/{file}" for seed in (0, 1) for file in networks.FILES]
    assert sorted(both) == ["history.csv", *files, "trained.json"]
    assert both["seed0/network.json"] == both["seed1/network.json"]
    assert both["seed0/network.weights.h5"] != both["seed1/network.weights.h5"]

    command = [sys.executable, "-c", ONE_TRAINING, settings.model_dump_json()]
    paths = os.pathsep.join(sys.path)
    subprocess.run(command, check=True, env=os.environ | {"PYTHONPATH": paths})
    for file, content in contents(Path("one")).items():
        assert content == both[f"seed1/{file}"]

    table = history.read(history.path("tiny"))
    assert table["seed"].tolist() == [0, 0, 1, 1]
    assert table["epoch"].tolist() == [1, 2] * 2
    said = capsys.readouterr().out
    assert said.count("\nfinetune: 2 epochs in ") == 2
    measured = costs.read("tiny").training
    assert measured is not None
    assert measured.whole
    assert measured.device in said
    assert measured.seconds > 0
    assert measured.images_per_second

    made = trained.read("tiny")
    assert list(made.footprints) == ["seed0", "seed1"]
    counted = made.footprints["seed0"]
    # A convolution of 5 x 5 x 3 x 4 at 7 x 7 places, dense layers of 4 x 4 and 4 x 1; their biases,
    # and the statistics of two normalisations.
    assert counted.multiply_adds == 7 * 7 * 300 + 16 + 4
    assert counted.parameters == 300 + 4 + 16 + 8 + 16 + 4 + 4 + 1
    assert 25 <= counted.trained < counted.parameters
    assert counted.bytes == sum(len(both[f"seed0/{file}"]) for file in networks.FILES)
    training = int((arrays.read(arrays.path("plain")).table["part"] == "train").sum())
    assert (counted.epochs, counted.radiographs) == (2, 2 * training)
    for seed in (0, 1):
        assert f"tiny, seed {seed}: 2 epochs, least validation loss " in said


def test_live_curves_change_nothing_and_stop_nothing(
    settings: Train,
    parameters: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert settings.head.dropout
    write(parameters, [0])
    keras.utils.clear_session()
    main("tiny")
    without = contents(Path("data/models"))
    assert "warning: " not in "".join(capfd.readouterr())

    monkeypatch.setenv(VARIABLE, "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")  # nothing listens there
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setattr("fracture.training.live.WAIT", 300)
    main("tiny")
    assert contents(Path("data/models")) == without
    warning = "warning: no live curves, the training goes on: MLflow at http://127.0.0.1:9: "
    assert "".join(capfd.readouterr()).count(warning) == 1


@pytest.mark.usefixtures("settings")
def test_what_an_interruption_leaves_is_what_was_there(
    parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = networks.path("tiny", 9) / "network.json"
    earlier.parent.mkdir(parents=True)
    earlier.write_text("{}")

    def train(*arguments: Any) -> pd.DataFrame:
        seed, support = arguments[3:5]
        support.store.save("finetune", {})
        if seed == 1:
            raise KeyboardInterrupt
        columns = {*history.COLUMNS} - {"seed", "trained_on"}
        return pd.DataFrame(dict.fromkeys(columns, 1), index=[0])

    monkeypatch.setattr(training, "train", train)
    with pytest.raises(KeyboardInterrupt, match="goes on after the last finished epoch"):
        main("tiny")
    assert contents(Path("data/models")) == {"tiny/seed9/network.json": b"{}"}
    assert not history.path("tiny").exists()
    # What both seeds kept stays until both networks are written.
    assert [folder.name[:10] for folder in sorted(Path("data/resume").iterdir())] == [
        "tiny-seed0",
        "tiny-seed1",
    ]

    write(parameters, [3])
    main("tiny")
    assert {path.name for path in networks.folder("tiny").iterdir()} == {
        "history.csv",
        "seed3",
        "trained.json",
    }
