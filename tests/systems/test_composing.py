from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from fracture.artifacts.predictions import COLUMNS
from fracture.artifacts.systems import System
from fracture.console import PipelineError
from fracture.params.systems import Mean, Route
from fracture.systems import formula
from fracture.systems.composing import compose
from fracture.systems.formula import Linear, leaves_of
from fracture.systems.predicted import Predicted
from tests.systems.examples import (
    BODY_PART,
    FRACTURED,
    MODELS,
    PART,
    RADIOGRAPHS,
    TABLES,
    VALIDATION,
    fractures,
    parts,
    predicted,
    trained,
)

ALL = predicted()
ORDER = RADIOGRAPHS.sort_values(["part", "id"]).index
SPECIAL = {"foot": fractures(4, 4, kind="foot"), "hand": fractures(4, 5, kind="hand")}
TWO_STEP = {
    "route_by": "bone_type", "to": "special", "otherwise": "shared", "routing": "hard", "least": 0,
}  # fmt: skip


def composed(given: Predicted = ALL, **sections: dict[str, Any]) -> dict[str, System]:
    words = dict.fromkeys(given.models, "a model")
    kinds = {
        name: (Mean if "mean_of" in entry else Route).parse(entry, name)
        for name, entry in sections.items()
    }
    return compose(given, words, kinds)


def says(system: System, given: Predicted = ALL) -> Any:
    """Return the probabilities of a system in the order of `RADIOGRAPHS`."""
    table = given.table(system).set_index("id").loc[RADIOGRAPHS["id"]]
    return table[system.target.target.columns].to_numpy().squeeze()


def model(name: str) -> Any:
    """Return what a model says of fractures, in the order of `RADIOGRAPHS`."""
    return TABLES[name, "fractured"]["probability"].to_numpy()


def test_models_are_systems_as_they_are() -> None:
    systems = composed()
    assert list(systems) == [name for name in MODELS if name != "special"]
    shared = systems["shared"]
    assert (shared.kind, shared.parts, shared.ranked) == ("model", [], True)
    assert (says(shared) == model("shared")).all()
    table = ALL.table(shared)
    assert list(table[COLUMNS].columns) == COLUMNS
    assert set(table["trained_on"]) == {""}
    told = says(systems["bone_type"])
    assert (told == parts(2.5, 6)[BODY_PART.columns].to_numpy()).all()


def test_a_model_is_scored_on_what_it_knows_and_has_a_class() -> None:
    table = ALL.table(composed()["hand"])
    assert set(table["body_part"]) == {"hand"}
    unknown = parts(2.5, 6).assign(label=lambda rows: rows["label"].where(PART != "leg", -1))
    given = predicted({"bone_type": MODELS["bone_type"]}, {("bone_type", "body_part"): unknown})
    assert set(given.table(composed(given)["bone_type"])["body_part"]) == {"foot", "hand"}


def test_a_further_target_is_a_system_of_its_own_and_each_seed_has_rows() -> None:
    both = trained(MODELS["shared"].targets[0].target, BODY_PART, seeds=(3, 7))
    again = pd.concat([parts(2, 1).assign(seed=3), parts(2, 2).assign(seed=7)])
    tables = {("two", "fractured"): fractures(2, 1, seeds=(3, 7)), ("two", "body_part"): again}
    given = predicted({"two": both}, tables)
    systems = composed(given, own={"mean_of": ["two"], "weights": "equal"})
    assert list(systems) == ["two", "two.body_part", "own"]
    table = given.table(systems["two"])
    assert table["seed"].tolist() == [3] * len(PART) + [7] * len(PART)
    assert [leaf.network for leaf in leaves_of(systems["two"].formula)] == ["two/seed3"]
    assert [leaf.network for leaf in leaves_of(systems["own"].formula)] == [
        "two/seed3", "two/seed7",
    ]  # fmt: skip
    seeds = tables["two", "fractured"]["probability"].to_numpy().reshape(2, -1)
    np.testing.assert_allclose(says(systems["own"], given), expit(logit(seeds).mean(axis=0)))
    assert set(given.table(systems["own"])["seed"]) == {0}


def test_a_mean_of_equal_weights() -> None:
    mean = composed(pair={"mean_of": ["shared", "weak"], "weights": "equal"})["pair"]
    np.testing.assert_allclose(
        says(mean), expit((logit(model("shared")) + logit(model("weak"))) / 2)
    )
    assert mean.weights == {"shared": 0.5, "weak": 0.5}
    assert mean.made_of.startswith("mean logit of shared, weak; log loss on validation 0.")
    assert (mean.kind, mean.parts, mean.steps) == ("mean", ["shared", "weak"], [])


def test_selected_members() -> None:
    library = ["shared", "weak", "chance"]
    best = composed(best={"mean_of": library, "weights": {"selected": 6}})["best"]
    assert len(best.steps) == 6
    assert best.steps[0].system == "shared"
    assert "chance" not in best.weights
    assert sum(best.weights.values()) == pytest.approx(1)
    total = sum(weight * logit(model(name)) for name, weight in best.weights.items())
    np.testing.assert_allclose(says(best), expit(total))
    one = composed(one={"mean_of": ["shared", "chance"], "weights": {"selected": 1}})["one"]
    assert one.formula == composed()["shared"].formula
    assert one.made_of.startswith("mean logit of shared, selected among 2 systems on validation;")


def test_fitted_and_stacked_weights() -> None:
    members = ["shared", "weak"]
    systems = composed(
        fitted={"mean_of": members, "weights": "fitted"},
        stacked={"mean_of": members, "weights": "stacked"},
    )
    fitted, stacked = systems["fitted"], systems["stacked"]
    assert sum(fitted.weights.values()) == pytest.approx(1, abs=1e-5)
    assert fitted.weights["shared"] < 0.5 < fitted.weights["weak"]
    assert "shared (0." in fitted.made_of
    inputs = logit(np.stack([model(name) for name in members], axis=1))
    known = slice(0, VALIDATION)
    reference = LogisticRegression(tol=1e-8).fit(inputs[known], FRACTURED[known])
    np.testing.assert_allclose(says(stacked), reference.predict_proba(inputs)[:, 1], atol=1e-5)
    assert stacked.made_of.startswith("logistic regression on the logits of shared (0.")


@pytest.mark.parametrize("weights", ["equal", "fitted", "stacked", {"selected": 3}])
def test_a_mean_of_several_classes(weights: object) -> None:
    entry = {"mean_of": ["bone_type", "again"], "weights": weights}
    mean = composed(mean=entry)["mean"]
    found = says(mean)
    np.testing.assert_allclose(found.sum(axis=1), 1)
    right = found.argmax(axis=1) == np.arange(len(PART)) % 3
    assert right.mean() > 0.8
    if weights == "stacked":
        assert mean.weights == {}
        assert isinstance(mean.formula, Linear)
        assert np.shape(mean.formula.weights) == (2, 3, 3)


def test_perfect_routing_is_the_specialist_of_each_radiograph() -> None:
    route = composed(perfect=TWO_STEP | {"route_by": "truth"})["perfect"]
    expected = np.select(
        [PART == "foot", PART == "hand"],
        [SPECIAL["foot"]["probability"], SPECIAL["hand"]["probability"]],
        model("shared"),
    )
    assert (says(route) == expected).all()
    assert not route.ranked
    assert route.made_of == (
        "the true class, which nobody knows of a new radiograph, routes, hard, to the networks of "
        "special for foot, hand; shared for leg"
    )
    by_name = {"to": {"hand": "hand"}, "route_by": "truth"}
    other = composed(perfect=TWO_STEP | by_name)["perfect"]
    assert (says(other) == np.where(PART == "hand", model("hand"), model("shared"))).all()


def test_a_router_that_is_always_wrong_is_seen_end_to_end() -> None:
    """Each foot is taken for a hand, each hand for a leg, each leg for a foot."""
    systems = composed(
        right=TWO_STEP | {"route_by": "truth"}, wrong=TWO_STEP | {"route_by": "wrong"}
    )
    expected = np.select(
        [PART == "leg", PART == "foot"],
        [SPECIAL["foot"]["probability"], SPECIAL["hand"]["probability"]],
        model("shared"),
    )
    assert (says(systems["wrong"]) == expected).all()
    test = slice(VALIDATION, None)
    scores = {
        name: roc_auc_score(FRACTURED[test], says(systems[name])[test])
        for name in ("right", "wrong")
    }
    assert scores["wrong"] == roc_auc_score(FRACTURED[test], expected[test])
    assert scores["right"] > scores["wrong"] + 0.15


def test_soft_routing_sums_by_the_calibrated_probabilities_of_the_router() -> None:
    route = composed(soft=TWO_STEP | {"routing": "soft"})["soft"]
    assert isinstance(route.formula, formula.Route)
    logs = np.log(parts(2.5, 6)[BODY_PART.columns].to_numpy()) / route.formula.temperature
    share = softmax(logs, axis=1)
    expected = (
        share[:, 0] * SPECIAL["foot"]["probability"]
        + share[:, 1] * SPECIAL["hand"]["probability"]
        + share[:, 2] * model("shared")
    )
    np.testing.assert_allclose(says(route), expected)
    assert route.made_of.startswith("bone_type (temperature 0.")
    fitted = route.formula.temperature
    known, labels = slice(0, VALIDATION), np.arange(VALIDATION) % 3

    def loss(temperature: float) -> float:
        given = softmax(logs[known] * fitted / temperature, axis=1)
        return -float(np.log(given[np.arange(VALIDATION), labels]).mean())

    assert loss(fitted) <= min(loss(t) for t in np.geomspace(0.2, 5, 100))


def test_where_the_router_is_not_sure_another_answers() -> None:
    systems = composed(
        plain=TWO_STEP, least=TWO_STEP | {"least": 0.9}, never=TWO_STEP | {"least": 1}
    )
    route = systems["least"].formula
    assert isinstance(route, formula.Route)
    logs = np.log(parts(2.5, 6)[BODY_PART.columns].to_numpy()) / route.temperature
    sure = softmax(logs, axis=1).max(axis=1) >= 0.9
    assert 0.2 < sure.mean() < 0.9
    assert (says(systems["least"]) == np.where(sure, says(systems["plain"]), model("shared"))).all()
    assert (says(systems["never"]) == model("shared")).all()
    assert "shared for leg, where the router is less sure than 0.9" in systems["least"].made_of


def test_means_of_routes_and_routes_to_means_nest() -> None:
    systems = composed(
        hard=TWO_STEP,
        soft=TWO_STEP | {"routing": "soft"},
        both={"mean_of": ["hard", "soft"], "weights": "equal"},
        pair={"mean_of": ["shared", "weak"], "weights": "fitted"},
        parts={"mean_of": ["bone_type", "again"], "weights": "equal"},
        nested=TWO_STEP
        | {"route_by": "parts", "to": {"hand": "both", "leg": "pair"}, "otherwise": "weak"},
    )
    expected = expit((logit(says(systems["hard"])) + logit(says(systems["soft"]))) / 2)
    np.testing.assert_allclose(says(systems["both"]), expected)
    sent = says(systems["parts"]).argmax(axis=1)
    answers = np.select(
        [sent == 1, sent == 2], [says(systems["both"]), says(systems["pair"])], model("weak")
    )
    assert (says(systems["nested"]) == answers).all()
    assert len(leaves_of(systems["nested"].formula)) == 6


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            TWO_STEP | {"otherwise": None},
            r"x\.to has no specialist for leg \(leg: 3 fractured\), which bone_type tells apart",
        ),
        (
            TWO_STEP | {"to": {"hand": "hand", "skull": "weak"}},
            r"x\.to has a specialist for skull, but bone_type tells apart foot, hand, leg: name",
        ),
        (
            TWO_STEP | {"to": {"hand": "hand"}, "otherwise": None},
            r"x\.to has no specialist for foot, leg, which bone_type tells apart: name a system",
        ),
    ],
)
def test_a_route_that_leads_nowhere(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        composed(x=entry)


def test_a_route_of_which_each_class_has_a_specialist_needs_no_other() -> None:
    each = {"foot": "shared", "hand": "hand", "leg": "weak"}
    route = composed(x=TWO_STEP | {"to": each, "otherwise": None})["x"]
    assert route.made_of.endswith("shared for foot, hand for hand, weak for leg")


def test_parts_of_different_classes_are_refused() -> None:
    few = BODY_PART.__class__("body_part", "body_part", ("foot", "hand"))
    table = fractures(2, 9).assign(label=lambda rows: rows["label"])
    given = predicted(MODELS | {"few": trained(few)}, {**TABLES, ("few", "body_part"): table})
    with pytest.raises(PipelineError, match=r"bone_type and few predict different classes \(foot"):
        composed(given, x={"mean_of": ["bone_type", "few"], "weights": "equal"})


def test_validation_of_one_class_chooses_nothing() -> None:
    single = TABLES["weak", "fractured"].assign(label=0)
    given = predicted({"weak": trained()}, {("weak", "fractured"): single})
    entry = {"mean_of": ["weak"], "weights": "equal"}
    with pytest.raises(
        PipelineError, match="all 120 validation radiographs of weak are not fractured, expected"
    ):
        composed(given, x=entry)


def test_stacking_needs_every_class() -> None:
    rows = TABLES["bone_type", "body_part"]
    few = rows.assign(label=rows["label"].where((rows["label"] < 2) | (rows["part"] == "test"), -1))
    given = predicted({"bone_type": trained(BODY_PART)}, {("bone_type", "body_part"): few})
    entry = {"mean_of": ["bone_type"], "weights": "stacked"}
    with pytest.raises(PipelineError, match="regression needs every class of body_part among the"):
        composed(given, x=entry)


@pytest.mark.parametrize("weights", ["equal", "fitted", "stacked", {"selected": 3}])
def test_the_test_part_chooses_nothing(weights: object) -> None:
    generator = np.random.default_rng(1)
    moved = {}
    for key, table in TABLES.items():
        test = (table["part"] == "test").to_numpy()
        columns = [name for name in table.columns if name.startswith("probability")]
        other = table.copy()
        other.loc[test, columns] = generator.permutation(other.loc[test, columns].to_numpy())
        moved[key] = other
    mean = {"mean_of": ["shared", "weak", "chance"], "weights": weights}
    found = composed(predicted(tables=moved), mean=mean, route=TWO_STEP)
    assert found == composed(mean=mean, route=TWO_STEP)


def test_the_order_of_the_rows_changes_nothing() -> None:
    mixed = {name: table.sample(frac=1, random_state=2) for name, table in TABLES.items()}
    given = predicted(tables=mixed)
    entry = {"mean_of": ["shared", "weak"], "weights": "fitted"}
    systems, again = composed(x=entry, y=TWO_STEP), composed(given, x=entry, y=TWO_STEP)
    assert systems == again
    assert ALL.table(systems["y"]).equals(given.table(again["y"]))


OTHER = TABLES["weak", "fractured"]


@pytest.mark.parametrize(
    ("other", "found"),
    [
        (OTHER[:-1], "1 differ in id, label or group, first r209"),
        (OTHER.assign(id=OTHER["id"].replace("r005", "s005")), "2 differ .*, first r005"),
        (OTHER.assign(label=1 - OTHER["label"]), "210 differ"),
        (OTHER.assign(part="test"), "120 differ"),
    ],
    ids=["fewer", "id", "label", "part"],
)
def test_models_of_different_radiographs_are_refused(other: pd.DataFrame, found: str) -> None:
    message = rf"shared and weak were predicted on different radiographs: {found}.*; run `dvc repro"
    with pytest.raises(PipelineError, match=message):
        predicted(tables={**TABLES, ("weak", "fractured"): other})


def test_what_is_no_probability_is_refused() -> None:
    broken = OTHER.copy()
    broken.loc[3, "probability"] = np.nan
    with pytest.raises(
        PipelineError, match=r"1 of 210 predictions of weak/seed0 are not .*, first nan for r003"
    ):
        predicted(tables={**TABLES, ("weak", "fractured"): broken})
