"""Which systems a run has: as recipe, list or name say; members come along."""

from typing import Any

import pytest

from fracture.console import PipelineError
from fracture.params.run import chosen, variants_of


@pytest.fixture
def few() -> dict[str, Any]:
    models = {
        "plain": {"variant": "plain", "target": "fractured"},
        "edges": {"variant": "canny", "target": "fractured"},
        "part": {"variant": "plain", "target": "body_part"},
        "each": {"variant": "plain", "target": "fractured", "per": {"body_part": 9}},
        "both": {"variant": "plain", "target": "fractured", "also": {"body_part": 0.5}},
    }
    route = {"route_by": "part", "to": "each", "otherwise": "plain", "routing": "hard"}
    return {
        "recipe": "demo",
        "run": "recipe",
        "runs": {"published": ["edges"]},
        "recipes": {"demo": {"run": ["plain", "both"]}},
        "model": "plain",
        "seeds": [0],
        "models": models,
        "systems": {
            "mean": {"mean_of": ["plain", "edges"], "weights": "equal"},
            "steps": route | {"least": 0.0},
        },
    }


def test_the_recipe_names_the_systems(few: dict[str, Any]) -> None:
    run = chosen(few)
    assert run.models == ("plain", "both")
    assert run.systems == ("plain", "both", "both.body_part")
    assert run.compositions == []


def test_a_list_or_a_name_replaces_those_of_the_recipe(few: dict[str, Any]) -> None:
    few |= {"run": "published", "model": "edges"}
    assert chosen(few).systems == ("edges",)
    assert sorted(variants_of(few)) == ["canny", "plain"]
    few |= {"run": ["part"], "model": "part"}
    assert chosen(few).models == ("part",)


def test_members_come_along(few: dict[str, Any]) -> None:
    few |= {"run": ["mean", "steps"], "model": "steps"}
    run = chosen(few)
    assert run.models == ("plain", "edges", "part", "each")
    # A model with a network for each part is no system by itself.
    assert run.systems == ("plain", "edges", "part", "mean", "steps")
    assert run.compositions == ["mean", "steps"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"run": "other"}, r"run is 'other'; expected one of: recipe, published"),
        ({"run": []}, r"run is \[\]; expected a list of keys of models and systems, such as"),
        ({"run": ["plain", "x"]}, r"run is 'x'; expected one of: plain, edges, .*mean, steps"),
        (
            {"model": "edges"},
            r"model is edges, which is no system .*demo\.run.*: .*plain, both, both\.body_part; ",
        ),
        ({"model": "each", "run": ["each", "plain"]}, r"model is each, which is no system"),
        ({"model": "x"}, r"model is 'x'; expected one of"),
    ],
)
def test_a_mistake_is_one_line(few: dict[str, Any], changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PipelineError, match=message) as refusal:
        chosen(few | changes)
    assert "\n" not in str(refusal.value)
