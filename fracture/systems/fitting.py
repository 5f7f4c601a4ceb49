"""What validation chooses of a mean: its members and their weights.

All of it is of least log loss on the validation radiographs; the test part chooses nothing. Logits
are those of fracture/judging/logits.py, labels int64 (n,).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from fracture.console import progress
from fracture.judging.logits import Probabilities as Logits
from fracture.systems.formula import Weight

Labels = npt.NDArray[np.int64]
HIGHEST = 1e4
"""Of a factor that would go to infinity: validation radiographs are told apart without an error."""


def fit_factors(logits: Sequence[Logits], labels: Labels) -> tuple[list[float], float]:
    """Return factors of 0 or more with which a sum of logits has the least log loss, and that loss.

    The log loss is convex in the factors: there is no other minimum.

    Args:
        logits: Of m members.
        labels: Of the same n radiographs, of two classes or more.
    """
    members = np.stack([_of_each_class(each) for each in logits])
    truth = np.eye(members.shape[2])[labels]

    def loss(factors: Logits) -> tuple[float, Logits]:
        total = np.einsum("m,mnk->nk", factors, members)
        logs = total - logsumexp(total, axis=1, keepdims=True)
        slope = np.einsum("mnk,nk->m", members, np.exp(logs) - truth) / len(labels)
        return float(-(truth * logs).sum() / len(labels)), slope

    found = minimize(
        loss,
        np.full(len(members), 1 / len(members)),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, HIGHEST)] * len(members),
        options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 1000},
    )
    return found.x.tolist(), float(found.fun)


def log_loss(logits: Logits, labels: Labels) -> float:
    """Return the log loss at the temperature at which it is least, to six decimals.

    Args:
        logits: Of n radiographs.
        labels: Of two classes or more.
    """
    return round(fit_factors([logits], labels)[1], 6)


def fit_weights(logits: Mapping[str, Logits], labels: Labels) -> dict[str, float]:
    """Return the weights of a mean, above 0 with sum 1, that give the least calibrated log loss.

    Args:
        logits: Of each member.
        labels: Of two classes or more.

    Returns:
        By member; without those whose best weight is 0.
    """
    factors = np.array(fit_factors(list(logits.values()), labels)[0])
    if not factors.any():  # all of them mislead: none is better than another
        factors += 1
    weights = np.round(factors / factors.sum(), 6).tolist()
    return {name: weight for name, weight in zip(logits, weights, strict=True) if weight}


def stack(logits: Mapping[str, Logits], labels: Labels) -> tuple[dict[str, Weight], list[float]]:
    """Return weights and intercept of a logistic regression on the logits of the members.

    It is scikit-learn's, with the penalty that it has unless another is asked for.

    Args:
        logits: Of each member.
        labels: Of every class.

    Returns:
        The weight of each member, a number for two classes, else a matrix whose rows are the
        classes of the sum, and the intercept, one number for each output.

    References:
        Wolpert, D. H. Stacked generalization. Neural Networks 5, 241-259 (1992).
    """
    inputs = np.column_stack(list(logits.values()))
    fitted = LogisticRegression(max_iter=10_000, tol=1e-8).fit(inputs, labels)
    coefficients = np.round(fitted.coef_, 6)
    # (1, members) of two classes, of more (classes, members * classes)
    parts = np.split(coefficients, len(logits), axis=1)
    weights = [part.item() if part.size == 1 else part.tolist() for part in parts]
    return dict(zip(logits, weights, strict=True)), np.round(fitted.intercept_, 6).tolist()


def select(
    logits: Mapping[str, Logits], labels: Labels, most: int
) -> tuple[list[tuple[str, float]], int]:
    """Add, step by step, the candidate with which the mean has the least log loss.

    A candidate may join more than once, and then weighs more; of equal ones the first is taken.

    Args:
        logits: Of each candidate.
        labels: Of two classes or more.
        most: How many to add.

    Returns:
        Who joined, with the log loss of all so far, and how many of them to keep: those with which
        it is least.

    References:
        Caruana, R. et al. Ensemble selection from libraries of models. ICML (2004).
    """
    steps: list[tuple[str, float]] = []
    total: Logits | float = 0.0
    for count in progress(range(1, most + 1), most, "compose", "members"):
        losses = {name: log_loss((total + each) / count, labels) for name, each in logits.items()}
        best = min(losses, key=lambda name: losses[name])
        total = total + logits[best]
        steps.append((best, losses[best]))
    least = min(steps, key=lambda step: step[1])
    return steps, steps.index(least) + 1


def _of_each_class(logits: Logits) -> Logits:
    """Return a logit for each class, also of two."""
    return logits if logits.ndim > 1 else np.stack([np.zeros_like(logits), logits], axis=1)
