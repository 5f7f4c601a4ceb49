"""Batches: shuffled anew each epoch for training, in their order for validation."""

import math
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from fracture.training.rows import Rows

Inputs = npt.NDArray[Any] | Rows
"""Radiographs or features, (n, ...); a batch of them is read at a time."""


class Batches(keras.utils.PyDataset):
    """Shuffled batches of radiographs or of cached features, with labels and weights.

    Where an input has several views (cached draws of the augmentation), an epoch shows one of
    them, drawn at random. A last batch that is not full is left out: it would weigh more than its
    share and, of one radiograph, has no batch statistics.
    """

    def __init__(
        self,
        views: Sequence[Inputs],
        labels: npt.NDArray[np.float32],
        weights: npt.NDArray[np.float32],
        batch_size: int,
        seed: int,
    ) -> None:
        """Keep the arrays; nothing is copied.

        Args:
            views: Each of the same n inputs, of one shape and type.
            labels: (n,), 0 or 1.
            weights: (n,), of each radiograph in the loss.
            batch_size: At most n is used.
            seed: Of the order and the choice of views.
        """
        super().__init__()
        self.views, self.labels, self.weights = views, labels, weights
        self.batch_size = min(batch_size, len(labels))
        self.seed = seed
        self.go_to(0)

    def go_to(self, epoch: int) -> None:
        """Shuffle for an epoch, from 0: its order depends on seed and epoch alone."""
        self.epoch = epoch
        random = np.random.default_rng((self.seed, self.epoch))
        self.order = random.permutation(len(self.labels))
        self.view = random.integers(len(self.views), size=len(self.labels))

    def __len__(self) -> int:
        """Return the number of full batches."""
        return len(self.labels) // self.batch_size

    def __getitem__(self, position: int) -> tuple[Any, Any, Any]:
        """Return inputs, labels (batch, 1) and weights (batch,) of a batch."""
        start = position * self.batch_size
        rows = self.order[start : start + self.batch_size]
        inputs = self.views[0][rows]
        for number, view in enumerate(self.views[1:], 1):
            shown = self.view[rows] == number
            inputs[shown] = view[rows[shown]]
        return inputs, self.labels[rows, None], self.weights[rows]

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self.go_to(self.epoch + 1)


class InOrder(keras.utils.PyDataset):
    """Batches in the order of their inputs, the last one smaller: what validation is scored on."""

    def __init__(self, inputs: Inputs, labels: npt.NDArray[np.float32], batch_size: int) -> None:
        """Keep the arrays; nothing is copied.

        Args:
            inputs: (n, ...).
            labels: (n, 1), 0 or 1.
            batch_size: Of all batches but the last.
        """
        super().__init__()
        self.inputs, self.labels, self.batch_size = inputs, labels, batch_size

    def __len__(self) -> int:
        """Return the number of batches."""
        return math.ceil(len(self.labels) / self.batch_size)

    def __getitem__(self, position: int) -> tuple[Any, Any]:
        """Return inputs and labels (batch, 1) of a batch."""
        batch = slice(position * self.batch_size, (position + 1) * self.batch_size)
        return self.inputs[batch], self.labels[batch]
