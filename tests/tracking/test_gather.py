import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from fracture.artifacts import history, localisation, network, scores, splits, systems, trained
from fracture.console import PipelineError
from fracture.params.section import load
from fracture.tracking.data_set import read_data_set
from fracture.tracking.gather import copied_networks, model_record
from fracture.tracking.record import Record
from tests.run_files import leave_systems, make_system, make_trained
from tests.tracking.examples import (
    MODELS,
    change_parameters,
    key,
    make_history,
    make_localisation,
    make_model,
    make_scores,
)

pytestmark = pytest.mark.usefixtures("pipeline")


def gather(name: str = "first") -> Record:
    parameters = load()
    system = systems.read().get(name)
    return model_record(parameters, name, system, read_data_set(parameters["dataset"]))


def test_the_data_set_is_counted() -> None:
    data = read_data_set("synthetic")
    assert data.counts == {
        "radiographs": 20,
        "fractured": 5,
        "groups": 10,
        "train": 12,
        "validation": 2,
        "test": 6,
    }
    splits.write(dict.fromkeys(splits.read(), "train"))
    assert read_data_set("synthetic").digest != data.digest


def test_a_model_is_gathered_with_the_settings_that_hold_for_it() -> None:
    change_parameters(models__first__head={"dropout": 0.75})
    record = gather()
    assert record.parameters["head.dropout"] == "0.75"
    assert record.parameters["backbone"] == "mobilenet"
    assert record.parameters["size"] == "128"
    assert record.parameters["split.test"] == "0.2"
    assert record.parameters["variant_steps"] == "[]"
    assert record.parameters["training_seeds"] == "[0]"
    assert record.parameters["evaluate.points.sensitive.sensitivity"] == "0.9"
    assert record.tags["synthetic"] == "true"
    assert [(a.folder, a.file.name) for a in record.artifacts] == [
        ("", "first.json"),
        ("plots", "heatmaps.png"),
        ("plots", "roc.png"),
        ("localisation", "localisation.json"),
        ("plots", "history.csv"),
        ("network/seed0", "network.json"),
        ("network/seed0", "network.weights.h5"),
    ]
    assert {"test/auroc", "test/pointing", "training/loss"} <= {p.name for p in record.points}


def test_every_seed_is_gathered() -> None:
    make_model("first", (2, 0))
    change_parameters(training_seeds=[2, 0])
    record = gather()
    folders = [artifact.folder for artifact in record.artifacts if artifact.is_network]
    assert folders == ["network/seed2", "network/seed2", "network/seed0", "network/seed0"]
    assert {"test/auroc_served", "training/loss", "training_seed0/loss"} <= {
        p.name for p in record.points
    }
    assert "means over training seeds 2, 0; standard deviation of the test AUROC 0.062." in (
        record.description
    )
    assert "of seed 2, whose network is served: test AUROC 0.750" in record.description


def test_scores_of_other_seeds_are_refused() -> None:
    make_model("first", (0, 1))
    with pytest.raises(PipelineError, match=r"holds scores of seeds 0, 1, params\.yaml names 0: "):
        gather()


def test_localisation_without_boxes_is_not_described() -> None:
    localisation.write(make_localisation("first", n=0), localisation.path("first"))
    assert "heatmap" not in gather().description


def test_the_description_tells_the_score_its_interval_and_its_sample() -> None:
    text = gather().description
    assert (
        "**Test AUROC 0.750 (0.625 to 0.875)** of target `fractured`. At `balanced` (threshold "
        "0.4157): " in text
    )
    assert "sensitivity 0.500 (0.375 to 0.625), specificity 0.625 (0.500 to 0.750)." in text
    assert (
        "Measured on synthetic, test part: 40 radiographs, 12 fractured, 20 groups; 95 % intervals."
        in text
    )
    assert "lies in a fracture box in 0.625 (0.500 to 0.750) of 12 fractured radiographs" in text
    assert "with random weights in 0.250, of a centred blob in 0.125." in text
    assert text.startswith(
        "> Synthetic: the radiographs are drawn. Nothing here says anything about "
    )
    assert "Seeds" not in text


def test_real_radiographs_are_not_called_synthetic() -> None:
    change_parameters(dataset="fracatlas")
    real = make_scores("first").model_copy(update={"dataset": "fracatlas", "synthetic": False})
    scores.write(real, scores.path("first"))
    assert "Synthetic" not in gather().description


@pytest.mark.parametrize(
    ("setting", "expected"), [("none", set()), ("headline", {"first"}), ("all", {*MODELS})]
)
def test_the_setting_says_whose_networks_are_copied(setting: str, expected: set[str]) -> None:
    change_parameters(track__networks=setting)
    assert copied_networks(load(), systems.read()) == expected


def test_the_key_is_the_same_for_the_same_content() -> None:
    assert key(gather()) == key(gather())
    assert key(gather()) == key(replace(gather(), description="in other words"))
    assert key(gather()) == key(replace(gather(), headline=True, with_networks=True))
    assert key(gather("first")) != key(gather("second"))


@pytest.mark.parametrize(
    "file",
    [
        "data/models/first/seed0/network.weights.h5",
        "plots/systems/first/roc.png",
        "data/split.csv",
    ],
)
def test_another_content_of_a_file_is_another_key(file: str) -> None:
    before = key(gather())
    with Path(file).open("a") as stream:
        stream.write("\n" if file.endswith("csv") else "more")
    assert key(gather()) != before


def test_another_setting_is_another_key() -> None:
    before = {name: key(gather(name)) for name in MODELS}
    change_parameters(models__first__learning_rate=0.25)
    assert key(gather("first")) != before["first"]
    assert key(gather("second")) == before["second"]


@pytest.mark.parametrize(
    ("file", "command"),
    [
        (network.path("first", 0) / "network.weights.h5", "dvc repro train@first"),
        (history.path("first"), "dvc repro train@first"),
        (localisation.path("first"), "dvc repro predict@first"),
        (scores.path("first"), "dvc repro evaluate"),
        (splits.PATH, "dvc repro split"),
    ],
)
def test_what_is_missing_is_named_with_its_command(file: Path, command: str) -> None:
    file.unlink()
    with pytest.raises(PipelineError, match=f"^{file} not found.*: run `{command}`$"):
        gather()


def test_scores_of_another_data_set_are_refused() -> None:
    change_parameters(dataset="fracatlas")
    with pytest.raises(PipelineError, match=r"scores on synthetic, params\.yaml chooses fracatlas"):
        gather()


def test_a_model_with_networks_of_its_own_kinds_is_gathered_without_scores() -> None:
    fitted = make_trained((0,)).model_copy(
        update={"per": "body_part", "kinds": ["hand", "leg"], "without": {"hip": "too few"}}
    )
    trained.write(fitted, network.folder("first"))
    curves = [make_history().assign(trained_on=value) for value in fitted.kinds]
    history.write(pd.concat(curves, ignore_index=True), history.path("first"))
    for value in fitted.kinds:
        shutil.copytree(network.path("first", 0), network.path("first", 0, value))
    leave_systems({}, [make_system("second")])
    record = gather()
    assert (record.tags["kind"], record.tags["target"]) == ("networks", "fractured")
    assert "a network for each body part: hand, leg." in record.description
    assert "None for hip: too few." in record.description
    names = {point.name for point in record.points}
    assert {"training_hand/loss", "training_leg/loss"} <= names
    assert {name for name in names if name.startswith("test")} == {
        "test/pointing", "test/fractures_marked_at_1"
    }  # fmt: skip
    folders = {artifact.folder for artifact in record.artifacts if artifact.is_network}
    assert folders == {"network/hand-seed0", "network/leg-seed0"}
    assert record.parameters["backbone"] == "mobilenet"
