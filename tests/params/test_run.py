from typing import Any

import pytest

from fracture.console import PipelineError
from fracture.params.run import Run, chosen, variants_of

PLAIN = {"backbone": "mobilenet", "variant": "plain", "target": "fractured"}
ROUTE = {"to": "special", "otherwise": "a", "routing": "hard", "least": 0}


@pytest.fixture
def given(parameters: dict[str, Any]) -> dict[str, Any]:
    parameters["recipes"]["demo"]["run"] = ["b"]
    return parameters | {
        "recipe": "demo",
        "run": "recipe",
        "runs": {"published": ["part"]},
        "model": "b",
        "training_seeds": [0],
        "models": {
            "a": PLAIN,
            "b": PLAIN | {"variant": "canny"},
            "part": PLAIN | {"target": "body_part"},
            "special": PLAIN | {"per": {"body_part": 20}},
            "two": PLAIN | {"also": {"body_part": 0.3}},
        },
        "systems": {
            "two_step": ROUTE | {"route_by": "part"},
            "perfect": ROUTE | {"route_by": "truth"},
            "mean": {"mean_of": ["two_step", "b"], "weights": "equal"},
        },
    }


def test_the_recipe_says_what_a_run_has(given: dict[str, Any]) -> None:
    assert chosen(given) == Run(("b",), ("b",))
    assert set(variants_of(given)) == {"plain", "canny"}


def test_a_list_or_a_name_replaces_the_systems_of_the_recipe(given: dict[str, Any]) -> None:
    assert chosen(given | {"run": "published", "model": "part"}) == Run(("part",), ("part",))
    assert chosen(given | {"run": ["a"], "model": "a"}) == Run(("a",), ("a",))


def test_what_a_system_is_made_of_comes_along(given: dict[str, Any]) -> None:
    given |= {"run": ["mean", "two"], "model": "mean"}
    found = chosen(given)
    assert found.models == ("a", "b", "part", "special", "two")
    assert found.systems == ("a", "b", "part", "two", "two.body_part", "two_step", "mean")
    assert found.compositions == ["two_step", "mean"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"run": []}, r"run is \[\]; expected a list of keys of models and systems, such as \[a\]"),
        ({"run": "b"}, "run is 'b'; expected one of: recipe, published"),
        ({"run": ["b", "c"]}, "run is 'c'; expected one of: a, b, part, special, two, two_step"),
        (
            {"model": "a"},
            r"model is a, which is no system of this run \(recipes.demo.run\): expected one of b;",
        ),
        ({"model": "c"}, "model is 'c'; expected one of: a, b"),
        ({"run": ["special", "b"], "model": "special"}, "model is special, which is no system of"),
        (
            {"run": ["perfect"], "model": "perfect"},
            "model is perfect, which is told what nobody knows of a new radiograph: set it",
        ),
    ],
)
def test_a_mistake_is_one_line(
    given: dict[str, Any], changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(PipelineError, match=message) as refusal:
        chosen(given | changes)
    assert "\n" not in str(refusal.value)
