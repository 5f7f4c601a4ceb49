from typing import Any

import numpy as np
import pandas as pd
import pytest

from fracture.artifacts.scores import Level, Scores
from fracture.console import PipelineError
from fracture.judging.evaluation import evaluate
from tests.judging.evaluation.examples import POINTS, mura, predictions, section


def scores(table: pd.DataFrame | None = None, **changes: Any) -> Scores:
    return evaluate("small", predictions() if table is None else table, section(**changes), seed=0)


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
    assert result.seeds == {"0": result.auroc}


def test_operating_points_hold_on_validation() -> None:
    points = scores().images.validation.points
    assert (points["sensitive"].scores["sensitivity"].value or 0) >= 0.9
    assert (points["specific"].scores["specificity"].value or 0) >= 0.95


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
    labels.loc[rows, "fractured"] = generator.permutation(table.loc[rows, "fractured"])
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
    table.loc[rows, "fractured"] = table.loc[rows, "fractured"].to_numpy()[::-1]
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
    table.loc[table["part"] == part, "fractured"] = 1
    with pytest.raises(PipelineError, match=rf"{part} radiographs are fractured, expected some of"):
        scores(table)


@pytest.mark.parametrize(
    ("rows", "found"), [(slice(0), r"0 data sets \(no rows\)"), (slice(None), r"2 .* \(a, synth")]
)
def test_several_data_sets_are_refused(rows: slice, found: str) -> None:
    table = predictions()
    table.loc[0, "dataset"] = "a"
    with pytest.raises(PipelineError, match=rf"{found}.*dvc repro predict@small"):
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


def test_every_training_seed_is_scored_and_the_first_is_told() -> None:
    first, second = predictions(), predictions(seed=1).assign(seed=7)
    result = scores(pd.concat([first.assign(seed=3), second]))
    assert list(result.seeds) == ["3", "7"]
    assert result.images == scores(first).images
    assert result.seeds["3"] == result.auroc
    assert result.seeds["7"] == scores(second).auroc


def test_a_later_seed_that_is_no_probability_is_refused() -> None:
    second = predictions().assign(seed=1, probability=np.nan)
    with pytest.raises(PipelineError, match="120 of 120 test predictions"):
        scores(pd.concat([predictions(), second]))


def test_subgroups_hold_each_test_radiograph_once() -> None:
    result = scores()
    assert list(result.subgroups) == ["body part", "view", "hardware", "image size"]
    assert list(result.subgroups["image size"]) == ["0 to 0.5 megapixels", "0.5 to 2 megapixels"]
    for parts in result.subgroups.values():
        assert sum(part.n for part in parts.values()) == 120
        assert sum(part.positives for part in parts.values()) == 40


def test_a_subgroup_of_one_class_is_undefined_and_never_the_worst() -> None:
    result = scores()
    hardware = result.subgroups["hardware"]["hardware"]
    assert (hardware.n, hardware.positives, hardware.groups) == (2, 0, 1)
    assert hardware.scores["auroc"].value is None
    assert hardware.scores["brier"].value is not None
    assert result.worst is not None
    attribute, value, part = result.worst
    assert part == result.subgroups[attribute][value]
    known = [
        each.scores["auroc"].value
        for parts in result.subgroups.values()
        for each in parts.values()
        if each.scores["auroc"].value is not None
    ]
    assert part.scores["auroc"].value == min(known)


def test_a_subgroup_of_one_radiograph() -> None:
    table = predictions()
    table.loc[table.index[-1], "body_part"] = "hip"
    hip = scores(table).subgroups["body part"]["hip"]
    assert (hip.n, hip.groups) == (1, 1)
    assert hip.scores["auroc"].value is None
    assert hip.scores["log_loss"].low is None


def test_an_attribute_of_one_value_makes_no_subgroups() -> None:
    table = predictions().assign(body_part="leg", view="", flags="", width=100)
    result = scores(table)
    assert result.subgroups == {}
    assert result.worst is None
