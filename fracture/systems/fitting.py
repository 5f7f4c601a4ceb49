"""What validation chooses of a system: members, weights and the temperature of a router.

All of it is of least log loss on the validation radiographs; the test part chooses nothing. Logits
are float64 (n, outputs), as fracture/systems/formula.py makes them, labels int64 (n,).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from fracture.console import progress
from fracture.systems.formula import Matrix

Labels = npt.NDArray[np.int64]
HIGHEST = 1e4
"""Of a factor that would go to infinity: validation radiographs are told apart without an error."""


def fit_factors(logits: Sequence[Matrix], labels: Labels) -> tuple[list[float], float]:
    """Return factors of 0 or more with which a sum of logits has the least log loss, and that loss.

    The log loss is convex in the factors: there is no other minimum.

    Args:
        logits: Of m members.
        labels: Of the same n radiographs, of two classes or more.
    """
    members = np.stack([_of_each_class(each) for each in logits])
    truth = np.eye(members.shape[2])[labels]

    def loss(factors: Matrix) -> tuple[float, Matrix]:
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


def fit_temperature(logits: Matrix, labels: Labels) -> float:
    """Return the temperature of least log loss, above 0: logits are to be divided by it.

    Args:
        logits: Of n radiographs.
        labels: Of two classes or more.

    References:
        Guo, C. et al. On calibration of modern neural networks. ICML (2017).
    """
    ((factor,), _) = fit_factors([logits], labels)
    return 1 / max(factor, 1 / HIGHEST)


def log_loss(logits: Matrix, labels: Labels) -> float:
    """Return the log loss at the temperature at which it is least, to six decimals.

    Args:
        logits: Of n radiographs.
        labels: Of two classes or more.
    """
    return round(fit_factors([logits], labels)[1], 6)


def fit_weights(logits: Sequence[Matrix], labels: Labels) -> list[float]:
    """Return the weights of a mean, 0 or more with sum 1, that give the least calibrated log loss.

    Args:
        logits: Of each member.
        labels: Of two classes or more.
    """
    factors = np.array(fit_factors(logits, labels)[0])
    if not factors.any():  # all of them mislead: none is better than another
        factors += 1
    return np.round(factors / factors.sum(), 6).tolist()


def stack(logits: Sequence[Matrix], labels: Labels) -> tuple[list[npt.NDArray[np.float64]], Matrix]:
    """Return weights and intercept of a logistic regression on the logits of the members.

    It is scikit-learn's, with the penalty that it has unless another is asked for.

    Args:
        logits: Of each member.
        labels: Of every class.

    Returns:
        The weight of each member, () for two classes, else (classes, classes), whose rows are the
        classes of the sum, and the intercept, (outputs,).

    References:
        Wolpert, D. H. Stacked generalization. Neural Networks 5, 241-259 (1992).
    """
    fitted = LogisticRegression(max_iter=10_000, tol=1e-8).fit(np.concatenate(logits, 1), labels)
    coefficients = np.round(fitted.coef_, 6)
    weights = np.split(coefficients, len(logits), axis=1)
    if len(coefficients) == 1:
        weights = [weight.reshape(()) for weight in weights]
    return weights, np.round(fitted.intercept_, 6)


def select(
    logits: Mapping[str, Matrix], labels: Labels, most: int
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
    total: Matrix | float = 0.0
    for count in progress(range(1, most + 1), most, "compose", "members"):
        losses = {name: log_loss((total + each) / count, labels) for name, each in logits.items()}
        best = min(losses, key=lambda name: losses[name])
        total = total + logits[best]
        steps.append((best, losses[best]))
    least = min(steps, key=lambda step: step[1])
    return steps, steps.index(least) + 1


def _of_each_class(logits: Matrix) -> Matrix:
    """Return a logit for each class, also of two."""
    return logits if logits.shape[1] > 1 else np.concatenate([np.zeros_like(logits), logits], 1)
