from hypothesis import given
from hypothesis import strategies as st

from stages.track.tables import Point, curve_points, flat, score_points
from tests.track.examples import make_history, make_scores


def test_nested_settings_become_texts() -> None:
    settings = {"head": {"units": [128], "pooling": "max"}, "rate": 1e-3, "weights": None}
    assert flat(settings) == {
        "head.units": "[128]",
        "head.pooling": "max",
        "rate": "0.001",
        "weights": "null",
    }


@given(st.dictionaries(st.text("ab", min_size=1), st.dictionaries(st.text("cd"), st.integers())))
def test_no_setting_is_lost(settings: dict[str, dict[str, int]]) -> None:
    assert len(flat(settings)) == sum(map(len, settings.values()))


def test_scores_keep_every_number_and_begin_with_the_auroc() -> None:
    points = score_points(make_scores("first"))
    assert points[:3] == [
        Point("test/auroc", 0.75),
        Point("test/auroc_low", 0.625),
        Point("test/n", 40),
    ]
    assert {point.name: point.value for point in points} == {
        "test/auroc": 0.75,
        "test/auroc_low": 0.625,
        "test/auroc_draws": 2000,
        "test/n": 40,
        "test/positives": 12,
        "test/groups": 20,
        "test/recall": 0.5,
        "test/specificity": 1,
        "validation/n": 40,
        "validation/positives": 12,
        "validation/groups": 20,
        "validation/auroc": 0.75,
        "validation/threshold": 0.375,
        "test_confusion/tn": 28,
        "test_confusion/fp": 0,
        "test_confusion/fn": 6,
        "test_confusion/tp": 6,
        "test_at_half/accuracy": 0.875,
        "test_not_fractured/recall": 0.5,
        "test_not_fractured/support": 20,
        "test_fractured/recall": 0.5,
        "test_fractured/support": 20,
    }


def test_curves_go_by_epoch_and_leave_out_what_is_no_number() -> None:
    points = curve_points(make_history())
    assert [p[1:] for p in points if p.name == "epoch/loss"] == [(0.75, 1), (0.5, 2), (0.25, 3)]
    assert [p[1:] for p in points if p.name == "epoch/validation_auc"] == [(0.5, 2), (0.625, 3)]
    assert [p[1:] for p in points if p.name == "epoch/finetune"] == [(0, 1), (0, 2), (1, 3)]
