from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit
from sklearn.metrics import roc_auc_score

from fracture.judging.comparison.comparing import pairs
from fracture.judging.two_step import judge_two_steps, pooled
from fracture.params.systems import Mean, Route
from fracture.systems.formula import Leaf, evaluate, mean
from tests.judging.two_steps import judged, make_run, route
from tests.systems.examples import BODY_PART, PART, TABLES, TEST, fractures, parts, trained


def test_routes_to_the_same_specialists_stand_together_with_networks_that_do_without() -> None:
    step = judged()
    assert [(each.system, each.role) for each in step.systems] == [
        ("hard", "hard routing"),
        ("soft", "soft routing"),
        ("perfect", "perfect routing"),
        ("shared", "one network"),  # not chance, which learns in another way
        ("both", "network of both targets"),
    ]
    assert step.best in {"hard", "soft"}
    assert step.column == "body_part"
    assert step.specialists == {"foot": ["special"], "hand": ["special"]}


def test_the_scores_are_those_of_the_evaluation() -> None:
    run, step = make_run(), judged()
    for each in step.systems:
        scores = run.joined[each.system].scores
        assert each.scores["auroc"] == scores.auroc
        assert each.scores["sensitivity"] == scores.point.scores["sensitivity"]
        foot = scores.subgroups["body part"]["foot"]
        assert each.subgroups["foot"].n == foot.n == TEST // 3
        assert each.subgroups["foot"].scores["accuracy"] == foot.points["half"].scores["accuracy"]
    assert step.pairs == pairs([run.measured[each.system] for each in step.systems])
    assert len(step.pairs) == 10


def test_the_router_is_counted_on_test_radiographs() -> None:
    router, further = judged().routers
    assert (router.system, router.routes) == ("bone_type", True)
    assert (further.system, further.routes) == ("both.body_part", False)
    table = TABLES["bone_type", "body_part"]
    test = table[table["part"] == "test"]
    predicted = test[BODY_PART.columns].to_numpy().argmax(axis=1)
    right = predicted == test["label"].to_numpy()
    assert np.trace(router.confusion) == right.sum()
    assert router.accuracy.value == pytest.approx(right.mean(), abs=1e-6)
    assert router.accuracy.low is not None
    assert router.accuracy.low < right.mean()
    assert (router.n, router.others) == (TEST, 0)


def test_a_router_that_is_always_wrong_is_seen_end_to_end() -> None:
    (step,) = judge_two_steps(make_run({"astray": route("wrong"), "perfect": route("truth")}))
    assert step.routers[0].accuracy.value == 0
    astray, perfect, *_ = step.systems
    assert (astray.scores["auroc"].value or 0) < (perfect.scores["auroc"].value or 0) - 0.1
    pair = step.against_best("perfect")
    assert pair is not None
    assert (pair.first, pair.verdict) == ("astray", "worse")


def test_perfect_routing_alone_has_no_router() -> None:
    (step,) = judge_two_steps(make_run({"perfect": route("truth")}))
    assert step.routers == []
    assert step.best == "perfect"
    assert [each.role for each in step.systems] == ["perfect routing", "one network"]


def test_one_network_of_several_trainings_answers_with_all_of_them_as_a_route_does() -> None:
    seeds = (0, 1, 2)
    tables = {("shared", "fractured"): fractures(2, 1, scale=3, seeds=seeds)}
    mean_of_one = Mean.parse({"mean_of": ["shared"], "weights": "equal"}, "systems.mean_of_one")
    sections: dict[str, Mean | Route] = {"hard": route("bone_type"), "mean_of_one": mean_of_one}
    run = make_run(sections, tables, {"shared": trained(seeds=seeds)})
    (step,) = judge_two_steps(run)
    shared = next(each for each in step.systems if each.role == "one network")
    assert shared.system == "shared (3 trainings)"
    assert shared.one_by_one == run.joined["shared"].scores.auroc

    test = tables["shared", "fractured"].query("part == 'test'")
    mean = test.assign(logit=logit(test["probability"])).groupby("id")[["label", "logit"]].mean()
    expected = roc_auc_score(mean["label"], mean["logit"])
    assert shared.scores["auroc"].value == pytest.approx(expected, abs=1e-6)
    assert shared.scores["auroc"] != shared.one_by_one
    composed = run.joined["mean_of_one"].scores
    assert shared.scores["auroc"] == composed.auroc
    assert shared.scores["accuracy"] == composed.point.scores["accuracy"]
    pair = step.against_best("shared (3 trainings)")
    assert pair is not None
    hard, single = (each.scores["auroc"].value or 0 for each in (step.systems[0], shared))
    assert pair.difference.value == pytest.approx(hard - single, abs=2e-6)


def test_where_no_network_is_like_the_specialists_that_of_the_other_classes_is_held_against() -> (
    None
):
    run = make_run({"hard": route("bone_type", otherwise="weak")})
    special = run.models["special"] | {"backbone": "densenet121"}
    (step,) = judge_two_steps(replace(run, models=run.models | {"special": special}))
    assert [(each.system, each.role) for each in step.systems] == [
        ("hard", "hard routing"),
        ("weak", "one network"),
    ]


def test_without_a_route_nothing_is_judged() -> None:
    assert judge_two_steps(make_run({})) == []


def test_routes_to_other_specialists_stand_apart() -> None:
    other = route("bone_type", to={"hand": "weak"}, otherwise="shared")
    first, second = judge_two_steps(make_run({"hard": route("bone_type"), "other": other}))
    assert first.best == "hard"
    assert second.best == "other"
    assert [each.role for each in second.systems] == ["hard routing", "one network"]


def test_radiographs_of_no_class_of_the_router_are_counted() -> None:
    tables = {}
    for name in ("bone_type", "wrong", "again"):
        table = TABLES[name, "body_part"].copy()
        rows = (table["part"] == "test") & (table["body_part"] == "leg")
        table.loc[rows, "label"] = -1
        tables[name, "body_part"] = table
    both = parts(2.0, 12)
    both.loc[(both["part"] == "test") & (both["body_part"] == "leg"), "label"] = -1
    (step,) = judge_two_steps(make_run(tables=tables | {("both", "body_part"): both}))
    legs = int((PART[-TEST:] == "leg").sum())
    assert (step.routers[0].n, step.routers[0].others) == (TEST - legs, legs)


def test_all_training_seeds_route_together_as_in_the_formula() -> None:
    run = make_run({"hard": route("bone_type")})
    samples = [run.joined[name].test[0] for name in ("bone_type", "again", "wrong")]
    leaves = [Leaf(network=str(seed), target="body_part") for seed in range(3)]
    said = dict(zip(leaves, (each.probabilities for each in samples), strict=True))
    expected = evaluate(mean([*leaves]), said)
    assert pooled(samples).probabilities == pytest.approx(expected)
    assert pooled(samples[:1]).probabilities is samples[0].probabilities
