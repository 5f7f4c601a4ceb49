import numpy as np
import pytest
from sklearn.metrics import auc

from stages.evaluate import curves
from stages.evaluate.sample import take
from stages.evaluate.scores import confusion, score
from tests.evaluate.examples import predictions

TEST = take(predictions(), "test")


def test_roc_encloses_the_auroc() -> None:
    table = curves.roc(TEST)
    ends = table[["false_positive_rate", "true_positive_rate"]].iloc[[0, -1]]
    assert ends.to_numpy().tolist() == [[0, 0], [1, 1]]
    area = auc(table["false_positive_rate"], table["true_positive_rate"])
    assert area == pytest.approx(score(TEST, 0.5)["auroc"])
    assert table["threshold"].isna().tolist() == [True] + [False] * (len(table) - 1)


def test_each_point_of_the_roc_is_met_at_its_threshold() -> None:
    for row in curves.roc(TEST)[1:].itertuples():
        scores = score(TEST, float(str(row.threshold)), ["recall", "specificity"])
        assert scores["recall"] == pytest.approx(row.true_positive_rate)
        assert 1 - (scores["specificity"] or 0) == pytest.approx(row.false_positive_rate)


def test_precision_recall_encloses_the_average_precision() -> None:
    table = curves.precision_recall(TEST)
    assert table[["recall", "precision"]].iloc[-1].tolist() == [0, 1]
    steps = -np.diff(table["recall"]) * table["precision"][:-1]
    assert steps.sum() == pytest.approx(score(TEST, 0.5)["average_precision"])


def test_confusion_holds_a_row_for_each_radiograph() -> None:
    counted = curves.confusion(TEST, 0.4).value_counts().to_dict()
    cells = confusion(TEST, 0.4)
    assert counted == {
        ("not fractured", "not fractured"): cells["tn"],
        ("not fractured", "fractured"): cells["fp"],
        ("fractured", "not fractured"): cells["fn"],
        ("fractured", "fractured"): cells["tp"],
    }
