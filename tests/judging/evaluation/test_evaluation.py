from typing import Any

import numpy as np
import pandas as pd
import pytest

from fracture.artifacts.scores import Level, Part, SeedScores, Spread
from fracture.console import PipelineError
from fracture.judging.bootstrap import Bootstrap, resample
from fracture.judging.conformal import judge
from fracture.judging.evaluation import evaluate
from fracture.judging.sample import select_part
from fracture.judging.scores import auroc
from fracture.targets import FRACTURE
from tests.judging.evaluation.examples import POINTS, mura, predictions, scores, section


def chosen(level: Level) -> dict[str, Any]:
    return level.model_dump(exclude={"test"})


def test_what_a_model_scores() -> None:
    result = scores()
    assert (result.dataset, result.synthetic, result.headline) == ("synthetic", True, "balanced")
    for part, counts in (
        (result.images.validation, (60, 20, 30)),
        (result.images.test, (120, 40, 60)),
    ):
        assert (part.n, part.positives, part.groups) == counts
    assert list(result.images.thresholds) == list(POINTS)
    assert result.images.thresholds["half"] == 0.5
    assert result.studies is None
    assert result.seeds == {
        "0": SeedScores(validation_auroc=result.validation_auroc, auroc=result.auroc)
    }
    value = result.auroc.value
    assert result.spread == Spread(mean=value, deviation=None, least=value, most=value)
    assert result.served is None
    assert result.as_served == result


def test_which_radiographs_a_system_knows_is_told() -> None:
    table = predictions()
    hands = table[table["body_part"] == "hand"]
    result = evaluate("hand", hands, FRACTURE, section(), 0, {"body_part": "hand"})
    assert result.where == {"body_part": "hand"}
    assert result.basis.startswith("synthetic, test part, body part hand: ")
    assert "body part" not in result.subgroups
    assert scores().where == {}


def test_operating_points_hold_on_validation() -> None:
    points = scores().images.validation.points
    assert (points["sensitive"].scores["sensitivity"].value or 0) >= 0.9
    assert (points["specific"].scores["specificity"].value or 0) >= 0.95


def test_calls_with_a_guarantee_are_of_the_network_served() -> None:
    table = predictions()
    result, unsure = scores(), scores().unsure
    assert unsure is not None
    validation = select_part(table, "validation")
    expected = judge(
        validation, select_part(table, "test"), section().unsure, Bootstrap(200, 0.95, 0)
    )
    assert unsure == expected
    assert unsure.groups == [len(set(validation.groups[validation.labels == c])) for c in (0, 1)]
    worse = table.assign(seed=1, probability=1 - table["probability"])
    both = evaluate("two", pd.concat([table, worse]), FRACTURE, section(), 0)
    assert both.unsure == unsure
    assert both.images != result.images


def test_the_first_point_is_the_headline() -> None:
    result = scores(points={"half": 0.5} | POINTS)
    assert result.headline == "half"
    assert result.threshold == 0.5
    assert result.point == result.images.test.points["half"]


def test_labels_and_probabilities_of_test_choose_nothing() -> None:
    table = predictions()
    rows = np.flatnonzero(table["part"] == "test")
    generator = np.random.default_rng(5)
    labels, probabilities = table.copy(), table.copy()
    labels.loc[rows, "label"] = generator.permutation(table.loc[rows, "label"])
    probabilities.loc[rows, "probability"] = generator.permutation(table.loc[rows, "probability"])
    one, *others = (scores(each) for each in (table, labels, probabilities))
    for other in others:
        assert chosen(other.images) == chosen(one.images)
        assert other.auroc != one.auroc


def test_studies_of_test_choose_nothing() -> None:
    table = mura()
    rows = np.flatnonzero(table["part"] == "test")
    moved = table.copy()
    moved.loc[rows, "probability"] = table.loc[rows, "probability"].to_numpy()[::-1]
    one, other = scores(table).studies, scores(moved).studies
    assert one is not None
    assert other is not None
    assert chosen(one) == chosen(other)
    assert one.test != other.test


def test_labels_of_validation_do_choose() -> None:
    table = predictions()
    rows = table["part"] == "validation"
    table.loc[rows, "label"] = table.loc[rows, "label"].to_numpy()[::-1]
    other, one = scores(table).images, scores().images
    assert other.thresholds["balanced"] != one.thresholds["balanced"]
    assert other.temperature != one.temperature


def test_the_interval_widens_with_confidence() -> None:
    narrow, wide = scores(confidence=0.5).auroc, scores(confidence=0.99).auroc
    ends = [wide.low, narrow.low, narrow.value, narrow.high, wide.high]
    assert ends == sorted(set(ends), key=lambda end: end or 0)


def test_equal_probabilities() -> None:
    test = scores(predictions().assign(probability=0.3)).images.test
    auroc = test.scores["auroc"]
    assert (auroc.value, auroc.low, auroc.high) == (0.5, 0.5, 0.5)
    assert test.points["balanced"].scores["sensitivity"].value == 1
    assert test.points["specific"].scores["specificity"].value == 1
    assert test.points["specific"].scores["precision"].value is None
    assert test.scores["calibration_error"].value == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_what_is_no_probability_is_refused(part: str) -> None:
    table = predictions()
    table.loc[table["part"] == part, "probability"] = np.nan
    with pytest.raises(PipelineError, match=rf"{part} predictions are not a probability .*nan"):
        scores(table)


@pytest.mark.parametrize("part", ["validation", "test"])
def test_one_class_alone_is_refused(part: str) -> None:
    table = predictions()
    table.loc[table["part"] == part, "label"] = 1
    with pytest.raises(
        PipelineError, match=rf"{part} radiographs are 0 not fractured, \d+ fractured, "
    ):
        scores(table)


@pytest.mark.parametrize(
    ("rows", "found"), [(slice(0), r"0 data sets \(no rows\)"), (slice(None), r"2 .* \(a, synth")]
)
def test_several_data_sets_are_refused(rows: slice, found: str) -> None:
    table = predictions()
    table.loc[0, "dataset"] = "a"
    with pytest.raises(PipelineError, match=rf"{found}.*dvc repro compose"):
        scores(table[rows])


def test_studies_are_scored_beside_radiographs() -> None:
    table = mura()
    result = scores(table)
    test = table[table["part"] == "test"]
    assert result.studies is not None
    assert result.studies.test.n == len(test.groupby(["patient", "study"]))
    assert result.studies.test.n < result.images.test.n == len(test)
    assert result.studies.test.groups == result.images.test.groups == test["patient"].nunique()
    # Means of several radiographs tell more than each; and they have points of their own.
    assert (result.studies.test.scores["auroc"].value or 0) > (result.auroc.value or 0)
    assert result.studies.thresholds != result.images.thresholds
    assert result.studies.thresholds["half"] == 0.5


def test_a_study_of_one_radiograph_each_has_no_level_of_its_own() -> None:
    table = predictions()
    assert scores(table.assign(study=table["id"])).studies is None


def test_every_training_seed_is_scored_and_the_first_is_served() -> None:
    first, second = predictions(), predictions(seed=1).assign(seed=7)
    result = scores(pd.concat([first.assign(seed=3), second]))
    assert list(result.seeds) == ["3", "7"]
    alone = [scores(first), scores(second)]
    assert [each.auroc for each in result.seeds.values()] == [one.auroc for one in alone]
    assert [each.validation_auroc for each in result.seeds.values()] == [
        one.validation_auroc for one in alone
    ]
    assert result.served == alone[0].images
    assert result.as_served.auroc == alone[0].auroc
    assert result.threshold == alone[0].threshold
    assert result.point.confusion == alone[0].point.confusion


def numbers(part: Part) -> dict[str, float | None]:
    scores = part.scores | {f"un{name}": each for name, each in part.uncalibrated.items()}
    for name, point in part.points.items():
        scores |= {f"{name}/{score}": each for score, each in point.scores.items()}
    return {name: each.value for name, each in scores.items()}


def test_what_is_claimed_is_the_mean_over_training_seeds() -> None:
    tables = [predictions(seed=seed).assign(seed=seed) for seed in range(3)]
    result = scores(pd.concat(tables))
    # Each network has the temperature and the thresholds of its own validation predictions.
    alone = [scores(table) for table in tables]
    assert len({one.threshold for one in alone}) == 3
    pairs = [
        (result.images.validation, [one.images.validation for one in alone]),
        (result.images.test, [one.images.test for one in alone]),
        (result.subgroups["view"]["frontal"], [one.subgroups["view"]["frontal"] for one in alone]),
    ]
    for part, parts in pairs:
        values = [numbers(each) for each in parts]
        for name, value in numbers(part).items():
            several = [each[name] for each in values]
            if name.endswith("calibration_error_beyond_chance"):
                continue  # chance is taken from the mean of the errors: tests/judging/test_judge.py
            expected = None if None in several else pytest.approx(np.mean(several), abs=1e-6)  # type: ignore[arg-type]
            assert value == expected, name
    aurocs = [one.auroc.value or 0 for one in alone]
    assert result.spread.mean == result.auroc.value
    assert (result.spread.least, result.spread.most) == (min(aurocs), max(aurocs))
    assert result.spread.deviation == pytest.approx(np.std(aurocs, ddof=1), abs=1e-6)


def test_the_interval_is_that_of_the_mean_over_the_same_draws() -> None:
    tables = [predictions(seed=seed).assign(seed=seed) for seed in range(2)]
    drawn = np.mean(
        [resample(select_part(table, "test"), auroc, 200, 0) for table in tables], axis=0
    )
    found = scores(pd.concat(tables)).auroc
    ends = np.quantile(drawn, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx(tuple(ends), abs=1e-6)


def test_studies_are_means_over_training_seeds_too() -> None:
    table, other = mura(), mura().assign(seed=1)
    other["probability"] = other["probability"] ** 2 * np.where(np.arange(len(other)) % 3, 1, 0.5)
    found = [scores(each).studies for each in (pd.concat([table, other]), table, other)]
    both, one, two = (each.test.scores["auroc"].value for each in found if each)
    assert one != two
    assert both == pytest.approx(((one or 0) + (two or 0)) / 2, abs=1e-6)


def test_training_seeds_on_different_radiographs_are_refused() -> None:
    second = predictions().assign(seed=1)
    second["id"] = "x" + second["id"]
    with pytest.raises(PipelineError, match=r"training seeds of small .*dvc repro compose"):
        scores(pd.concat([predictions(), second]))


def test_a_later_seed_that_is_no_probability_is_refused() -> None:
    second = predictions().assign(seed=1, probability=np.nan)
    with pytest.raises(PipelineError, match="60 of 60 validation predictions"):
        scores(pd.concat([predictions(), second]))
