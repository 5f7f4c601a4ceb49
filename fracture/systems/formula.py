"""Formulas: how the probabilities of a system follow from those of its networks.

`compose` evaluates a formula on predictions, the predictor on networks, with the same result.
Probabilities are float64 (n, outputs): one column for a target with two classes, that of the
second, else one for each class.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.special import expit, logit, softmax

from fracture.artifacts.row import Row

Matrix = npt.NDArray[np.float64]
TINY = 1e-7
"""What a network's float32 can still tell from 0 and 1."""


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
        of: Formulas of one target.
        weights: Of each: a number, or, of a target with several classes, a matrix whose rows are
            the classes of the sum.
        intercept: What is added to each logit of the sum.
    """

    kind: Literal["linear"] = "linear"
    of: list["Node"]
    weights: list[float | list[list[float]]]
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


def evaluate(node: Node, leaves: Mapping[Leaf, Matrix]) -> Matrix:
    """Return the probabilities that a formula gives for n radiographs, float64 (n, outputs).

    Args:
        node: The formula.
        leaves: What each of its leaves says, float64 (n, outputs of its target), 0 to 1.

    References:
        Satopää, V. A. et al. Combining multiple probability predictions using a simple logit model.
        International Journal of Forecasting 30, 344-356 (2014).
        Jacobs, R. A. et al. Adaptive mixtures of local experts. Neural Computation 3 (1991).
    """
    if isinstance(node, Leaf):
        return leaves[node]
    if isinstance(node, Linear):
        total = np.array(node.intercept)
        for each, weight in zip(node.of, node.weights, strict=True):
            logits = to_logits(evaluate(each, leaves))
            each_class = isinstance(weight, list)
            # Not by `@`: what a row gives must not depend on how many there are.
            weighed = np.einsum("nk,ck->nc", logits, weight) if each_class else weight * logits
            total = total + weighed
        return to_probabilities(total)
    routed = router_probabilities(node, leaves)
    shares = routed if node.soft else np.eye(len(node.classes))[routed.argmax(axis=1)]
    shares = np.where(routed.max(axis=1, keepdims=True) < node.least, 0, shares)
    # Not 1 minus the specialists' shares, which is not quite 0 where they have all.
    others = [place for place, name in enumerate(node.classes) if name not in node.to]
    rest = np.where(shares.any(axis=1), shares[:, others].sum(axis=1), 1)[:, None]
    parts = [
        shares[:, [node.classes.index(name)]] * evaluate(specialist, leaves)
        for name, specialist in node.to.items()
    ]
    if node.otherwise is not None:
        parts.append(rest * evaluate(node.otherwise, leaves))
    return np.asarray(sum(parts))


def router_probabilities(node: Route, leaves: Mapping[Leaf, Matrix]) -> Matrix:
    """Return the router's probability of each class after temperature scaling, float64 (n, k).

    Args:
        node: The route.
        leaves: As for `evaluate`.
    """
    given = calibrate(evaluate(node.router, leaves), node.temperature)
    return given if given.shape[1] > 1 else np.concatenate([1 - given, given], axis=1)


def leaves_of(node: Node) -> list[Leaf]:
    """Return the leaves of a formula, each once, in order."""
    if isinstance(node, Leaf):
        return [node]
    if isinstance(node, Linear):
        parts = node.of
    else:
        parts = [node.router, *node.to.values(), *([node.otherwise] if node.otherwise else [])]
    return list(dict.fromkeys(leaf for part in parts for leaf in leaves_of(part)))


def mean(nodes: list[Node]) -> Node:
    """Return the formula of the mean logit; of one formula alone it is that formula."""
    if len(nodes) == 1:
        return nodes[0]
    return Linear(of=nodes, weights=[1 / len(nodes)] * len(nodes), intercept=[0])


def to_logits(probabilities: Matrix) -> Matrix:
    """Return logits, float64 (n, outputs): of several classes log probabilities of mean 0."""
    kept = np.clip(probabilities, TINY, 1 - TINY)
    if kept.shape[1] == 1:
        return np.asarray(logit(kept))
    logs = np.log(kept)
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def to_probabilities(logits: Matrix) -> Matrix:
    """Return the probabilities of logits, float64 (n, outputs)."""
    return np.asarray(expit(logits) if logits.shape[1] == 1 else softmax(logits, axis=1))


def calibrate(probabilities: Matrix, temperature: float) -> Matrix:
    """Return probabilities after temperature scaling, float64 (n, outputs); as they are at 1.

    Args:
        probabilities: As networks give them, 0 to 1.
        temperature: Above 0; logits are divided by it.
    """
    return (
        probabilities
        if temperature == 1
        else to_probabilities(to_logits(probabilities) / temperature)
    )
