"""The stage: every seed predicts, the first explains, two runs give the same bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from fracture.artifacts import arrays, history, localisation, predictions, trained
from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.imaging.variant import View
from fracture.inference.networks import Member, predict
from stages.predict import main
from tests.inference.examples import network
from tests.judging.localisation.examples import SIZE, packed
from tests.run_files import make_trained

FILES = [
    "data/predictions/small/fractured.csv",
    "data/predictions/small/localisation.json",
    "data/predictions/small/trained.json",
    "plots/models/small/gradcam.png",
    "plots/models/small/training.png",
]
HISTORY = {
    "seed": 0, "trained_on": "", "epoch": [1, 2], "phase": "finetune", "loss": 0.6, "auc": 0.7,
    "validation_loss": 0.7, "validation_auc": 0.6, "learning_rate": 1e-3,
}  # fmt: skip


@pytest.fixture
def train(
    parameters: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[int, keras.Model]]:
    """Return what writes parameters and a network for each seed into a fresh folder."""
    monkeypatch.chdir(tmp_path)
    parameters["models"] = {
        "small": {"backbone": "deepconvnet", "variant": "plain", "target": "fractured"}
    }
    parameters["recipes"]["demo"]["train"]["device"] = "cpu"
    parameters["evaluate"]["draws"] = 100
    parameters |= {"model": "small", "run": ["small"], "systems": {}}

    def write(*seeds: int) -> dict[int, keras.Model]:
        YAML().dump({**parameters, "seeds": list(seeds)}, Path("params.yaml"))
        made = {}
        for seed in seeds:
            made[seed] = network(parameters, "deepconvnet", SIZE)
            kernel, bias = made[seed].get_layer("probability").get_weights()
            made[seed].get_layer("probability").set_weights([kernel * seed, bias])
            networks.write(made[seed], networks.path("small", seed))
        history.write(pd.DataFrame(HISTORY), history.path("small"))
        trained.write(make_trained(seeds), networks.folder("small"))
        return made

    return write


def pack(data: PackedImages) -> PackedImages:
    arrays.write(arrays.path("plain"), data.table, SIZE, data.images)
    return data


def written() -> dict[str, bytes]:
    return {file: Path(file).read_bytes() for file in FILES}


@pytest.mark.parametrize("mirror", [False, True])
def test_every_seed_predicts_in_the_order_of_params(
    train: Callable[..., dict[int, keras.Model]], parameters: dict[str, Any], mirror: bool
) -> None:
    parameters["recipes"]["demo"]["predict"]["mirror"] = mirror
    data, made = pack(packed()), train(3, 1)
    main("small")
    table = predictions.read(predictions.path("small"))
    assert table["seed"].tolist() == [3] * 18 + [1] * 18
    rows = np.arange(6, 24)
    for seed, of_seed in table.groupby("seed"):
        assert of_seed["id"].tolist() == data.table["id"].iloc[rows].tolist()
        member = Member(Path(), (), View(SIZE, ()), mirror, 16)
        expected = predict(made[int(str(seed))], member, data.images, rows)
        np.testing.assert_allclose(of_seed["probability"], expected[:, 0], rtol=1e-5)
    result = localisation.read("small")
    assert (result.model, result.synthetic, result.n, result.groups) == ("small", True, 6, 3)
    assert (result.draws, result.confidence) == (100, 0.95)
    assert 0 <= (result.energy.network.value or 0) <= 1


def test_the_same_bytes_each_time(train: Callable[..., dict[int, keras.Model]]) -> None:
    pack(packed())
    train(3)
    main("small")
    first = written()
    main("small")
    assert written() == first


def test_without_boxes_it_says_so_and_goes_on(
    train: Callable[..., dict[int, keras.Model]], capsys: pytest.CaptureFixture[str]
) -> None:
    pack(packed(boxes=False))
    train(3)
    main("small")
    assert localisation.read("small").n == 0
    assert "No fractured test radiograph has a fracture box" in capsys.readouterr().out
