"""Formulas: how the probabilities of a system follow from those of its networks.

`compose` evaluates a formula on predictions, the predictor on networks, with the same result.
Probabilities of n radiographs are float64, (n,) for a target with two classes, that of the second,
and (n, classes) for more.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from fracture.artifacts.row import Row
from fracture.judging.logits import Probabilities, calibrate, logits, of_each_class, of_logits

Weight = float | list[list[float]]


class Leaf(Row):
    """What one network says of one target.

    Attributes:
        network: Its folder below data/models, such as `densenet121/seed0`; `TRUTH` for no network.
        target: Name of the target.
    """

    kind: Literal["leaf"] = "leaf"
    network: str
    target: str


TRUTH = "truth"
"""Stands for a network that always knows the true class: 1 for it, 0 for all others."""


class Linear(Row):
    """A weighted sum of logits.

    Attributes:
        parts: Formulas of one target.
        weights: Of each: a number, or, of a target with several classes, a matrix whose rows are
            the classes of the sum.
        intercept: What is added to each logit of the sum.
    """

    kind: Literal["linear"] = "linear"
    parts: list["Node"]
    weights: list[Weight]
    intercept: list[float]


class Route(Row):
    """A router that says which specialist answers.

    Attributes:
        router: Its formula.
        classes: That it tells apart.
        temperature: Its logits are divided by it.
        to: The specialists, by class.
        otherwise: Answers for the classes without a specialist, and where the router is not sure.
        soft: Whether each specialist answers in proportion to the probability of its class, or
            that of the most probable class alone.
        least: The router is sure from this probability of its most probable class on.
    """

    kind: Literal["route"] = "route"
    router: "Node"
    classes: list[str]
    temperature: float
    to: dict[str, "Node"]
    otherwise: "Node | None"
    soft: bool
    least: float


Node = Annotated[Leaf | Linear | Route, Field(discriminator="kind")]
"""A formula."""


def evaluate(node: Node, leaves: Mapping[Leaf, Probabilities]) -> Probabilities:
    """Return the probabilities that a formula gives.

    Args:
        node: The formula.
        leaves: What each of its leaves says.

    References:
        Satopää, V. A. et al. Combining multiple probability predictions using a simple logit model.
        International Journal of Forecasting 30, 344-356 (2014).
        Rahaman, R. and Thiery, A. H. Uncertainty quantification and deep ensembles. NeurIPS (2021).
        Jacobs, R. A. et al. Adaptive mixtures of local experts. Neural Computation 3 (1991).
    """
    if isinstance(node, Leaf):
        return leaves[node]
    if isinstance(node, Linear):
        total = np.array(node.intercept)
        for part, weight in zip(node.parts, node.weights, strict=True):
            total = total + _weighed(logits(evaluate(part, leaves)), weight)
        return of_logits(total)
    # Transposed, as there may be one probability of a radiograph or several.
    shared = (share * evaluate(each, leaves).T for share, each in branches(node, leaves))
    return np.asarray(sum(shared)).T


def branches(node: Route, leaves: Mapping[Leaf, Probabilities]) -> list[tuple[Probabilities, Node]]:
    """Return the formulas that answer for a route, each with its share of each answer, (n,).

    Args:
        node: The route.
        leaves: As for `evaluate`.
    """
    routed = router_probabilities(node, leaves)
    shares = routed if node.soft else np.eye(len(node.classes))[routed.argmax(axis=1)]
    shares = np.where(routed.max(axis=1, keepdims=True) < node.least, 0, shares)
    # Not 1 minus the specialists' shares, which is not quite 0 where they have all.
    others = [place for place, name in enumerate(node.classes) if name not in node.to]
    rest = np.where(shares.any(axis=1), shares[:, others].sum(axis=1), 1)
    parts = [(shares[:, node.classes.index(name)], each) for name, each in node.to.items()]
    if node.otherwise is not None:
        parts.append((rest, node.otherwise))
    return parts


def _weighed(values: Probabilities, weight: Weight) -> Probabilities:
    if isinstance(weight, list):
        # Not by `@`: what a row gives must not depend on how many there are.
        return np.einsum("nk,ck->nc", values, weight)
    return weight * values


def router_probabilities(node: Route, leaves: Mapping[Leaf, Probabilities]) -> Probabilities:
    """Return the router's probability of each class after temperature scaling, (n, classes).

    Args:
        node: The route.
        leaves: As for `evaluate`.
    """
    given = evaluate(node.router, leaves)
    if node.temperature != 1:
        given = calibrate(given, node.temperature)
    return of_each_class(given)


def leaves_of(node: Node) -> list[Leaf]:
    """Return the leaves of a formula, each once, in order."""
    if isinstance(node, Leaf):
        return [node]
    if isinstance(node, Linear):
        parts = node.parts
    else:
        parts = [node.router, *node.to.values(), *([node.otherwise] if node.otherwise else [])]
    return list(dict.fromkeys(leaf for part in parts for leaf in leaves_of(part)))


def mean(nodes: list[Node]) -> Node:
    """Return the formula of the mean logit; of one formula alone it is that formula."""
    if len(nodes) == 1:
        return nodes[0]
    # Deep ensembles average probabilities; of unequal networks the logits pool better. One that
    # knows little gives logits near 0, and the temperature that is fitted to the mean afterwards
    # undoes how they dilute it: pool, then calibrate. A temperature for each network before that
    # would be one more number to fit for each, on few radiographs.
    return Linear(parts=nodes, weights=[1 / len(nodes)] * len(nodes), intercept=[0])
