"""Batches for training: shuffled anew each epoch, the same for the same seed."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt


class Batches(keras.utils.PyDataset):
    """Shuffled batches of radiographs or of cached features, with labels and weights.

    Where an input has several views (cached draws of the augmentation), an epoch shows one of
    them, drawn at random. A last batch that is not full is left out: it would weigh more than its
    share and, of one radiograph, has no batch statistics.
    """

    def __init__(
        self,
        inputs: npt.NDArray[Any],
        labels: npt.NDArray[np.float32],
        weights: npt.NDArray[np.float32],
        batch_size: int,
        seed: int,
    ) -> None:
        """Keep the arrays; nothing is copied.

        Args:
            inputs: (views, n, ...), of any type.
            labels: (n,), 0 or 1.
            weights: (n,), of each radiograph in the loss.
            batch_size: At most n is used.
            seed: Of the order and the choice of views.
        """
        super().__init__()
        self.inputs, self.labels, self.weights = inputs, labels, weights
        self.batch_size = min(batch_size, len(labels))
        self.seed = seed
        self.go_to(0)

    def go_to(self, epoch: int) -> None:
        """Shuffle for an epoch, from 0: its order depends on seed and epoch alone."""
        self.epoch = epoch
        random = np.random.default_rng((self.seed, self.epoch))
        self.order = random.permutation(len(self.labels))
        self.view = random.integers(len(self.inputs), size=len(self.labels))

    def __len__(self) -> int:
        """Return the number of full batches."""
        return len(self.labels) // self.batch_size

    def __getitem__(self, position: int) -> tuple[Any, Any, Any]:
        """Return inputs, labels (batch, 1) and weights (batch,) of a batch."""
        start = position * self.batch_size
        rows = self.order[start : start + self.batch_size]
        return self.inputs[self.view[rows], rows], self.labels[rows, None], self.weights[rows]

    def on_epoch_end(self) -> None:
        """Shuffle for the next epoch."""
        self.go_to(self.epoch + 1)
