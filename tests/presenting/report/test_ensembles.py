"""The page and the card of a run in which an ensemble is chosen."""

from contextlib import chdir
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fracture.artifacts import pictures, scores, systems
from fracture.console import PipelineError
from fracture.params.section import load
from fracture.presenting.report.findings import Findings, gather
from fracture.presenting.report.render import card, page
from tests.conftest import ROOT
from tests.presenting.report.examples import save_run
from tests.presenting.report.strict import parse, select
from tests.run_files import make_mean

MEMBERS = ["first", "second_canny", "first"]
WORDS = "mean logit of first (0.667), second_canny (0.333), selected among 2 systems on validation."


@pytest.fixture(scope="module")
def averaged(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """Return what is read of three models and the ensemble of two of them, which is the best."""
    with chdir(ROOT):
        parameters = load()
    models = ("mean", "first", "second_canny", "third")
    with chdir(tmp_path_factory.mktemp("run")):
        save_run(parameters, models, (make_mean("mean", MEMBERS, seeds=(0, 1)),))
        return gather(load())


def text_of(findings: Findings) -> str:
    (body,) = select(parse(page(findings)), "body")
    return body.text


def test_the_page_says_what_the_ensemble_is(averaged: Findings) -> None:
    text = text_of(averaged)
    assert (
        "mean is the system chosen: of 4 systems that predict fractured it has the highest" in text
    )
    assert text.count(WORDS) == 2  # in short, and of the system chosen
    assert text.count(WORDS.removesuffix(".")) == 3  # and in the table of systems
    assert "Where validation chose members or weights, an ensemble's scores" in text
    for said in ("first: backbone deepconvnet on plain", "second_canny: backbone deepconvnet on"):
        assert said in text
    assert "mean of 2" in text
    assert "third: backbone" not in text


def test_what_an_ensemble_has_not_is_not_missed(averaged: Findings) -> None:
    text = text_of(averaged)
    assert "No figure here" not in text
    assert "measured only if it is a mean of networks with fracture maps; this one is none" in text
    assert "Heatmaps of all models" in text
    assert "Below are those of the networks that mean is made of." in text
    assert "holds the networks of training seed 0 and 1: there is one score" in text
    assert "One training seed" not in text
    for member in ("first", "second_canny"):
        assert f"The training of {member}." in text
    assert "The training of third." not in text


def test_the_heat_of_a_mean_that_was_measured_is_told(averaged: Findings) -> None:
    own = averaged.localisations["first"].model_copy(update={"model": "mean", "kind": "map"})
    picture = {pictures.path("mean", pictures.FREE_RESPONSE): next(iter(averaged.images.values()))}
    measured = replace(
        averaged,
        localisations={**averaged.localisations, "mean": own},
        images={**averaged.images, **picture},
    )
    text = text_of(measured)
    assert "this one is none" not in text
    assert f"Heatmaps of mean (fracture map) against the {own.fractures} boxes" in text
    assert "Free-response ROC of mean: fractures marked against false marks." in text
    assert "of the mean of the fracture maps of first and second_canny;" in page(measured)
    assert "Heatmaps of mean (fracture map) against" in card(measured)


def test_the_card_tells_of_every_member(averaged: Findings) -> None:
    text = card(averaged)
    assert "# Model card: mean, data set synthetic" in text
    assert "| CLAIM 2024 27 | Ensembling techniques | mean: mean logit of first" in text
    assert "data/models/first/ and data/models/second_canny/" in text
    assert "python -m stages.predict second_canny and python -m stages.compose." in text
    assert "first: Strict decoding" in text
    assert "second_canny: Strict decoding" in text
    assert "| CLAIM 2024 24 | Initialization of model parameters | Weights: imagenet. |" in text
    assert "development and evaluation of 4 systems that predict fractured" in text


def test_an_ensemble_that_is_not_chosen_is_one_of_the_others(averaged: Findings) -> None:
    ranking = ["first", "mean", "second_canny", "third"]
    compared = averaged.comparison.model_copy(update={"ranking": ranking})
    systems = {name: averaged.systems[name] for name in ranking}
    text = text_of(replace(averaged, comparison=compared, systems=systems, images={}))
    assert text.count(WORDS.removesuffix(".")) == 2  # in the table of systems, and as the headline
    assert "first: backbone deepconvnet on plain" in text
    assert "this one is none" not in text
    assert "mean: test AUROC 0.812" in text


def test_missing_scores_name_the_stage_that_makes_them(
    run_folder: Path, parameters: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run_folder)
    save_run(
        parameters, ("mean", "first", "second_canny"), (make_mean("mean", MEMBERS, seeds=(0, 1)),)
    )
    scores.path("mean").unlink()
    with pytest.raises(PipelineError, match=r"mean\.json not found.*dvc repro evaluate`"):
        gather(load())


@pytest.mark.usefixtures("run_folder")
def test_without_the_members_there_is_no_page() -> None:
    (systems.FOLDER / systems.FILE).unlink()
    with pytest.raises(PipelineError, match="not found: run `dvc repro compose`"):
        gather(load())
