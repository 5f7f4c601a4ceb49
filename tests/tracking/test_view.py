import json

import pytest

from fracture.tracking.points import localisation_points, score_points
from fracture.tracking.view import VIEW, columns, experiment_tags
from tests.tracking.examples import POINTS, make_localisation, make_scores


@pytest.mark.parametrize("headline", POINTS)
def test_each_column_is_a_metric_that_runs_have(headline: str) -> None:
    points = score_points(make_scores("first")) + localisation_points(make_localisation("first"))
    shown = [name for name in columns(headline) if name.startswith("metrics.")]
    assert {name.removeprefix("metrics.`").removesuffix("`") for name in shown} <= {
        point.name for point in points
    }
    assert f"metrics.`test_{headline}/sensitivity`" in shown


def test_the_runs_are_ordered_by_what_chooses() -> None:
    state = json.loads(experiment_tags("half")[VIEW])
    assert state["orderByKey"] == "metrics.`validation/auroc`"
    assert state["orderByKey"] in state["selectedColumns"]
    assert state["orderByAsc"] is False


def test_every_column_is_as_wide_as_its_title_and_stands_in_its_place() -> None:
    state = json.loads(experiment_tags("at 95 %")[VIEW])
    assert state["columnOrder"] == state["selectedColumns"]
    widths = state["columnWidths"]
    assert list(widths) == state["columnOrder"]
    assert widths["metrics.`test/auroc`"] == 40 + 6 * len("test/auroc")
    assert widths["metrics.`test_at_95__/sensitivity`"] > widths["tags.`backbone`"] > 80
