import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from fracture.artifacts.predictions import COLUMNS
from fracture.console import PipelineError
from fracture.systems.formula import Linear, leaves_of
from tests.systems.examples import (
    ALL,
    BODY_PART,
    FRACTURED,
    MODELS,
    PART,
    TABLES,
    TWO_STEP,
    VALIDATION,
    composed,
    fractures,
    model,
    parts,
    predicted,
    says,
    trained,
)


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
