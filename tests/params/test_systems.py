from typing import Any

import pytest

from fracture.console import PipelineError
from fracture.params.systems import Mean, compositions
from fracture.params.whole import validate

SEEDS = [0]
MODELS: dict[str, Any] = {name: {"target": "fractured"} for name in "abc"}
EVERY = [*"abc", "best", "pair", "one", "x", "y"]


def given(systems: object, seeds: list[int] = SEEDS) -> dict[str, Any]:
    return {"models": MODELS, "systems": systems, "seeds": seeds}


def test_none() -> None:
    assert compositions(given({}), MODELS) == {}


def test_all_models_are_written_out() -> None:
    found = compositions(
        given(
            {
                "best": {"mean_of": "all", "members": 2},
                "pair": {"mean_of": ["c", "a"], "members": "all"},
            }
        ),
        EVERY,
    )
    assert found == {
        "best": Mean(mean_of=["a", "b", "c"], members=2),
        "pair": Mean(mean_of=["c", "a"], members="all"),
    }


def test_the_seeds_of_one_model_have_a_mean() -> None:
    entry = {"one": {"mean_of": ["a"], "members": "all"}}
    assert compositions(given(entry, [0, 1]), EVERY)["one"].mean_of == ["a"]


@pytest.mark.parametrize(
    ("systems", "message"),
    [
        (None, r"systems is None; expected \{\}, or entries such as best_of_all: \{mean_of"),
        ({"x": None}, r"systems\.x is None"),
        ({"x": {"mean_of": "all"}}, r"systems\.x\.members is missing"),
        ({"x": {"mean_of": "all", "members": 0}}, r"systems\.x\.members.* is 0: "),
        ({"x": {"mean_of": "all", "members": "some"}}, r"systems\.x\.members.* is 'some': "),
        ({"x": {"mean_of": "a", "members": 2}}, r"systems\.x\.mean_of is 'a': .*list"),
        ({"x": {"mean_of": "all", "members": 2, "of": 1}}, r"unknown key systems\.x\.of"),
        (
            {"x": {"mean_of": ["a", "d"], "members": 2}},
            r"systems\.x\.mean_of is 'd'; expected one of: a, b, c",
        ),
        (
            {"x": {"mean_of": ["a", "b", "a"], "members": 2}},
            r"systems\.x\.mean_of names a more than once",
        ),
        (
            {"x": {"mean_of": ["a"], "members": 2}},
            r"systems\.x is the mean of 1 models and 1 training seed: expected two networks or",
        ),
        ({"x": {"mean_of": [], "members": 2}}, r"systems\.x is the mean of 0 models"),
        (
            {"b": {"mean_of": "all", "members": 2}},
            r"b is a key of models and of systems: rename one",
        ),
        (
            {"x": {"mean_of": "all", "members": 2}, "y": {"mean_of": ["x"], "members": 2}},
            r"systems\.y\.mean_of is 'x'; expected one of: a, b, c",
        ),
    ],
)
def test_a_mistake_is_one_line(systems: object, message: str) -> None:
    with pytest.raises(PipelineError, match=message) as refusal:
        compositions(given(systems), EVERY)
    assert "\n" not in str(refusal.value)


def test_a_composition_may_be_the_headline(parameters: dict[str, Any]) -> None:
    parameters["systems"] = {"both": {"mean_of": ["vgg16", "xception"], "members": "all"}}
    parameters |= {"model": "both", "run": ["both"]}
    for recipe in parameters["recipes"].values():
        recipe["run"] = ["both"]
    assert validate(parameters).model == "both"
    parameters["systems"]["both"]["mean_of"] = ["vgg16"]
    with pytest.raises(PipelineError, match="expected two networks or more"):
        validate(parameters)
