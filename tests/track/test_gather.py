from dataclasses import replace
from pathlib import Path

import pytest

from stages.artifacts import history, network, scores, splits
from stages.console import PipelineError
from stages.params.section import load
from stages.track.gather import comparison_record, model_record, read_data_set
from stages.track.records import Record
from tests.track.examples import MODELS, change_parameters, make_scores

pytestmark = pytest.mark.usefixtures("pipeline")


def gather(name: str = "first") -> Record:
    parameters = load()
    return model_record(parameters, name, read_data_set(parameters["dataset"]))


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
    assert record.parameters["size"] == "80"
    assert record.parameters["split.test"] == "0.2"
    assert record.parameters["variant_steps"] == "[]"
    assert record.tags["synthetic"] == "true"
    assert [(a.folder, a.file.name) for a in record.artifacts] == [
        ("", "first.json"),
        ("plots", "history.csv"),
        ("plots", "roc.png"),
        ("network", "network.json"),
        ("network", "network.weights.h5"),
    ]


def test_the_description_tells_the_score_its_interval_and_its_sample() -> None:
    text = gather().description
    assert "**Test AUROC 0.750**, 95% interval 0.625 to undefined: 40 radiographs" in text
    assert "12 of them fractured, from 20 groups" in text
    assert text.startswith("> Drawn radiographs: these scores say nothing about patients.")


def test_real_radiographs_are_not_called_drawn() -> None:
    change_parameters(dataset="fracatlas")
    scores.write(
        replace(make_scores("first"), dataset="fracatlas", synthetic=False), scores.path("first")
    )
    assert "Drawn" not in gather().description


def test_the_key_is_the_same_for_the_same_content() -> None:
    assert gather().key == gather().key
    assert gather().key == replace(gather(), description="in other words").key
    assert gather("first").key != gather("second").key


@pytest.mark.parametrize(
    "file",
    [
        "data/models/first/network.weights.h5",
        "plots/systems/first/roc.png",
        "data/split.csv",
    ],
)
def test_another_content_of_a_file_is_another_key(file: str) -> None:
    before = gather().key
    with Path(file).open("a") as stream:
        stream.write("\n" if file.endswith("csv") else "more")
    assert gather().key != before


def test_another_setting_is_another_key() -> None:
    before = {name: gather(name).key for name in MODELS}
    change_parameters(models__first__learning_rate=0.25)
    assert gather("first").key != before["first"]
    assert gather("second").key == before["second"]


@pytest.mark.parametrize(
    ("file", "command"),
    [
        (network.path("first") / "network.weights.h5", "dvc repro train@first"),
        (history.path("first"), "dvc repro train@first"),
        (scores.path("first"), "dvc repro evaluate@first"),
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


def test_the_comparison_shows_its_table() -> None:
    record = comparison_record(load(), read_data_set("synthetic"))
    assert record.description == "| model | auroc |\n"
    assert record.parameters["models"] == "first second"
    assert [artifact.file.name for artifact in record.artifacts] == [
        "comparison.json",
        "comparison.csv",
        "comparison.md",
        "comparison.png",
    ]
    scores.COMPARISON_TABLE.unlink()
    with pytest.raises(PipelineError, match=r"comparison\.csv not found: run `dvc repro compare`"):
        comparison_record(load(), read_data_set("synthetic"))
