"""The evaluation of a target with more than two classes."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from fracture.artifacts.scores import MOST_PROBABLE, Part, Scores, SeedScores
from fracture.console import PipelineError
from fracture.judging import multiclass
from fracture.judging.bootstrap import draw
from fracture.judging.evaluation import evaluate
from fracture.judging.sample import by_study, select_part
from fracture.presenting.evaluation import by_class
from fracture.targets import LABEL, Target
from tests.judging.evaluation.examples import PARTS, parts, section


def scores(table: pd.DataFrame | None = None, target: Target = PARTS, **changes: Any) -> Scores:
    return evaluate("bone_type", parts() if table is None else table, target, section(**changes), 0)


SCORES = scores()


def test_what_a_system_scores() -> None:
    assert (SCORES.model, SCORES.target, SCORES.dataset) == ("bone_type", "body_part", "synthetic")
    assert SCORES.classes == ["hand", "hip", "leg", "shoulder"]
    assert SCORES.headline == MOST_PROBABLE
    assert SCORES.images.thresholds == {}
    for part, n in ((SCORES.images.validation, 80), (SCORES.images.test, 160)):
        assert (part.n, part.positives, part.groups, part.points) == (n, None, n // 2, {})
        assert part.counts == [n // 4] * 4
    assert SCORES.seeds == {
        "0": SeedScores(validation_auroc=SCORES.validation_auroc, auroc=SCORES.auroc)
    }
    assert SCORES.spread.mean == SCORES.auroc.value
    assert SCORES.served is None
    assert SCORES.studies is None
    assert SCORES.basis == (
        "synthetic, test part: 160 radiographs of 4 classes, 80 groups; 95 % intervals"
    )


def test_scores_are_those_of_scikit_learn() -> None:
    test = select_part(parts(), "test", PARTS.classes)
    predicted = test.probabilities.argmax(axis=1)
    found = {name: each.value for name, each in SCORES.images.test.scores.items()}
    ovr = metrics.roc_auc_score(test.labels, test.probabilities, multi_class="ovr")
    f1 = metrics.f1_score(test.labels, predicted, average="macro")
    assert found["auroc"] == pytest.approx(ovr, abs=1e-6)
    assert found["accuracy"] == pytest.approx((predicted == test.labels).mean(), abs=1e-6)
    assert found["macro_f1"] == pytest.approx(f1, abs=1e-6)
    assert SCORES.decisions == SCORES.images.test.scores
    assert SCORES.matrix == metrics.confusion_matrix(test.labels, predicted).tolist()
    precision, recall, _, support = metrics.precision_recall_fscore_support(test.labels, predicted)
    for row, *expected in zip(by_class(SCORES), precision, recall, support, strict=True):
        values = [row[name] for name in ("precision", "recall", "support")]
        assert values == pytest.approx(expected, abs=1e-6)


def test_validation_chooses_the_temperature() -> None:
    # The probabilities are of logits times 1.5 x 2.5 where their noise is of 1: near 1.5 / 2.5.
    table = parts()
    rows = np.flatnonzero(table["part"] == "test")
    turned = table.copy()
    turned.loc[rows, LABEL] = table.loc[rows, LABEL].to_numpy()[::-1]
    assert scores(turned).images.temperature == SCORES.images.temperature
    assert scores(turned).auroc != SCORES.auroc
    before = SCORES.images.validation.uncalibrated["log_loss"].value or 0
    assert (SCORES.images.validation.scores["log_loss"].value or 0) < before


def test_the_interval_is_that_of_the_mean_over_seeds() -> None:
    tables = [parts(seed=seed).assign(seed=seed) for seed in range(2)]
    result = scores(pd.concat(tables))
    alone = [scores(table) for table in tables]
    assert [each.auroc for each in result.seeds.values()] == [one.auroc for one in alone]
    assert result.served == alone[0].images
    assert result.as_served.matrix == result.matrix == alone[0].matrix
    values = [one.auroc.value or 0 for one in alone]
    assert result.auroc.value == pytest.approx(np.mean(values), abs=1e-6)
    assert result.spread.deviation == pytest.approx(np.std(values, ddof=1), abs=1e-6)
    samples = [select_part(table, "test", PARTS.classes) for table in tables]
    drawn = np.mean(
        [draw(of.groups, partial(multiclass.auroc, of), 200, 0) for of in samples], axis=0
    )
    ends = np.quantile(drawn, [0.025, 0.975])
    assert (result.auroc.low, result.auroc.high) == pytest.approx(tuple(ends), abs=1e-6)


def test_subgroups_are_not_of_what_is_predicted() -> None:
    assert list(SCORES.subgroups) == ["view", "age", "hardware", "image size"]
    for values in SCORES.subgroups.values():
        assert sum(part.n for part in values.values()) == 160
    assert SCORES.weakest is not None
    other = Target("view", "view", ("frontal", "lateral", "oblique"))
    by_view = scores(parts(classes=other.classes), other)
    assert list(by_view.subgroups) == ["body part", "age", "hardware", "image size"]


def named_studies(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(study=[f"study{index // 2}" for index in range(len(table))])


def test_studies_are_means_of_probabilities_where_their_radiographs_agree() -> None:
    table = named_studies(parts())
    studies = by_study(table)
    assert studies is not None
    columns = PARTS.columns
    expected = table[columns].to_numpy().reshape(-1, 2, 4).mean(axis=1)
    np.testing.assert_allclose(studies[columns].to_numpy(), expected, rtol=1e-6)
    result = scores(table)
    assert result.studies is not None
    assert result.studies.test.n == 80
    assert (result.studies.test.scores["auroc"].value or 0) > (result.auroc.value or 0)
    mixed = table.copy()
    mixed.loc[0, LABEL] = 1 - table[LABEL].iloc[0]
    assert by_study(mixed) is None
    assert scores(mixed).studies is None


def test_a_class_without_test_radiographs_has_no_auroc() -> None:
    table = parts()
    result = scores(table[(table["part"] == "validation") | (table[LABEL] != 2)])
    test: Part = result.images.test
    assert test.counts[2] == 0
    assert test.scores["auroc/leg"].value is None
    assert by_class(result)[2]["recall"] is None
    known = [test.scores[f"auroc/{name}"].value for name in ("hand", "hip", "shoulder")]
    assert result.auroc.value == pytest.approx(np.mean(np.array(known, float)), abs=1e-6)


def test_a_part_of_one_class_is_refused() -> None:
    table = parts()
    table.loc[table["part"] == "test", LABEL] = 1
    expected = r"the test radiographs are 0 hand, 160 hip, 0 leg, 0 shoulder, expected some of two"
    with pytest.raises(PipelineError, match=expected):
        scores(table)


def test_what_is_no_probability_is_refused() -> None:
    table = parts()
    table.loc[[85, 90], "probability_leg"] = np.nan
    match = (
        "2 of 160 test predictions are not a probability from 0 to 1, first nan for radiograph0085"
    )
    with pytest.raises(PipelineError, match=match):
        scores(table)
