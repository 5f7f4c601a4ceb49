import pytest

from fracture.artifacts import compositions, scores
from fracture.console import PipelineError
from fracture.params.section import load
from fracture.tracking.averages import ensemble_record
from fracture.tracking.gather import comparison_record, read_data_set
from fracture.tracking.records import Record
from tests.tracking.examples import change_parameters, make_ensemble, make_scores

pytestmark = pytest.mark.usefixtures("pipeline")


def gather() -> Record:
    parameters = load()
    (ensemble,) = compositions.read(parameters["systems"]).values()
    return ensemble_record(parameters, ensemble, read_data_set(parameters["dataset"]))


def test_an_ensemble_is_gathered_with_its_members() -> None:
    make_ensemble("both")
    record = gather()
    assert record.parameters["candidates"] == '["first", "second"]'
    assert record.parameters["members"] == "3"
    assert record.parameters["chosen"] == '["second", "first", "first"]'
    assert record.tags["kind"] == record.tags["backbone"] == "ensemble"
    assert record.tags["variant"] == "plain"
    assert record.tags["mlflow.source.name"] == "dvc repro evaluate_compositions@both"
    assert [(a.folder, a.file.name) for a in record.artifacts] == [
        ("", "both.json"),
        ("plots", "roc.png"),
    ]
    assert not record.has_network
    names = {point.name for point in record.points}
    assert "test/auroc" in names
    assert not {name for name in names if name.startswith(("localisation", "epoch"))}
    steps = [p for p in record.points if p.name == "selection/validation_log_loss"]
    assert [(p.step, p.value) for p in steps] == [(1, 0.5), (2, 0.375), (3, 0.25)]


def test_the_description_tells_whose_mean_it_is() -> None:
    make_ensemble("both")
    text = gather().description
    assert text.startswith("> Drawn radiographs")
    assert "**Test AUROC 0.750 (0.625 to 0.875)**" in text
    assert (
        "mean logit of second (1 of 3), first (2 of 3); forward selection among 2 candidates, log "
        "loss on validation as they join: 0.500, 0.375, 0.250." in text
    )
    assert "an ensemble's scores on validation are a little too good" in text


def test_other_members_are_another_key() -> None:
    make_ensemble("both")
    before = gather().key
    (ensemble,) = compositions.read(["both"]).values()
    compositions.write([ensemble.model_copy(update={"members": ["first"]})])
    assert gather().key != before


def test_what_is_missing_or_of_another_data_set_is_refused() -> None:
    make_ensemble("both")
    scores.path("both").unlink()
    with pytest.raises(PipelineError, match=r"both\.json not found.*evaluate_compositions@both"):
        gather()
    scores.write(make_scores("both"), scores.path("both"))
    change_parameters(dataset="fracatlas")
    with pytest.raises(PipelineError, match=r"scores on synthetic, params\.yaml chooses fracatlas"):
        gather()


def test_the_comparison_names_ensembles_too() -> None:
    make_ensemble("both")
    record = comparison_record(load(), read_data_set("synthetic"))
    assert record.parameters["models"] == "first second both"
