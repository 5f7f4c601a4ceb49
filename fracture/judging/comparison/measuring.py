"""What is compared of each system."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fracture.artifacts.scores import Estimate, Scores
from fracture.judging.comparison.delong import Components, components
from fracture.judging.comparison.statistic import Statistic, mean_auroc
from fracture.judging.comparison.systems import System


@dataclass(frozen=True)
class Measured:
    """A system, measured for the comparison.

    Attributes:
        scores: As the evaluation wrote them.
        auroc: Of test, the mean over training seeds, with draws of groups and training seeds: what
            differences rest on.
        components: Of the test AUROC, for DeLong's test.
        right: bool, (n,), which test radiographs the first training seed calls rightly at the
            headline's operating point.
    """

    scores: Scores
    auroc: Statistic
    components: Components
    right: npt.NDArray[np.bool_]

    @property
    def model(self) -> str:
        """Name of the system."""
        return self.scores.model

    @property
    def validation(self) -> Estimate:
        """AUROC on validation."""
        return self.scores.validation_auroc

    @property
    def test(self) -> Estimate:
        """AUROC on test."""
        return self.scores.auroc


def measure(system: System, seed: int) -> Measured:
    """Measure a system.

    Args:
        system: Its scores and predictions.
        seed: Of the bootstrap.
    """
    scores, first = system.scores, system.test[0]
    return Measured(
        scores=scores,
        auroc=mean_auroc(system.test, scores.model, scores.draws, seed),
        components=components(system.test),
        right=(first.probabilities >= scores.threshold) == (first.labels == 1),
    )
