import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fracture.artifacts.costs import Costs, Prediction, Training
from fracture.tracking.points import (
    charted,
    cost_points,
    curve_points,
    flat,
    localisation_numbers,
    score_numbers,
    table,
    word,
)
from tests.tracking.examples import make_history, make_localisation, make_scores


def test_nested_settings_become_texts() -> None:
    settings = {"head": {"units": [128], "pooling": "max"}, "rate": 1e-3, "weights": None}
    assert flat(settings) == {
        "head.units": "[128]",
        "head.pooling": "max",
        "rate": "0.001",
        "weights": "null",
    }


def test_a_setting_of_any_name_is_one_that_mlflow_takes() -> None:
    assert flat({"points": {"at 90 %": {"sensitivity": 0.9}, 0.5: 1}}) == {
        "points.at_90__.sensitivity": "0.9",
        "points.0.5": "1",
    }


@given(st.dictionaries(st.text("ab", min_size=1), st.dictionaries(st.text("cd"), st.integers())))
def test_no_setting_is_lost(settings: dict[str, dict[str, int]]) -> None:
    assert len(flat(settings)) == sum(map(len, settings.values()))


def test_charts_begin_with_the_auroc_in_the_order_of_mlflow() -> None:
    scored = make_scores("first", (0, 1, 2), studies=True)
    numbers = score_numbers(scored) | localisation_numbers(make_localisation("first"))
    points = charted(numbers, "balanced") + curve_points(make_history((0, 1, 2)))
    names = sorted({point.name for point in points})
    assert names[0] == "test/auroc"
    assert list(dict.fromkeys(name.partition("/")[0] for name in names)) == [
        "test", "test_interval", "training", "training_seed1", "training_seed2", "validation"
    ]  # fmt: skip
    values = {point.name: point.value for point in points if point.step == 0}
    assert values["test/auroc_by_study"] == 0.75
    assert values["test_interval/auroc_low"] == 0.625
    assert values["test/sensitivity"] == 0.5
    assert values["test/fractures_marked_at_1"] == 0.75
    assert values["validation/threshold"] == 0.375
    assert values["validation/temperature"] == 1.5


def test_costs_are_charted_if_they_are_of_a_whole_training() -> None:
    training = Training(
        finished="2026-11-26T17:05:00+00:00", machine="here", device="cpu", megabytes=700.5,
        processor_seconds=150.5, seconds=90.5, whole=True, images_per_second=None,
    )  # fmt: skip
    of = {"finished": training.finished, "machine": "here", "device": "cpu"}
    prediction = Prediction(**of, megabytes=300, processor_seconds=20.5, milliseconds=12.5)
    assert cost_points(Costs(training, prediction)) == [
        ("time_and_memory/training_seconds", 90.5, 0),
        ("time_and_memory/training_megabytes", 700.5, 0),
        ("time_and_memory/training_processor_seconds", 150.5, 0),
        ("time_and_memory/prediction_milliseconds", 12.5, 0),
        ("time_and_memory/prediction_megabytes", 300, 0),
        ("time_and_memory/prediction_processor_seconds", 20.5, 0),
    ]
    assert cost_points(Costs(training.model_copy(update={"whole": False}), None)) == []


def test_all_numbers_stand_in_a_table() -> None:
    numbers = {"test/auroc": 0.75, "threshold/balanced": 0.5}
    assert table(numbers) == {
        "columns": ["of", "number", "value"],
        "data": [["test", "auroc", 0.75], ["threshold", "balanced", 0.5]],
    }


def test_scores_have_flat_names_and_undefined_ones_are_left_out() -> None:
    values = score_numbers(make_scores("first"))
    assert values["test/auroc"] == 0.75
    assert values["test/auroc_low"] == 0.625
    assert values["test/auroc_high"] == 0.875
    assert values["test/brier"] == values["test/sensitivity_at_specificity_90"] == 0.375
    assert (values["test/n"], values["test/positives"], values["test/groups"]) == (40, 12, 20)
    assert values["test/sensitivity"] == values["test_half/sensitivity"] == 0.5
    assert values["test/sensitivity_high"] == 0.625
    assert values["test_specific/negative_predictive_value"] == 0.625
    assert values["test_confusion_balanced/tp"] == 6
    assert values["test_confusion_half/tn"] == 28
    assert values["validation/auroc"] == 0.75
    assert values["threshold/balanced"] == 0.375
    assert values["calibration/temperature"] == 1.5
    assert values["calibration/uncalibrated_log_loss"] == 0.5
    assert not {"test/log_loss", "test_half/precision", "test/brier_low"} & values.keys()
    assert "test_half/sensitivity_low" not in values
    assert not any("mean" in name or "frontal" in name for name in values)


def test_several_seeds_have_a_mean_and_a_deviation() -> None:
    values = score_numbers(make_scores("first", (7, 1, 2)))
    assert values["test/auroc"] == 0.75
    assert values["test/auroc_served"] == 0.75
    assert values["test/auroc_deviation"] == 0.0625


def test_studies_are_told_apart() -> None:
    values = score_numbers(make_scores("first", studies=True))
    assert values["studies/auroc_low"] == 0.625
    assert values["studies/sensitivity"] == 0.5
    assert values["studies/n"] == 40


def test_localisation_stands_beside_its_controls() -> None:
    values = localisation_numbers(make_localisation("first"))
    assert values["localisation/pointing"] == 0.625
    assert values["localisation/pointing_high"] == 0.75
    assert values["localisation/pointing_random_weights"] == 0.25
    assert values["localisation/energy_centred_blob"] == 0.125
    assert values["localisation/pointing_gain_random_weights"] == 0.375
    assert values["localisation/energy_gain_centred_blob_low"] == 0.25
    assert values["localisation/box_area"] == 0.0625
    assert values["localisation/n"] == 12
    assert values["localisation/sensitivity_at_0.5"] == 0.5
    assert values["localisation/sensitivity_at_0.1"] == 0.25
    assert values["localisation/sensitivity_at_1"] == 0.75
    assert values["localisation/average_precision"] == 0.3125
    assert values["localisation/small_pointing"] == 0.4375
    assert values["localisation/small_sensitivity_at_1"] == 0.375
    assert (values["localisation/fractures"], values["localisation/normal"]) == (15, 24)
    assert not any("gradcam" in name for name in values)


def test_without_boxes_nothing_is_localised() -> None:
    assert set(localisation_numbers(make_localisation("first", n=0))) == {
        "localisation/n", "localisation/groups", "localisation/empty",
        "localisation/empty_random_weights", "localisation/fractures", "localisation/normal",
    }  # fmt: skip


def test_a_run_has_few_enough_metrics_to_be_read() -> None:
    numbers = score_numbers(make_scores("first", studies=True))
    numbers |= localisation_numbers(make_localisation("first"))
    points = charted(numbers, "balanced") + curve_points(make_history())
    assert len(numbers) > 100
    assert len({point.name for point in points}) < 30
    assert len({(point.name, point.step) for point in points}) == len(points)


@pytest.mark.parametrize(
    ("name", "expected"), [("half", "half"), ("at 95 %", "at_95__"), ("a/b", "a_b"), ("0.5", "0.5")]
)
def test_names_of_operating_points_become_names_of_metrics(name: str, expected: str) -> None:
    assert word(name) == expected
    assert re.fullmatch(r"[\w.-]+", word(name))


def test_curves_go_by_epoch_and_leave_out_what_is_no_number() -> None:
    points = curve_points(make_history())
    assert [p[1:] for p in points if p.name == "training/loss"] == [(0.75, 1), (0.5, 2), (0.25, 3)]
    assert [p[1:] for p in points if p.name == "training/validation_auc"] == [(0.5, 2), (0.625, 3)]
    assert [p[1:] for p in points if p.name == "training/finetune"] == [(0, 1), (0, 2), (1, 3)]


def test_curves_of_further_seeds_name_them() -> None:
    points = curve_points(make_history((7, 0)))
    assert [p[1:] for p in points if p.name == "training/auc"] == [(0.5, 1), (0.625, 2), (0.75, 3)]
    assert [p[1:] for p in points if p.name == "training_seed0/auc"] == [
        (0.5, 1),
        (0.625, 2),
        (0.75, 3),
    ]
    assert not any("_seed7" in p.name for p in points)
