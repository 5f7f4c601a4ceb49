"""Routes: to specialists by a router, by the true class, soft, and nested."""

from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit, softmax
from sklearn.metrics import roc_auc_score

from fracture.console import PipelineError
from fracture.systems import formula
from fracture.systems.formula import leaves_of
from tests.systems.examples import (
    BODY_PART,
    FRACTURED,
    PART,
    TWO_STEP,
    VALIDATION,
    composed,
    fractures,
    model,
    parts,
    says,
)

SPECIAL = {"foot": fractures(4, 4, kind="foot"), "hand": fractures(4, 5, kind="hand")}


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
