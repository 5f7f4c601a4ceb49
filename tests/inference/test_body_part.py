"""The body part by a logistic regression: what it is fitted on, and by which penalty."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from fracture.inference.body_part import Floats, tell
from fracture.systems.body_part import STRENGTHS, fit


def drawn(count: int, parts: int, seed: int) -> tuple[Floats, list[str]]:
    """Return features of length 1 around a direction for each body part, and the parts."""
    random = np.random.default_rng(seed)
    at = random.integers(0, parts, count)
    features = np.eye(8)[at] + random.normal(0, 0.5, (count, 8))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    return features.astype(np.float32), [f"part{each}" for each in at]


@pytest.mark.parametrize("parts", [2, 3])
def test_it_is_the_regression_of_the_penalty_that_validation_chooses(parts: int) -> None:
    names = [f"part{each}" for each in range(parts)]
    features, shown = drawn(200, parts, 0)
    held, truth = drawn(100, parts, 1)
    weights = fit(features, shown, held, truth, names)
    found = tell(held, weights)
    models = [LogisticRegression(C=each, max_iter=2000).fit(features, shown) for each in STRENGTHS]
    columns = [names.index(each) for each in truth]
    losses = [-np.log(each.predict_proba(held)[range(100), columns]).sum() for each in models]
    best = models[int(np.argmin(losses))]
    assert np.ptp(losses) > 0.1
    np.testing.assert_allclose(found, best.predict_proba(held), atol=1e-5)


def test_who_names_no_body_part_does_not_count() -> None:
    features, shown = drawn(60, 3, 0)
    names = ["part0", "part1", "part2"]
    others = drawn(20, 3, 1)[0]
    more = np.concatenate([features, others])
    expected = fit(features, shown, features, shown, names)
    found = fit(more, [*shown, *["unknown"] * 20], more, [*shown, *[""] * 20], names)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert tell(features, fit(features, shown, features, shown, [])).shape == (60, 0)
