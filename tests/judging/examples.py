"""Samples that the tests of judging share."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st
from scipy.special import softmax

from fracture.artifacts.row import Estimate
from fracture.artifacts.unsure import Reached
from fracture.judging.sample import Sample
from fracture.params.evaluate import ControlRisk, Evaluate

EVALUATE = Evaluate(
    points={"half": 0.5},
    unsure=ControlRisk(missed=0.05, false_alarms=0.1),
    draws=100,
    confidence=0.9,
    age_bands=(),
    least_subgroup=10,
    mark_share=0.5,
    small_fracture=30,
)
"""A section `evaluate`; a test that needs another value changes a copy."""

REACHED = Reached(
    missed=0.05,
    false_alarms=0.1,
    low=0.25,
    high=0.75,
    groups=[40, 30],
    reached={
        "missed": Estimate(value=0.04),
        "false_alarms": Estimate(value=0.08),
        "unsure": Estimate(value=0.3),
        "sensitivity": Estimate(value=0.93),
        "specificity": Estimate(value=0.91),
    },
)
"""What a system of two classes keeps."""

PROBABILITIES = [0.0, 1e-9, 0.2, 0.2000001, 0.5, 0.9, 1.0]
"""Few, so that there are ties within and between the classes."""

ROWS = st.lists(st.tuples(st.booleans(), st.sampled_from(PROBABILITIES)), max_size=25).map(
    lambda rows: [*rows, (True, 0.9), (False, 0.2)]
)
"""Labels and probabilities, of both classes."""


def names(groups: Sequence[int]) -> npt.NDArray[np.object_]:
    return np.array([f"group{group}" for group in groups], object)


def sample(
    labels: Sequence[int], probabilities: Sequence[float], groups: Sequence[int] | None = None
) -> Sample:
    """Return a sample; each radiograph is its own group where none are given."""
    return Sample(
        np.array(labels, np.int64),
        np.array(probabilities, np.float64),
        names(range(len(labels)) if groups is None else groups),
    )


def of_rows(rows: list[tuple[bool, float]]) -> Sample:
    return sample([int(label) for label, _ in rows], [probability for _, probability in rows])


def drawn(n: int = 120, separation: float = 1.5, seed: int = 0) -> Sample:
    """Draw two radiographs a group, a third of the groups fractured; `separation` 0 is chance."""
    generator = np.random.default_rng(seed)
    labels = (np.arange(n) // 2 % 3 == 0).astype(int)
    logits = separation * (labels - 0.5) + generator.normal(size=n)
    return sample(
        labels.tolist(), (1 / (1 + np.exp(-logits))).tolist(), (np.arange(n) // 2).tolist()
    )


def several(n: int = 120, classes: int = 3, separation: float = 2.0, seed: int = 0) -> Sample:
    """Draw two radiographs a group, each group of one of several classes."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, classes, n // 2).repeat(2)
    logits = separation * np.eye(classes)[labels] + generator.normal(size=(n, classes))
    return Sample(labels, softmax(logits, axis=1), names((np.arange(n) // 2).tolist()))
