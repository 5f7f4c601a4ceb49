"""Two thresholds between which a radiograph is *unsure*, by conformal risk control.

Below the low one a radiograph is called by the first of two classes, from the high one on by the
second, between them by none. Each threshold controls one risk, the share of radiographs of one
class that are called by the other: of those of the second class those below the low threshold, of
those of the first those that reach the high one. The share among all radiographs of a class never
falls while the low threshold rises, or the high one falls, which the method needs. The share among
those called would: the other threshold decides who is called.

The units that must be exchangeable are groups, mostly patients, not radiographs: a group's loss is
the share of its own radiographs of the class that are called wrongly, so each group counts once.
"""

from collections import Counter
from dataclasses import dataclass
from math import floor

import numpy as np
import numpy.typing as npt

from fracture.artifacts.row import Estimate
from fracture.artifacts.unsure import Reached
from fracture.judging.bootstrap import Bootstrap, draw, percentiles, widened
from fracture.judging.points import ABOVE_ALL, between
from fracture.judging.sample import Sample
from fracture.judging.tally import Counts
from fracture.params.evaluate import ControlRisk

Floats = npt.NDArray[np.float64]

ROUNDING = 1e-12  # below which a sum of shares is its limit


def control(validation: Sample, missed: float, false_alarms: float) -> tuple[float, float]:
    """Return the low and the high threshold that keep both risks and leave the fewest unsure.

    Of a new group, exchangeable with those of validation that hold the class, the expected share of
    radiographs of the second class that are called by the first is `missed` at most, and of those
    of the first that are called by the second `false_alarms` at most. Where the low threshold could
    lie above the high one, both are their middle, which keeps both risks, and none is unsure.

    Args:
        validation: Of two classes.
        missed: From 0 to 1.
        false_alarms: From 0 to 1.

    Returns:
        A low threshold of 0, or a high one above 1, calls none: too few groups of validation hold
        the class that it could be wrong about.

    Reference:
        Angelopoulos, A. N. et al. Conformal risk control. ICLR 2024.
    """
    probabilities, groups = validation.probabilities, validation.groups
    second = validation.labels == 1
    low = largest_threshold(probabilities[second], groups[second], missed)
    # From the other end: what is called by the second class lies above the mirrored threshold.
    high = -largest_threshold(-probabilities[~second], groups[~second], false_alarms)
    low, high = _rounded_down(low), _rounded_up(high)
    if low > high:
        low = high = between(high, low)
    return low, high


def _rounded_down(low: float) -> float:
    """Return a threshold no higher, with as few decimals, from six on, as leave it above 0."""
    if low <= 0 or low > 1:
        return 0.0 if low <= 0 else ABOVE_ALL
    steps = (floor(low * 10**decimals) / 10**decimals for decimals in range(6, 17))
    return next((step for step in steps if 0 < step <= low), low)


def _rounded_up(highest: float) -> float:
    """Return a threshold that a probability does not reach, six decimals away where 1 leaves them.

    Args:
        highest: The probability; any below 0 is reached by all.
    """
    if highest < 0 or highest >= 1:
        return 0.0 if highest < 0 else ABOVE_ALL
    steps = ((floor(highest * 10**decimals) + 1) / 10**decimals for decimals in range(6, 17))
    return next((step for step in steps if highest < step < 1), ABOVE_ALL)


def largest_threshold(scores: Floats, groups: npt.NDArray[np.object_], risk: float) -> float:
    """Return the largest threshold below which a new group has `risk` of its scores at most.

    It is the largest t with (losses(t) + 1) / (n + 1) <= risk, `losses` the sum over the n groups
    of the share of their scores below t, and 1 what the new group loses at most.

    Args:
        scores: (m,).
        groups: (m,), equal for scores of one group.
        risk: From 0 to 1.

    Returns:
        One of the scores; infinite where any threshold will do, and minus infinity where none does,
        as n is less than 1 / risk - 1.
    """
    sizes = Counter(groups)
    allowed = risk * (len(sizes) + 1) - 1 + ROUNDING
    if allowed < 0:
        return -np.inf
    order = np.argsort(scores, kind="stable")
    # What is lost by a threshold just above each score, in rising order.
    lost = np.cumsum([1 / sizes[group] for group in groups[order]])
    beyond = np.flatnonzero(lost > allowed)
    return float(scores[order[beyond[0]]]) if len(beyond) else np.inf


def judge(validation: Sample, test: Sample, section: ControlRisk, bootstrap: Bootstrap) -> Reached:
    """Return the thresholds that validation chooses, and what they reach on test.

    Args:
        validation: Of two classes, as the network served predicts it.
        test: Likewise.
        section: The risks.
        bootstrap: Over groups.
    """
    low, high = control(validation, section.missed, section.false_alarms)
    return Reached(
        missed=section.missed,
        false_alarms=section.false_alarms,
        low=low,
        high=high,
        groups=[len(set(validation.groups[validation.labels == label])) for label in (0, 1)],
        reached={
            name: _estimate(share, test.groups, bootstrap)
            for name, share in shares(test, low, high).items()
        },
    )


@dataclass(frozen=True)
class Share:
    """A weighted share of n radiographs.

    Attributes:
        weights: Of each, 0 for those of which it is no share, float64 (n,).
        held: Which of them it counts, bool (n,).
    """

    weights: Floats
    held: npt.NDArray[np.bool_]

    def of(self, counts: Counts) -> Floats:
        """Return it in each draw, (draws,); NaN where a draw has none of its radiographs.

        Args:
            counts: How often each radiograph is drawn, int64 (draws, n).
        """
        weights = counts * self.weights
        with np.errstate(invalid="ignore"):
            return np.asarray(weights @ self.held / weights.sum(axis=1))


def shares(sample: Sample, low: float, high: float) -> dict[str, Share]:
    """Return what `Reached.reached` holds, by name.

    Args:
        sample: Of two classes.
        low: Threshold below which the first is called.
        high: Threshold from which on the second is called.
    """
    below, above = sample.probabilities < low, sample.probabilities >= high
    second, called = sample.labels == 1, below | above
    right = np.where(second, above, below)
    of_group = _share_of_group(sample)
    return {
        "missed": Share(of_group * second, below),
        "false_alarms": Share(of_group * ~second, above),
        "unsure": Share(np.ones(len(called)), ~called),
        "sensitivity": Share(1.0 * (second & called), right),
        "specificity": Share(1.0 * (~second & called), right),
    }


def _share_of_group(sample: Sample) -> Floats:
    """Return of each radiograph 1 / the number of those of its group that are of its class."""
    keys = list(zip(sample.groups, sample.labels.tolist(), strict=True))
    sizes = Counter(keys)
    return np.array([1 / sizes[key] for key in keys])


def _estimate(share: Share, groups: npt.NDArray[np.object_], bootstrap: Bootstrap) -> Estimate:
    value = float(share.of(np.ones((1, len(groups)), np.int64))[0])
    drawn = draw(groups, share.of, bootstrap.draws, bootstrap.seed)
    ends = percentiles(drawn, bootstrap.confidence)
    if value in {0, 1}:
        held_by = len(set(groups[share.weights > 0]))
        ends = widened(value, ends, held_by, bootstrap.confidence)
    return Estimate.rounded(value, *ends)
