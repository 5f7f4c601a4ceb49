from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit, softmax
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss as reference

from fracture.judging.logits import Probabilities as Logits
from fracture.systems.fitting import (
    fit_factors,
    fit_weights,
    log_loss,
    select,
    stack,
)

N = 120
LABELS = np.arange(N) % 5 // 3
"""Of two classes."""
CLASSES = np.arange(N) % 3
"""Of three."""


def member(separation: float, noise: int, scale: float = 1.0) -> Logits:
    """Return logits of two classes, (n,)."""
    drawn = np.random.default_rng(noise).normal(size=N)
    return np.asarray(scale * (separation * (LABELS - 0.5) + drawn))


def member_of_three(separation: float, noise: int) -> Logits:
    drawn = np.random.default_rng(noise).normal(size=(N, 3)) + separation * np.eye(3)[CLASSES]
    return np.asarray(drawn - drawn.mean(axis=1, keepdims=True))


LIBRARY = {
    "chance": member(0, 1),
    "good": member(2, 2, scale=5),
    "weak": member(0.5, 3),
    "other": member(2, 4, scale=0.5),
}


def least_loss(logits: Logits) -> float:
    """Return the log loss at the best temperature, found by scikit-learn and SciPy."""
    found = minimize_scalar(
        lambda slope: reference(LABELS, expit(slope * logits)),
        bounds=(1e-3, 100),
        method="bounded",
    )
    return float(found.fun)


def test_the_log_loss_is_that_of_the_best_temperature() -> None:
    for logits in LIBRARY.values():
        assert log_loss(logits, LABELS) == pytest.approx(least_loss(logits), abs=1e-5)


def test_who_misleads_has_no_weight_and_all_who_do_equal_ones() -> None:
    wrong = -LIBRARY["good"]
    assert fit_factors([wrong], LABELS)[0] == [0]
    assert fit_weights({"a": wrong, "b": wrong}, LABELS) == {"a": 0.5, "b": 0.5}
    assert fit_weights({"a": LIBRARY["good"], "b": -LIBRARY["other"]}, LABELS) == {"a": 1}


def test_what_makes_no_error_has_a_loss_of_0() -> None:
    assert log_loss(np.where(LABELS, 1.0, -1.0), LABELS) == 0


def test_fitted_weights_are_the_best_of_a_grid() -> None:
    members = [LIBRARY["good"], LIBRARY["weak"], LIBRARY["other"]]
    found = list(fit_weights(dict(zip("abc", members, strict=True)), LABELS).values())
    assert sum(found) == pytest.approx(1, abs=1e-5)
    assert min(found) > 0
    best = log_loss(np.tensordot(found, members, 1), LABELS)
    steps = np.arange(0, 1.001, 0.1)
    grid = [(a, b, 1 - a - b) for a in steps for b in steps if a + b <= 1]
    losses = [log_loss(np.tensordot(weights, members, 1), LABELS) for weights in grid]
    assert best <= min(losses) + 1e-6
    nearest = grid[int(np.argmin(losses))]
    assert found == pytest.approx(nearest, abs=0.1)


def test_fitted_weights_of_several_classes_are_the_best_of_a_grid() -> None:
    members = [member_of_three(1.5, 1), 3 * member_of_three(1.0, 2)]
    found = fit_weights(dict(zip("ab", members, strict=True)), CLASSES)
    grid = np.linspace(0, 1, 101)
    losses = [log_loss(a * members[0] + (1 - a) * members[1], CLASSES) for a in grid]
    assert found["a"] == pytest.approx(grid[np.argmin(losses)], abs=0.02)


def test_stacked_as_scikit_learn_does() -> None:
    members = list(LIBRARY.values())
    weights, intercept = stack(LIBRARY, LABELS)
    model = LogisticRegression(max_iter=10_000, tol=1e-8).fit(np.column_stack(members), LABELS)
    given = intercept[0] + sum(np.array(weights[name]) * each for name, each in LIBRARY.items())
    expected = model.predict_proba(np.column_stack(members))[:, 1]
    np.testing.assert_allclose(expit(given), expected, atol=1e-5)


def test_stacked_of_several_classes_as_scikit_learn_does() -> None:
    members = [member_of_three(1.5, 1), member_of_three(0.5, 2)]
    found, intercept = stack(dict(zip("ab", members, strict=True)), CLASSES)
    weights: list[Any] = [np.array(found[name]) for name in "ab"]
    assert [weight.shape for weight in weights] == [(3, 3), (3, 3)]
    model = LogisticRegression(max_iter=10_000, tol=1e-8).fit(np.column_stack(members), CLASSES)
    given = np.array(intercept) + sum(each @ w.T for w, each in zip(weights, members, strict=True))
    expected = model.predict_proba(np.column_stack(members))
    np.testing.assert_allclose(softmax(given, axis=1), expected, atol=1e-5)


def test_the_first_selected_is_the_best_and_each_step_the_best_left() -> None:
    steps, _ = select(LIBRARY, LABELS, 3)
    members: list[Logits] = []
    for name, loss in steps:
        losses = {
            each: least_loss(np.mean([*members, logits], axis=0))
            for each, logits in LIBRARY.items()
        }
        best = min(losses, key=lambda each: losses[each])
        assert name == best
        assert loss == pytest.approx(losses[best], abs=1e-5)
        members.append(LIBRARY[best])


def test_selection_ends_where_the_log_loss_is_least() -> None:
    steps, kept = select(LIBRARY, LABELS, 8)
    losses = [loss for _, loss in steps]
    assert len(losses) == 8
    assert losses.index(min(losses)) == kept - 1
    names = {name for name, _ in steps[:kept]}
    assert {"good", "other"} <= names
    assert "chance" not in names
    assert min(losses) < losses[0] - 0.03


def test_one_that_nothing_helps_stays_alone() -> None:
    steps, kept = select({"right": member(4, 1), "wrong": member(-1, 2)}, LABELS, 6)
    assert {name for name, _ in steps[:kept]} == {"right"}
