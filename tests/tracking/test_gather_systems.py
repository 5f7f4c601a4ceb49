"""Records of the comparison, of compositions, and of further targets of a model."""

from pathlib import Path

import pytest

from fracture.artifacts import comparison, external, pictures, scores, systems
from fracture.console import PipelineError
from fracture.params.section import load
from fracture.tracking.data_set import read_data_set
from fracture.tracking.gather import records_of, state_record, system_record
from fracture.tracking.record import Record
from tests.run_files import leave_systems, make_mean, make_system
from tests.tracking.examples import (
    MODELS,
    STATE,
    change_parameters,
    key,
    make_ensemble,
    make_scores,
)

pytestmark = pytest.mark.usefixtures("pipeline")


def test_the_comparison_shows_its_table() -> None:
    record = state_record(load(), read_data_set("synthetic"))
    assert record.description == "| model | auroc |\n"
    assert record.parameters["systems"] == "first second"
    files = [
        "comparison.json",
        "pairs.json",
        "two_step.json",
        "comparison.csv",
        "comparison.md",
        "comparison.png",
    ]
    assert [artifact.file.name for artifact in record.artifacts] == files
    comparison.TABLE.unlink()
    with pytest.raises(PipelineError, match=r"comparison\.csv not found: run `dvc repro compare`"):
        state_record(load(), read_data_set("synthetic"))


def test_the_report_and_external_scores_go_with_the_comparison() -> None:
    report = Path("plots/report")
    report.mkdir()
    beside = Path("plots/comparison/pairs.png")
    files = [beside, external.PATH, report / "report.html", report / "model_card.md"]
    for file in (*files, report / "else.txt"):
        file.write_text("")
    record = state_record(load(), read_data_set("synthetic"))
    assert [artifact.file for artifact in record.artifacts][-4:] == files
    assert comparison.PATH in {artifact.file for artifact in record.artifacts}


def gather_composition() -> Record:
    parameters = load()
    (composition,) = systems.compositions().values()
    return system_record(parameters, composition, read_data_set(parameters["dataset"]))


def test_an_ensemble_is_gathered_with_its_members() -> None:
    make_ensemble("both")
    record = gather_composition()
    assert record.parameters["mean_of"] == '["first", "second"]'
    assert record.parameters["weights.selected"] == "3"
    assert record.parameters["chosen"] == '["second", "first"]'
    assert record.parameters["weight.first"] == "0.6666666666666666"
    assert (record.tags["kind"], record.tags["target"]) == ("mean", "fractured")
    assert record.tags["backbone"] == "mobilenet"
    assert record.tags["variant"] == "plain"
    assert record.tags["mlflow.source.name"] == "dvc repro evaluate"
    assert [(a.folder, a.file.name) for a in record.artifacts] == [
        ("", "both.json"),
        ("plots", "roc.png"),
    ]
    assert not record.has_network
    names = {point.name for point in record.points}
    assert "test/auroc" in names
    assert not {name for name in names if name.startswith("training")}
    steps = [p for p in record.points if p.name == "validation/log_loss_while_selecting"]
    assert [(p.step, p.value) for p in steps] == [(1, 0.5), (2, 0.375), (3, 0.25)]


def test_the_description_tells_whose_mean_it_is() -> None:
    make_ensemble("both")
    text = gather_composition().description
    assert text.startswith("> Synthetic: the radiographs are drawn.")
    assert "**Test AUROC 0.750 (0.625 to 0.875)**" in text
    assert (
        "mean logit of second (0.333), first (0.667), selected among 2 systems on validation."
        in text
    )
    assert "an ensemble's scores on validation are a little too good" in text


def test_other_members_are_another_key() -> None:
    make_ensemble("both")
    before = key(gather_composition())
    leave_systems({}, [*map(make_system, MODELS), make_mean("both", ["first"])])
    assert key(gather_composition()) != before


def test_a_composition_that_is_missing_or_of_another_data_set_is_refused() -> None:
    make_ensemble("both")
    scores.path("both").unlink()
    with pytest.raises(PipelineError, match=r"both\.json not found.*dvc repro evaluate`"):
        gather_composition()
    scores.write(make_scores("both"), scores.path("both"))
    change_parameters(dataset="fracatlas")
    with pytest.raises(PipelineError, match=r"scores on synthetic, params\.yaml chooses fracatlas"):
        gather_composition()


def test_the_comparison_names_ensembles_too() -> None:
    make_ensemble("both")
    record = state_record(load(), read_data_set("synthetic"))
    assert record.parameters["systems"] == "first second both"


def test_a_further_target_is_a_run_without_networks() -> None:
    name = "first.fractured_too"
    scores.write(make_scores(name), scores.path(name))
    pictures.folder(name).mkdir(parents=True)
    made = [*map(make_system, MODELS), make_system(name)]
    made[-1] = made[-1].model_copy(update={"formula": made[0].formula})
    leave_systems({}, made)
    records = {record.name: record for record in records_of(load())}
    assert list(records) == ["first", "second", name, STATE]
    assert records[name].tags["model"] == "first"
    assert records[name].tags["kind"] == "model"
    assert not records[name].has_network
    assert "Curves and networks stand in the run of `first`." in records[name].description


def test_an_oracle_is_called_one() -> None:
    make_ensemble("both")
    oracle = systems.read()["both"].model_copy(update={"kind": "route", "ranked": False})
    leave_systems({}, [*map(make_system, MODELS), oracle])
    record = gather_composition()
    assert (record.tags["kind"], record.tags["ranked"]) == ("route", "false")
    assert "Not ranked: it is told what nobody knows" in record.description
