from pathlib import Path

import pytest

from fracture.artifacts import scores as artifact
from fracture.artifacts.atomic import read_json
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Confusion, Level, Part, Point, Scores, SeedScores, Spread
from fracture.console import PipelineError
from fracture.judging.evaluation import evaluate
from fracture.targets import CLASSES
from stages.summary import ALONE, WITH_INTERVAL, main, summarise
from tests.judging.evaluation.examples import PARTS, parts, section

PROBABILITY = ["log_loss", "brier", "calibration_error"]
DECISION = ["sensitivity", "specificity", "precision", "f1", "accuracy", "mcc"]


def estimates(names: list[str], shift: float) -> dict[str, Estimate]:
    """Each score another one: an upset order shows."""
    return {
        name: Estimate.rounded(shift + i / 100, shift + i / 100 - 0.1, shift + i / 100 + 0.1)
        for i, name in enumerate(names)
    }


def part(shift: float) -> Part:
    ranking = estimates(["auroc", "average_precision"], shift)
    return Part(
        n=100,
        positives=40,
        groups=60,
        counts=[60, 40],
        confusion=None,
        scores=ranking | estimates(PROBABILITY, shift - 0.5),
        uncalibrated=estimates(PROBABILITY, shift - 0.4),
        points={
            name: Point(
                confusion=Confusion(tn=50, fp=10, fn=10, tp=30), scores=estimates(DECISION, score)
            )
            for name, score in (("sensitive", shift - 0.2), ("half", shift - 0.3))
        },
    )


def scores(model: str) -> Scores:
    level = Level(
        temperature=1.25,
        thresholds={"sensitive": 0.4375, "half": 0.5},
        validation=part(0.9),
        test=part(0.8),
    )
    return Scores(
        model=model,
        target="fractured",
        classes=list(CLASSES),
        where={},
        dataset="synthetic",
        synthetic=True,
        headline="sensitive",
        confidence=0.95,
        draws=200,
        images=level,
        studies=None,
        unsure=None,
        subgroups={},
        least_subgroup=10,
        seeds={
            "0": SeedScores(
                validation_auroc=level.validation.scores["auroc"],
                auroc=level.test.scores["auroc"],
            )
        },
        spread=Spread(mean=0.8, deviation=None, least=0.8, most=0.8),
        served=None,
        notes=[],
        footprint=None,
        localisation=None,
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    choose("one")
    artifact.write(scores("one"), artifact.path("one"))
    artifact.write(scores("gone"), artifact.path("gone"))


def choose(model: str) -> None:
    Path("params.yaml").write_text(
        f"model: {model}\nrun: [one, two, both]\nrecipe: demo\ntraining_seeds: [0]\n"
        "models:\n  one: {backbone: vgg16, variant: plain, target: fractured}\n"
        "  two: {backbone: vgg16, variant: plain, target: fractured}\n"
        "systems: {both: {mean_of: [one, two], weights: {selected: 3}}}\n"
    )


def test_headline(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert read_json(artifact.SUMMARY) == {
        "model": "one",
        "target": "fractured",
        "dataset": "synthetic",
        "n": 100,
        "positives": 40,
        "point": "sensitive",
        "threshold": 0.449906,  # 0.4375 at temperature 1.25
        "temperature": 1.25,
        "auroc": 0.8,
        "auroc_low": 0.7,
        "auroc_high": 0.9,
        "average_precision": 0.81,
        "average_precision_low": 0.71,
        "average_precision_high": 0.91,
        "sensitivity": 0.6,
        "sensitivity_low": 0.5,
        "sensitivity_high": 0.7,
        "specificity": 0.61,
        "specificity_low": 0.51,
        "specificity_high": 0.71,
        "precision": 0.62,
        "f1": 0.63,
        "accuracy": 0.64,
        "log_loss": 0.3,
        "brier": 0.31,
        "calibration_error": 0.32,
        "seeds": 1,
        "auroc_deviation": None,
        "served_auroc": 0.8,
    }
    assert capsys.readouterr().out == (
        "metrics/summary.json: one on synthetic, test AUROC 0.800, 95 % interval 0.700 to 0.900\n"
    )


def test_an_undefined_score_keeps_its_key() -> None:
    one = scores("one")
    undefined = {name: Estimate(value=None) for name in [*WITH_INTERVAL, *ALONE]}
    point = one.point.model_copy(update={"scores": undefined})
    test = one.images.test.model_copy(update={"scores": undefined, "points": {"sensitive": point}})
    other = one.model_copy(update={"images": one.images.model_copy(update={"test": test})})
    summary = summarise(other)
    assert list(summary) == list(summarise(one))
    assert summary["auroc_low"] is summary["precision"] is None


@pytest.mark.parametrize("name", ["two", "both"])
def test_missing_scores_name_the_command_that_makes_them(name: str) -> None:
    choose(name)
    with pytest.raises(PipelineError, match=rf"{name}\.json not found.*dvc repro evaluate`"):
        main()


def test_a_composition_may_be_the_headline() -> None:
    artifact.write(scores("both"), artifact.path("both"))
    choose("both")
    main()
    assert read_json(artifact.SUMMARY)["model"] == "both"


def test_a_model_that_is_gone_is_refused_though_its_scores_lie_there() -> None:
    choose("gone")
    with pytest.raises(PipelineError, match=r"model is 'gone' .*; expected one of: one, two, both"):
        main()


def test_a_target_of_several_classes() -> None:
    one = evaluate("bone_type", parts(), PARTS, section(), 0)
    summary = summarise(one)
    test = one.images.test.scores
    assert list(summary) == [
        "model", "target", "dataset", "n", "classes", "point", "temperature", "auroc", "auroc_low",
        "auroc_high", "accuracy", "accuracy_low", "accuracy_high", "balanced_accuracy",
        "balanced_accuracy_low", "balanced_accuracy_high", "macro_f1", "kappa", "log_loss",
        "calibration_error", "seeds", "auroc_deviation", "served_auroc",
    ]  # fmt: skip
    assert (summary["target"], summary["classes"]) == ("body_part", 4)
    assert summary["point"] == "most probable class"
    assert summary["temperature"] == one.images.temperature
    assert summary["accuracy_low"] == test["accuracy"].low
    assert summary["kappa"] == test["kappa"].value
