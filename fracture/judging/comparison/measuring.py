"""What is compared of each model, and the order of the models: by validation, never by test."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fracture.artifacts.scores import Estimate, Scores
from fracture.judging.comparison.delong import Components, components
from fracture.judging.comparison.statistic import Statistic, mean_auroc
from fracture.judging.comparison.systems import System


@dataclass(frozen=True)
class Measured:
    """A model, measured for the comparison.

    Attributes:
        scores: Of the model.
        validation: AUROC, the mean over training seeds: orders the models.
        test: Likewise; equal to that of `scores` where there is one training seed.
        auroc: That of test with its draws.
        components: Of the test AUROC, for DeLong's test.
        right: bool, (n,), which test radiographs the first training seed calls rightly at the
            headline's operating point.
    """

    scores: Scores
    validation: Estimate
    test: Estimate
    auroc: Statistic
    components: Components
    right: npt.NDArray[np.bool_]

    @property
    def model(self) -> str:
        """Name of the model."""
        return self.scores.model


def measure(system: System, seed: int) -> Measured:
    """Measure a model; `seed` is that of the bootstrap."""
    scores, first = system.scores, system.test[0]
    validation, test = (
        mean_auroc(samples, scores.model, scores.draws, seed)
        for samples in (system.validation, system.test)
    )
    return Measured(
        scores=scores,
        validation=validation.estimate(scores.confidence),
        test=test.estimate(scores.confidence),
        auroc=test,
        components=components(system.test),
        right=(first.probabilities >= scores.threshold) == (first.labels == 1),
    )


def rank(measured: Iterable[Measured]) -> list[Measured]:
    """Order by validation AUROC, best first; of equal models the earlier stays first."""
    return sorted(measured, key=lambda each: -(each.validation.value or 0))
