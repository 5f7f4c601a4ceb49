"""Epochs that see a share of the majority class, in turn, and all of the others."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Undersampling:
    """Which radiographs an epoch sees: fractures are few, and more epochs show them more often.

    Attributes:
        majority: Whether a radiograph is of the majority class, bool (n,).
        share: Of that class, in an epoch; 0 to 1.
        seed: Of the turns that its radiographs take.
    """

    majority: npt.NDArray[np.bool_]
    share: float
    seed: int

    @property
    def taken(self) -> int:
        """How many of the majority class an epoch sees, 1 or more."""
        return max(1, round(self.share * int(self.majority.sum())))

    def positions(self, epoch: int) -> Positions:
        """Return the radiographs of an epoch, from 0; those that take turns come equally often."""
        common = np.flatnonzero(self.majority)
        turn, begin = divmod(epoch * self.taken, len(common))
        turns = [np.random.default_rng((self.seed, each, 1)) for each in (turn, turn + 1)]
        order = np.concatenate([random.permutation(common) for random in turns])
        return np.concatenate([np.flatnonzero(~self.majority), order[begin : begin + self.taken]])

    def weights(self) -> Floats:
        """Return what keeps probabilities calibrated: weights of mean 1 in an epoch, float32 (n,).

        In the sum over an epoch each class counts as much as if all of it were seen.
        """
        common = int(self.majority.sum())
        seen = len(self.majority) - common + self.taken
        weights = np.where(self.majority, common / self.taken, 1.0) * seen / len(self.majority)
        return weights.astype(np.float32)
