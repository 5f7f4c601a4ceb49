"""Calls with a guarantee: the thresholds between which a radiograph is unsure."""

from typing import Self

from fracture.artifacts.row import Count, Estimate, Row
from fracture.judging.logits import calibrate_thresholds


class Unsure(Row):
    """Calls with a guarantee, of the network served; see fracture/judging/conformal.py.

    Attributes:
        missed: The risk that `low` keeps: the share of a new group's radiographs of the second
            class that are called the first is expected to be this at most.
        false_alarms: That which `high` keeps: of the first class, called the second.
        low: Below this probability, before temperature scaling, the first of two classes is called;
            0 where validation is too small for any.
        high: From this one on the second is called; above 1 where validation is too small.
    """

    missed: float
    false_alarms: float
    low: float
    high: float

    def shown(self, temperature: float) -> Self:
        """Return the same with thresholds as they stand among the probabilities that are shown.

        Args:
            temperature: Of the network.
        """
        ends = {"low": self.low, "high": self.high}
        return self.model_copy(update=calibrate_thresholds(ends, temperature))


class Reached(Unsure):
    """What the guarantee rests on, and what comes of it.

    Attributes:
        groups: Of validation that hold a radiograph of each class: what the guarantee rests on.
        reached: On test, with intervals: `missed` and `false_alarms`, the mean over groups of each
            class; `unsure`, the share of radiographs; `sensitivity` and `specificity` among those
            that are called.
    """

    groups: list[Count]
    reached: dict[str, Estimate]
