from typing import Any

import pytest

from stages.artifacts.scores import Scores
from stages.console import PipelineError
from stages.evaluate.evaluation import evaluate
from stages.evaluate.report import report
from stages.evaluate.scores import SCORES
from stages.params.evaluate import Evaluate
from tests.evaluate.examples import predictions

COUNTS = ["n", "positives", "groups"]


def section(**changes: Any) -> Evaluate:
    return Evaluate.parse({"threshold": "youden", "draws": 200, "confidence": 0.95} | changes, "")


def scores(**changes: Any) -> Scores:
    return evaluate("small", predictions(), section(**changes), seed=0)


def test_all_scores_of_both_parts() -> None:
    result = scores()
    assert list(result.validation) == [*COUNTS, *SCORES]
    assert list(result.test) == [*COUNTS, *SCORES, "auroc_low", "auroc_high", "auroc_draws"]
    assert [result.validation[key] for key in COUNTS] == [60, 20, 30]
    assert [result.test[key] for key in COUNTS] == [120, 40, 60]
    assert (result.dataset, result.synthetic, result.confidence) == ("synthetic", True, 0.95)


def test_the_parts_of_the_report_agree() -> None:
    result = scores()
    tn, fp, fn, tp = (result.confusion[cell] for cell in ("tn", "fp", "fn", "tp"))
    assert result.test["recall"] == round(tp / (tp + fn), 6)
    assert result.test["specificity"] == round(tn / (tn + fp), 6)
    assert result.classes["fractured"]["precision"] == result.test["precision"]
    assert result.classes["not fractured"]["recall"] == result.test["specificity"]
    assert [values["support"] for values in result.classes.values()] == [80, 40]


def test_at_half_does_not_follow_the_threshold() -> None:
    strict, fixed = scores(threshold=0.9), scores(threshold=0.5)
    assert strict.at_half == fixed.at_half == {key: fixed.test[key] for key in fixed.at_half}
    assert strict.test["recall"] != fixed.test["recall"]


def test_the_interval_holds_the_auroc_and_widens_with_confidence() -> None:
    narrow, wide = scores(confidence=0.5).test, scores(confidence=0.99).test
    ends = [
        test[key] or 0
        for test, key in [
            (wide, "auroc_low"), (narrow, "auroc_low"), (narrow, "auroc"), (narrow, "auroc_high"),
            (wide, "auroc_high"),
        ]
    ]  # fmt: skip
    assert ends == sorted(ends)
    assert len(set(ends)) == len(ends)


def test_test_labels_and_probabilities_never_move_the_threshold() -> None:
    table = predictions()
    test = table["part"] == "test"
    changed = table.copy()
    changed.loc[test, "fractured"] = 1 - changed.loc[test, "fractured"]
    changed.loc[test, "probability"] = changed.loc[test, "probability"] ** 3
    one, other = (evaluate("small", each, section(), 0) for each in (table, changed))
    assert one.threshold == other.threshold
    assert one.validation == other.validation
    assert one.test["auroc"] != other.test["auroc"]


def test_validation_labels_do_move_it() -> None:
    table = predictions()
    rows = table["part"] == "validation"
    table.loc[rows, "fractured"] = table.loc[rows, "fractured"].to_numpy()[::-1]
    assert evaluate("small", table, section(), 0).threshold != scores().threshold


def test_an_undefined_score_is_none() -> None:
    result = scores(threshold=1.0)
    assert result.test["precision"] is None
    assert result.classes["fractured"]["precision"] is None
    assert result.test["f1"] == 0
    assert report(result).splitlines()[3].split() == ["fractured", "-", "0.000", "0.000", "40"]


def test_equal_probabilities() -> None:
    result = evaluate("small", predictions().assign(probability=0.3), section(), 0)
    test = result.test
    assert (test["auroc"], test["auroc_low"], test["auroc_high"]) == (0.5, 0.5, 0.5)
    assert (test["recall"], test["specificity"]) == (1, 0)


def test_the_order_of_rows_changes_nothing_but_the_draws() -> None:
    shuffled = predictions().sample(frac=1, random_state=1)
    assert evaluate("small", shuffled, section(), 0) == scores()


@pytest.mark.parametrize(
    ("rows", "found"), [(slice(0), r"0 data sets \(no rows\)"), (slice(None), r"2 .* \(a, synth")]
)
def test_several_data_sets_are_refused(rows: slice, found: str) -> None:
    table = predictions()
    table.loc[0, "dataset"] = "a"
    with pytest.raises(PipelineError, match=rf"{found}.*dvc repro predict@small"):
        evaluate("small", table[rows], section(), 0)


def test_report() -> None:
    result = scores()
    lines = report(result).splitlines()
    assert lines[0] == (
        "small on synthetic (synthetic: says nothing about patients), "
        "test: 120 radiographs, 40 fractured, 60 groups"
    )
    assert lines[1].split() == ["precision", "recall", "f1", "support"]
    assert lines[3].split()[0] == "fractured"
    assert lines[3].endswith(" 40")
    assert lines[5].endswith("(200 bootstrap draws of groups)")
    real = evaluate("small", predictions().assign(dataset="fracatlas"), section(), 0)
    assert report(real).startswith("small on fracatlas, test: 120")
