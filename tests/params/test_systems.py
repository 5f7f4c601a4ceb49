from typing import Any

import pytest

from fracture.console import PipelineError
from fracture.params.systems import Mean, Route, Selected, compositions, is_oracle, needed

PLAIN = {"backbone": "mobilenet", "variant": "plain", "target": "fractured"}
MODELS: dict[str, Any] = {
    "a": PLAIN,
    "b": PLAIN,
    "bone_type": PLAIN | {"target": "body_part"},
    "hand": PLAIN | {"where": {"body_part": "hand"}},
    "leg": PLAIN | {"where": {"body_part": "leg"}},
    "special": PLAIN | {"per": {"body_part": 20}},
    "both": PLAIN | {"also": {"body_part": 0.3}},
    "side": PLAIN | {"target": "view"},
}
TARGETS: dict[str, Any] = {
    name: {"column": name, "least": 2, "ignored": []} for name in ("fractured", "body_part", "view")
}
ROUTE = {"route_by": "bone_type", "to": "special", "otherwise": "a", "routing": "soft", "least": 0}
PAIR = {"mean_of": ["a", "b"], "weights": "equal"}


@pytest.fixture
def given(parameters: dict[str, Any]) -> dict[str, Any]:
    return parameters | {
        "models": MODELS, "systems": {}, "targets": TARGETS, "training_seeds": [0], "model": "a",
    }  # fmt: skip


def composed(
    given: dict[str, Any], systems: object, names: list[str] | None = None
) -> dict[str, Mean | Route]:
    """Return the compositions of `systems`, all of them in the run."""
    run = names or [*MODELS, *(systems if isinstance(systems, dict) else [])]
    return compositions(given | {"systems": systems}, run)


def test_none(given: dict[str, Any]) -> None:
    assert composed(given, {}) == {}
    assert needed(given, ["b", "a"]) == (["a", "b"], [])


def test_entries_as_they_stand(given: dict[str, Any]) -> None:
    chosen = {"mean_of": ["b", "both"], "weights": {"selected": 4}}
    found = composed(given, {"pair": PAIR, "chosen": chosen, "two_step": ROUTE})
    assert found == {
        "pair": Mean(mean_of=["a", "b"], weights="equal"),
        "chosen": Mean(mean_of=["b", "both"], weights=Selected(selected=4)),
        "two_step": Route(
            route_by="bone_type", to="special", otherwise="a", routing="soft", least=0
        ),
    }
    assert found["two_step"].parts == ["bone_type", "special", "a"]


def test_all_are_the_models_of_the_run_of_the_headlines_target_and_of_all_radiographs(
    given: dict[str, Any],
) -> None:
    systems = {"every": {"mean_of": "all", "weights": "fitted"}, "two_step": ROUTE}
    assert composed(given, systems)["every"].parts == ["a", "b", "both"]
    # Models alone, also where a composition stands before.
    assert composed(given, dict(reversed(systems.items())))["every"].parts == ["a", "b", "both"]
    given["model"] = "bone_type"
    assert composed(given, systems)["every"].parts == ["bone_type", "both.body_part"]
    for headline in ("two_step", "every", "special"):
        given["model"] = headline
        assert composed(given, systems)["every"].parts == ["a", "b", "both"]
    # What a route is made of comes along with it; of that only `a` predicts fractures.
    few = composed(given, systems, ["every", "two_step", "b"])
    assert few["every"].parts == ["a", "b"]


def test_what_a_system_is_made_of_comes_before_it(given: dict[str, Any]) -> None:
    systems = {
        "outer": {"mean_of": ["two_step", "pair"], "weights": "stacked"},
        "two_step": ROUTE | {"otherwise": "pair"},
        "pair": PAIR,
        "other": {"mean_of": ["a", "both"], "weights": "equal"},
    }
    assert list(composed(given, systems, ["outer"])) == ["pair", "two_step", "outer"]
    found = needed(given | {"systems": systems}, ["outer", "side"])
    assert found == (
        ["a", "b", "bone_type", "special", "side"], ["pair", "two_step", "outer"],
    )  # fmt: skip
    further = {"route": ROUTE | {"route_by": "both.body_part"}}
    assert needed(given | {"systems": further}, ["route"])[0] == ["a", "special", "both"]


def test_specialists_by_class(given: dict[str, Any]) -> None:
    route = ROUTE | {"to": {"hand": "hand", "leg": "leg", "foot": "b"}, "least": 0.4}
    (found,) = composed(given, {"x": route}).values()
    assert found.parts == ["bone_type", "hand", "leg", "b", "a"]
    assert needed(given | {"systems": {"x": route}}, ["x"])[0] == [
        "a", "b", "bone_type", "hand", "leg",
    ]  # fmt: skip


def test_an_oracle(given: dict[str, Any]) -> None:
    by_class = {"hand": "hand", "leg": "leg"}
    systems = {"a_priori": ROUTE | {"route_by": "truth"}, "two_step": ROUTE}
    systems |= {"other": ROUTE | {"route_by": "truth", "to": by_class}}
    found = composed(given, systems)
    assert found["a_priori"].parts == ["special", "a"]
    names = [*systems, "a"]
    oracles = [is_oracle(given | {"systems": systems}, name) for name in names]
    assert oracles == [True, False, True, False]


def test_the_seeds_of_one_model_have_a_mean(given: dict[str, Any]) -> None:
    entry = {"one": {"mean_of": ["a"], "weights": "equal"}}
    assert composed(given | {"training_seeds": [0, 1]}, entry)["one"].parts == ["a"]


@pytest.mark.parametrize(
    ("systems", "message"),
    [
        (None, r"systems is None; expected \{\}, or entries such as best: \{mean_of: all"),
        ({"x": None}, r"systems\.x is None; expected either mean_of or route_by, such as"),
        ({"x": PAIR | ROUTE}, r"systems\.x is .*; expected either mean_of or route_by"),
        ({"x": {"mean_of": "all"}}, r"systems\.x\.weights is missing"),
        ({"x": PAIR | {"weights": "some"}}, r"systems\.x\.weights.* is 'some': "),
        ({"x": PAIR | {"weights": {"selected": 0}}}, r"systems\.x\.weights.*selected is 0: "),
        ({"x": PAIR | {"mean_of": "a"}}, r"systems\.x\.mean_of.* is 'a': .*list"),
        ({"x": PAIR | {"of": 1}}, r"unknown key systems\.x\.of"),
        ({"x": ROUTE | {"routing": "firm"}}, r"systems\.x\.routing is 'firm': .*'hard' or 'soft'"),
        ({"x": ROUTE | {"least": 1.5}}, r"systems\.x\.least is 1\.5: "),
        ({"x": ROUTE | {"to": {}}}, r"systems\.x\.to.* is \{\}: "),
        ({"b": PAIR}, r"b is a key of models and of systems: rename one"),
        ({"truth": PAIR}, r"a system cannot be called 'truth': rename it"),
        ({"x.y": PAIR}, r"a system cannot be called 'x\.y': rename it"),
        ({"x": PAIR | {"mean_of": ["a", "d"]}}, r"systems\.x\.mean_of is 'd'; expected one of: a,"),
        ({"x": ROUTE | {"otherwise": "d"}}, r"systems\.x\.otherwise is 'd'; expected one of: a,"),
        ({"x": ROUTE | {"route_by": "d"}}, r"systems\.x\.route_by is 'd'; expected one of: a,"),
        ({"x": PAIR | {"mean_of": ["a", "b", "a"]}}, r"systems\.x\.mean_of names a more than once"),
        (
            {"x": PAIR | {"mean_of": ["a"]}},
            r"x\.mean_of has 1 systems and 1 training seed: expected two networks or more; name",
        ),
        ({"x": PAIR | {"mean_of": []}}, r"systems\.x\.mean_of has 0 systems"),
        (
            {"x": PAIR | {"mean_of": ["y", "a"]}, "y": ROUTE | {"otherwise": "x"}},
            r"systems\.x is made of itself, x of y of x: mend one",
        ),
        ({"x": PAIR | {"mean_of": ["x", "a"]}}, r"systems\.x is made of itself, x of x: mend one"),
        (
            {"x": PAIR | {"mean_of": ["a", "bone_type"]}},
            r"x\.mean_of names systems of different targets \(a: fractured, bone_type: body_part\)",
        ),
        (
            {"x": PAIR | {"mean_of": ["a", "hand"]}},
            r"x\.mean_of names systems of different radiographs \(a: all, hand: body_part hand\)",
        ),
        (
            {"x": PAIR | {"mean_of": ["a", "special"]}},
            r"x\.mean_of names special, which has a network for each body_part: .* under to of a",
        ),
        (
            {"x": PAIR | {"mean_of": ["a", "truth"]}},
            r"x\.mean_of names truth, which is told what nobody knows of a new radiograph: nothing",
        ),
        (
            {"x": PAIR | {"mean_of": ["a", "y"]}, "y": ROUTE | {"route_by": "truth"}},
            r"x\.mean_of names y, which is told what nobody knows of a new radiograph: nothing",
        ),
        (
            {"x": ROUTE | {"otherwise": "bone_type"}},
            r"systems\.x names systems of different targets \(special: fractured, bone_type: body",
        ),
        (
            {"x": ROUTE | {"to": {"hand": "hand", "leg": "bone_type"}}},
            r"different targets \(hand: fractured, bone_type: body_part, a: fractured\): name",
        ),
        (
            {"x": ROUTE | {"otherwise": "hand"}},
            r"different radiographs \(bone_type: all, hand: body_part hand\)",
        ),
        (
            {"x": ROUTE | {"to": "a"}},
            r"systems\.x\.to, where it is no table of systems, is 'a'; expected one of: special",
        ),
        (
            {"x": ROUTE | {"route_by": "side"}},
            r"x\.to: special has a network for each body_part, but side predicts view: name",
        ),
        (
            {"x": ROUTE | {"otherwise": None, "least": 0.5}},
            r"x\.least is 0\.5, but nothing answers where the router is less sure: name a system",
        ),
        (
            {"x": ROUTE | {"route_by": "truth", "to": {"hand": "a"}}},
            r"x\.route_by is truth, but of which column\? name under to a model with per",
        ),
    ],
)
def test_a_mistake_is_one_line(given: dict[str, Any], systems: object, message: str) -> None:
    with pytest.raises(PipelineError, match=message) as refusal:
        composed(given, systems)
    assert "\n" not in str(refusal.value)
