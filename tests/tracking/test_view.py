import json

from fracture.tracking.points import charted, score_numbers
from fracture.tracking.view import COLUMNS, CUT, VIEW, experiment_tags, fitting
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


def test_a_text_that_no_tag_holds_ends_with_a_whole_line_and_says_where_the_rest_is() -> None:
    assert fitting("x" * 8000) == "x" * 8000
    line = "y" * 99 + "\n"
    cut = fitting(line * 81)
    assert 7900 < len(cut) <= 8000
    assert cut.removesuffix(CUT) == (line * 79).rstrip("\n")
