import json

from fracture.tracking.points import charted, score_numbers
from fracture.tracking.view import COLUMNS, VIEW, experiment_tags
from tests.tracking.examples import make_scores


def test_each_column_is_a_metric_that_runs_have() -> None:
    points = charted(score_numbers(make_scores("first")), "balanced")
    shown = [name for name in COLUMNS if name.startswith("metrics.")]
    assert {name.removeprefix("metrics.`").removesuffix("`") for name in shown} <= {
        point.name for point in points
    }


def test_the_runs_are_ordered_by_what_chooses() -> None:
    state = json.loads(experiment_tags("fractured")[VIEW])
    assert state["orderByKey"] == "metrics.`validation/auroc`"
    assert state["orderByKey"] in state["selectedColumns"]
    assert state["orderByAsc"] is False
    assert state["searchFilter"] == "tags.target = 'fractured'"


def test_every_column_is_as_wide_as_its_title_and_stands_in_its_place() -> None:
    state = json.loads(experiment_tags("fractured")[VIEW])
    assert state["columnOrder"] == state["selectedColumns"]
    widths = state["columnWidths"]
    assert list(widths) == state["columnOrder"]
    assert widths["metrics.`test/auroc`"] == 40 + 6 * len("test/auroc")
    assert widths["metrics.`test/sensitivity`"] > widths["tags.`dataset`"] > 80
