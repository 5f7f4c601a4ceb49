from typing import Any

import pytest

from fracture.console import PipelineError
from fracture.params.ensembles import Classifier, Ensemble, classifier, classifiers, ensembles_of
from fracture.params.whole import validate

SEEDS = [0]
MODELS: dict[str, Any] = {"a": {}, "b": {}, "c": {}}


def given(ensembles: object, seeds: list[int] = SEEDS) -> dict[str, Any]:
    return {"models": MODELS, "ensembles": ensembles, "seeds": seeds}


def test_none() -> None:
    assert ensembles_of(given({})) == {}
    assert [each.name for each in classifiers(given({}))] == ["a", "b", "c"]


def test_all_candidates_are_written_out() -> None:
    found = ensembles_of(
        given(
            {
                "best": {"candidates": "all", "members": 2},
                "pair": {"candidates": ["c", "a"], "members": "all"},
            }
        )
    )
    assert found == {
        "best": Ensemble(candidates=["a", "b", "c"], members=2),
        "pair": Ensemble(candidates=["c", "a"], members="all"),
    }


def test_the_seeds_of_one_model_are_an_ensemble() -> None:
    entry = {"one": {"candidates": ["a"], "members": "all"}}
    assert ensembles_of(given(entry, [0, 1]))["one"].candidates == ["a"]


@pytest.mark.parametrize(
    ("ensembles", "message"),
    [
        (None, r"ensembles is None; expected \{\}, or entries such as best_of_all: \{candidates"),
        ({"x": None}, r"ensembles\.x is None"),
        ({"x": {"candidates": "all"}}, r"ensembles\.x\.members is missing"),
        ({"x": {"candidates": "all", "members": 0}}, r"ensembles\.x\.members.* is 0: "),
        ({"x": {"candidates": "all", "members": "some"}}, r"ensembles\.x\.members.* is 'some': "),
        ({"x": {"candidates": "a", "members": 2}}, r"ensembles\.x\.candidates is 'a': .*list"),
        ({"x": {"candidates": "all", "members": 2, "of": 1}}, r"unknown key ensembles\.x\.of"),
        (
            {"x": {"candidates": ["a", "d"], "members": 2}},
            r"ensembles\.x\.candidates is 'd'; expected one of: a, b, c",
        ),
        (
            {"x": {"candidates": ["a", "b", "a"], "members": 2}},
            r"ensembles\.x\.candidates names a more than once",
        ),
        (
            {"x": {"candidates": ["a"], "members": 2}},
            r"ensembles\.x has 1 candidates and 1 training seed: expected two networks or more",
        ),
        ({"x": {"candidates": [], "members": 2}}, r"ensembles\.x has 0 candidates"),
        (
            {"b": {"candidates": "all", "members": 2}},
            r"b is a key of models and of ensembles: rename one",
        ),
        (
            {"x": {"candidates": "all", "members": 2}, "y": {"candidates": ["x"], "members": 2}},
            r"ensembles\.y\.candidates is 'x'; expected one of: a, b, c",
        ),
    ],
)
def test_a_mistake_is_one_line(ensembles: object, message: str) -> None:
    with pytest.raises(PipelineError, match=message) as refusal:
        ensembles_of(given(ensembles))
    assert "\n" not in str(refusal.value)


def test_models_and_ensembles_have_stages_of_their_own() -> None:
    parameters = given({"best": {"candidates": "all", "members": 2}})
    model, ensemble = (classifier(parameters, name, "model") for name in ("b", "best"))
    assert (model, ensemble) == (Classifier("b", False), Classifier("best", True))
    assert (model.predicted_by, model.scored_by) == ("predict@b", "evaluate@b")
    assert (ensemble.predicted_by, ensemble.scored_by) == ("ensemble", "evaluate_ensemble@best")
    with pytest.raises(PipelineError, match="model is 'd'; expected one of: a, b, c, best"):
        classifier(parameters, "d", "model")


def test_an_ensemble_may_be_the_headline(parameters: dict[str, Any]) -> None:
    parameters["ensembles"] = {"both": {"candidates": ["vgg16", "xception"], "members": "all"}}
    parameters["model"] = "both"
    assert validate(parameters).model == "both"
    parameters["ensembles"]["both"]["candidates"] = ["vgg16"]
    with pytest.raises(PipelineError, match="expected two networks or more"):
        validate(parameters)
