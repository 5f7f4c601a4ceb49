"""Learning what a radiograph shows: a logistic regression on the features of a network."""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from fracture.inference.body_part import Floats, tell

STRENGTHS = (1.0, 10.0, 100.0, 1000.0)
"""Inverse strengths of the penalty, for features of length 1: validation chooses one."""
STEPS = 2000


def fit(
    features: Floats,
    shown: Sequence[str],
    held: Floats,
    held_shown: Sequence[str],
    names: Sequence[str],
) -> Floats:
    """Return weights by which features tell the body part, of the least log loss on held out ones.

    Args:
        features: Of n training radiographs, scaled to length 1, (n, d).
        shown: The body part of each; those that name none of `names` do not count.
        held: Of m validation radiographs, likewise, (m, d).
        held_shown: Their body parts.
        names: The body parts that training names, sorted; b, two or more, or none.

    Returns:
        (b, d + 1), the intercept of each last; (0, d + 1) without names.
    """
    if not names:
        return np.empty((0, features.shape[1] + 1), np.float32)
    named = [at for at, part in enumerate(shown) if part in names]
    truth = [names.index(part) if part in names else -1 for part in held_shown]
    judged = np.flatnonzero(np.array(truth) >= 0)

    def weights(strength: float) -> Floats:
        model = LogisticRegression(C=strength, max_iter=STEPS)
        model.fit(features[named], [shown[at] for at in named])
        fitted = np.column_stack([model.coef_, model.intercept_]).astype(np.float32)
        # Of two classes scikit-learn gives the weights of the second alone.
        return fitted if len(names) > 2 else np.stack([0 * fitted[0], fitted[0]])  # noqa: PLR2004

    def loss(of: Floats) -> float:
        told = tell(held[judged], of)
        return -float(
            np.log(np.maximum(told[range(len(judged)), np.array(truth)[judged]], 1e-12)).sum()
        )

    return min(map(weights, STRENGTHS), key=loss)
