"""What came of a training: how long it took, and what it says of the test radiographs."""

from dataclasses import dataclass

import numpy as np

from fracture.judging.bootstrap import percentiles, resample
from fracture.judging.sample import Sample
from fracture.judging.scores import auroc
from fracture.judging.tally import tally


@dataclass(frozen=True)
class Trained:
    """A training.

    Attributes:
        seconds: From files to the trained network, by what was done.
        probabilities: Of a fracture, by the id of each test radiograph.
    """

    seconds: dict[str, float]
    probabilities: dict[str, float]

    @property
    def total(self) -> float:
        """Seconds from files to the trained network."""
        return sum(self.seconds.values())


def sample(trained: Trained, labels: dict[str, bool]) -> Sample:
    """Return the predictions by ascending id, each radiograph a group of its own."""
    ids = sorted(trained.probabilities)
    return Sample(
        np.array([labels[name] for name in ids], np.int64),
        np.array([trained.probabilities[name] for name in ids], np.float64),
        np.array(ids, object),
    )


def area(trained: Sample) -> float:
    """Return the AUROC."""
    return float(auroc(tally(trained))[0])


def gain(ours: Sample, theirs: Sample, draws: int, confidence: float) -> tuple[float, float, float]:
    """Return how much greater our AUROC is, and the ends of its paired bootstrap interval."""
    drawn = resample(ours, auroc, draws, 0) - resample(theirs, auroc, draws, 0)
    return area(ours) - area(theirs), *percentiles(drawn, confidence)
