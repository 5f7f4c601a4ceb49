"""The stage: every seed predicts, the first explains, two runs give the same bytes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
from ruamel.yaml import YAML

from fracture.artifacts import arrays, costs, history, localisation, maps, predictions, trained
from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.imaging.variant import View
from fracture.inference.gradcam import GradCAM
from fracture.inference.models import Predicted
from fracture.inference.networks import Member, predict
from stages.predict import heat_of_fractures, main
from tests.inference.examples import network
from tests.judging.localisation.examples import SIZE, packed
from tests.run_files import make_trained

FILES = [
    "data/predictions/small/fractured.csv",
    "data/predictions/small/localisation.json",
    "data/predictions/small/trained.json",
    "plots/models/small/froc.csv",
    "plots/models/small/froc.png",
    "plots/models/small/heat.png",
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
    parameters["train"]["device"] = "cpu"
    parameters["evaluate"]["draws"] = 100
    parameters |= {"model": "small", "run": ["small"], "systems": {}}

    def write(*seeds: int) -> dict[int, keras.Model]:
        YAML().dump({**parameters, "training_seeds": list(seeds)}, Path("params.yaml"))
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
    measured = costs.read("small").prediction
    assert measured is not None
    assert 0 < measured.milliseconds < 60_000
    result = localisation.read("small")
    assert (result.model, result.synthetic, result.n, result.groups) == ("small", True, 6, 3)
    assert (result.kind, result.normal, result.fractures) == ("gradcam", 6, 6)
    assert (result.mark_share, result.small.side) == (0.8, 30)
    assert (result.draws, result.confidence) == (100, 0.95)
    assert 0 <= (result.energy.network.value or 0) <= 1


def test_the_same_bytes_each_time(train: Callable[..., dict[int, keras.Model]]) -> None:
    pack(packed())
    train(3)
    main("small")
    first = written()
    main("small")
    assert written() == first


def test_a_network_with_a_fracture_map_leaves_its_maps_too(
    train: Callable[..., dict[int, keras.Model]], parameters: dict[str, Any]
) -> None:
    data = pack(packed())
    train(3)
    made = network(parameters, "deepconvnet", SIZE, stride=8)
    networks.write(made, networks.path("small", 3))
    main("small")
    result, found = localisation.read("small"), maps.read("small")
    assert (result.kind, found.measured.ids) == ("map", data.table["id"].iloc[12:].tolist())
    expected = GradCAM(made).explain(data.images, np.arange(12, 24), 16).map
    assert expected is not None
    np.testing.assert_allclose(found.network, expected[:, 0], rtol=1e-4)
    assert not np.allclose(found.random_weights, found.network)


def test_without_boxes_it_says_so_and_goes_on(
    train: Callable[..., dict[int, keras.Model]], capsys: pytest.CaptureFixture[str]
) -> None:
    pack(packed(boxes=False))
    train(3)
    main("small")
    assert localisation.read("small").n == 0
    assert "No fractured test radiograph has a fracture box" in capsys.readouterr().out
    assert sorted(file.name for file in Path("plots/models/small").iterdir()) == [
        "heat.png", "training.png"
    ]  # fmt: skip


def test_what_is_measured_of_all_kinds_of_heat() -> None:
    heat = np.arange(3 * 2 * 2, dtype=np.float32).reshape(3, 1, 2, 2)
    chosen = np.array([True, False, True])
    control = -heat[chosen]
    plain = heat_of_fractures(Predicted({}, heat, None, control, 1.0), chosen)
    assert [*plain] == ["network", "random_weights"]
    np.testing.assert_array_equal(plain["network"], heat[[0, 2], 0])
    np.testing.assert_array_equal(plain["random_weights"], -heat[[0, 2], 0])
    mapped = heat_of_fractures(Predicted({}, heat, 2 * heat, control, 1.0), chosen)
    assert [*mapped] == ["network", "gradcam", "random_weights"]
    np.testing.assert_array_equal(mapped["gradcam"], 2 * heat[[0, 2], 0])


def test_the_control_sees_every_radiograph_that_is_measured(
    train: Callable[..., dict[int, keras.Model]],
) -> None:
    data = packed()
    data.table.loc[15, "boxes"] = "[]"  # fractured, but nobody knows where
    pack(data)
    train(3)
    main("small")
    result = localisation.read("small")
    assert (result.n, result.normal) == (5, 6)
    table = pd.read_csv("plots/models/small/froc.csv")
    assert set(table["heat"]) == {"network", "random_weights", "centred_blob"}
