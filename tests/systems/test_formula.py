import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy.special import expit, logit, softmax

from fracture.judging.logits import Probabilities
from fracture.systems.formula import (
    TRUTH,
    Leaf,
    Linear,
    Node,
    Route,
    evaluate,
    leaves_of,
    mean,
    router_probabilities,
)

SHARED, HAND, LEG, FOOT, PARTS = (
    Leaf(network=f"{name}/seed0", target=target)
    for name, target in [
        ("shared", "fractured"),
        ("special/hand", "fractured"),
        ("special/leg", "fractured"),
        ("special/foot", "fractured"),
        ("bone_type", "body_part"),
    ]
)
TRUE_PART = Leaf(network=TRUTH, target="body_part")
CLASSES = ["foot", "hand", "leg"]
RIGHT = np.array([0, 1, 2, 1, 0, 2])
"""The true class of six radiographs."""
LEAVES: dict[Leaf, Probabilities] = {
    SHARED: np.array([0.5, 0.1, 0.9, 0.3, 0.7, 0.2]),
    FOOT: np.array([0.91, 0.12, 0.23, 0.34, 0.85, 0.16]),
    HAND: np.array([0.17, 0.28, 0.39, 0.71, 0.62, 0.53]),
    LEG: np.array([0.44, 0.55, 0.66, 0.77, 0.88, 0.99]),
    PARTS: np.array(
        [[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6],
         [0.5, 0.4, 0.1], [0.9, 0.05, 0.05], [0.4, 0.35, 0.25]]
    ),
    TRUE_PART: np.eye(3)[RIGHT],
}  # fmt: skip
SPECIALISTS: dict[str, Node] = {"foot": FOOT, "hand": HAND, "leg": LEG}
EACH = np.stack([LEAVES[FOOT], LEAVES[HAND], LEAVES[LEG]], axis=1)
"""What the specialists say, a column for each class."""


def two_step(
    to: dict[str, Node] = SPECIALISTS,
    router: Node = PARTS,
    *,
    soft: bool = False,
    otherwise: Node | None = None,
    temperature: float = 1.0,
    least: float = 0.0,
) -> Route:
    return Route(
        router=router,
        classes=CLASSES,
        temperature=temperature,
        to=to,
        otherwise=otherwise,
        soft=soft,
        least=least,
    )


@pytest.mark.parametrize("soft", [False, True])
def test_perfect_routing_is_the_specialist_of_each_radiograph(soft: bool) -> None:
    found = evaluate(two_step(router=TRUE_PART, soft=soft), LEAVES)
    assert found.tolist() == EACH[np.arange(6), RIGHT].tolist()


@pytest.mark.parametrize("soft", [False, True])
def test_a_router_that_is_always_wrong_asks_the_wrong_specialists(soft: bool) -> None:
    wrong = (RIGHT + 1) % 3
    leaves = LEAVES | {TRUE_PART: np.eye(3)[wrong]}
    found = evaluate(two_step(router=TRUE_PART, soft=soft), leaves)
    assert found.tolist() == EACH[np.arange(6), wrong].tolist()


def test_hard_routing_asks_the_specialist_of_the_most_probable_class() -> None:
    found = evaluate(two_step(), LEAVES)
    assert found.tolist() == [0.91, 0.28, 0.66, 0.34, 0.85, 0.16]


def test_soft_routing_sums_by_the_routers_probabilities() -> None:
    """By hand: 0.7 * 0.91 + 0.2 * 0.17 + 0.1 * 0.44 = 0.715."""
    found = evaluate(two_step(soft=True), LEAVES)
    assert found[0] == pytest.approx(0.715)
    np.testing.assert_allclose(found, (LEAVES[PARTS] * EACH).sum(axis=1))


def test_what_soft_routing_has_no_specialist_for_goes_to_otherwise() -> None:
    """By hand: 0.7 * 0.91 + 0.1 * 0.44 + 0.2 * 0.5 = 0.781."""
    node = two_step({"leg": LEG, "foot": FOOT}, soft=True, otherwise=SHARED)
    assert evaluate(node, LEAVES)[0] == pytest.approx(0.781)


def test_hard_routing_without_a_specialist_is_otherwise() -> None:
    found = evaluate(two_step({"leg": LEG}, otherwise=SHARED), LEAVES)
    assert found.tolist() == [0.5, 0.1, 0.66, 0.3, 0.7, 0.2]


@pytest.mark.parametrize("soft", [False, True])
def test_a_router_that_is_not_sure_sends_to_otherwise(soft: bool) -> None:
    """Of the fourth and the last radiograph the router is less sure than 0.6, of the third not."""
    sure = evaluate(two_step(soft=soft), LEAVES)
    found = evaluate(two_step(soft=soft, otherwise=SHARED, least=0.6), LEAVES)
    assert found.tolist() == [*sure[:3], 0.3, sure[4], 0.2]


def test_the_router_is_calibrated_before_it_is_asked() -> None:
    node = two_step(soft=True, temperature=2.0, otherwise=SHARED, least=0.5)
    root = np.sqrt(LEAVES[PARTS])
    expected = root / root.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(router_probabilities(node, LEAVES), expected)
    unsure = expected.max(axis=1) < 0.5
    assert unsure.tolist() == [False, False, True, True, False, True]
    found = evaluate(node, LEAVES)
    np.testing.assert_allclose(found[~unsure], (expected * EACH).sum(axis=1)[~unsure])
    assert found[unsure].tolist() == LEAVES[SHARED][unsure].tolist()


def test_a_router_of_two_classes() -> None:
    node = Route(
        router=SHARED, classes=["no", "yes"], temperature=1, to={"no": HAND, "yes": LEG},
        otherwise=None, soft=True, least=0,
    )  # fmt: skip
    share = LEAVES[SHARED]
    np.testing.assert_allclose(
        evaluate(node, LEAVES), (1 - share) * LEAVES[HAND] + share * LEAVES[LEG]
    )


def test_specialists_may_predict_several_classes() -> None:
    other = Leaf(network="other", target="body_part")
    leaves = LEAVES | {other: LEAVES[PARTS][::-1]}
    node = two_step({"foot": PARTS}, router=TRUE_PART, otherwise=other)
    expected = np.where(RIGHT[:, None] == 0, leaves[PARTS], leaves[other])
    assert (evaluate(node, leaves) == expected).all()


def test_the_mean_is_of_logits() -> None:
    found = evaluate(mean([HAND, LEG]), LEAVES)
    np.testing.assert_allclose(found, expit((logit(LEAVES[HAND]) + logit(LEAVES[LEG])) / 2))
    assert mean([HAND]) is HAND


def test_the_mean_of_several_classes_is_their_normalised_geometric_mean() -> None:
    other = Leaf(network="other", target="body_part")
    leaves = LEAVES | {other: LEAVES[PARTS][::-1]}
    product = np.sqrt(leaves[PARTS] * leaves[other])
    found = evaluate(mean([PARTS, other]), leaves)
    np.testing.assert_allclose(found, product / product.sum(axis=1, keepdims=True))


def test_weights_and_intercept() -> None:
    node = Linear(parts=[HAND, LEG], weights=[0.5, -2], intercept=[0.25])
    expected = expit(0.25 + 0.5 * logit(LEAVES[HAND]) - 2 * logit(LEAVES[LEG]))
    np.testing.assert_allclose(evaluate(node, LEAVES), expected)


def test_a_matrix_weighs_each_class_by_each() -> None:
    matrix, intercept = [[1.0, 0.5, 0], [0, 2, 0], [-1, 0, 0]], [0.1, 0.2, 0.3]
    node = Linear(parts=[PARTS], weights=[matrix], intercept=intercept)
    logs = np.log(LEAVES[PARTS])
    logs -= logs.mean(axis=1, keepdims=True)
    expected = softmax(logs @ np.array(matrix).T + intercept, axis=1)
    np.testing.assert_allclose(evaluate(node, LEAVES), expected)


def test_a_mean_of_routes_and_a_route_to_means() -> None:
    hard, soft = two_step(), two_step(soft=True)
    both = evaluate(mean([hard, soft]), LEAVES)
    average = (logit(evaluate(hard, LEAVES)) + logit(evaluate(soft, LEAVES))) / 2
    np.testing.assert_allclose(both, expit(average))
    pairs: dict[str, Node] = {name: mean([leaf, SHARED]) for name, leaf in SPECIALISTS.items()}
    found = evaluate(two_step(pairs), LEAVES)
    np.testing.assert_allclose(found[0], expit((logit(0.91) + logit(0.5)) / 2))
    inner = two_step({"foot": FOOT, "hand": hard}, otherwise=mean([hard, soft]))
    nested = evaluate(inner, LEAVES)
    assert nested.tolist() == [0.91, 0.28, both[2], 0.34, 0.85, 0.16]


def test_a_formula_survives_json_with_the_same_result() -> None:
    third = Linear(parts=[SHARED, two_step(soft=True)], weights=[1 / 3, 2 / 3], intercept=[0])
    node = two_step({"foot": third}, otherwise=SHARED, temperature=1.234567, least=0.4)
    adapter: TypeAdapter[Node] = TypeAdapter(Node)
    again = adapter.validate_python(json.loads(json.dumps(node.model_dump())))
    assert again == node
    assert (evaluate(again, LEAVES) == evaluate(node, LEAVES)).all()
    assert leaves_of(again) == [PARTS, SHARED, FOOT, HAND, LEG]


def pooled_of(networks: list[Probabilities]) -> Probabilities:
    """Return the mean of what several networks say."""
    leaves: list[Node] = [Leaf(network=str(n), target="any") for n, _ in enumerate(networks)]
    return evaluate(mean(leaves), dict(zip(leaves, networks, strict=True)))  # type: ignore[arg-type]


def test_networks_of_several_classes_are_pooled() -> None:
    # By geometric mean, to the sum of 1.
    pooled = pooled_of([np.array([[0.1, 0.8, 0.1]]), np.array([[0.4, 0.2, 0.4]])])
    means = np.array([0.2, 0.4, 0.2])
    np.testing.assert_allclose(pooled, [means / means.sum()])


chance = st.floats(0, 1)


def test_the_mean_by_hand() -> None:
    # Odds 1/4 and 4 have the geometric mean 1; 9 and 4, 6; 1/9 and 1/4, 1/6.
    pooled = pooled_of([np.array([0.2, 0.9, 0.1]), np.array([0.8, 0.8, 0.2])])
    np.testing.assert_allclose(pooled, [0.5, 6 / 7, 1 / 7])


def test_one_network_alone_is_left_as_it_is() -> None:
    alone = np.array([0.0, 1e-12, 0.1, 1.0])
    assert (pooled_of([alone]) == alone).all()


def test_one_that_is_sure_and_wrong_is_not_certain() -> None:
    assert pooled_of([np.array([0.0]), *[np.array([0.99])] * 8])[0] > 0.5


def test_what_is_no_number_stays_none() -> None:
    assert np.isnan(pooled_of([np.array([np.nan]), np.array([0.5])])).all()


@given(st.lists(st.tuples(chance, chance, chance), min_size=1, max_size=5))
def test_it_lies_between_and_knows_no_order(rows: list[tuple[float, ...]]) -> None:
    networks = [np.array(column) for column in zip(*rows, strict=True)]
    pooled = pooled_of(networks)
    assert pooled == pytest.approx(pooled_of(networks[::-1]), abs=1e-12)
    tiny = 2e-7  # certainty is taken for almost certain
    assert (pooled >= np.min(networks, axis=0) - tiny).all()
    assert (pooled <= np.max(networks, axis=0) + tiny).all()


@given(chance, st.integers(2, 4))
def test_equal_networks_say_together_what_each_says(probability: float, times: int) -> None:
    assert pooled_of([np.array([probability])] * times)[0] == pytest.approx(probability, abs=2e-7)
