"""Callbacks that are told of batches a few times a second: reading a loss waits for the device."""

import math
from time import monotonic
from typing import Any

import keras

INTERVAL = 0.5
"""Seconds between two readings of the loss."""


class Seldom(keras.callbacks.CallbackList):
    """Calls `on_train_batch_end` a few times a second and before each validation.

    Keras' own list reads loss and metrics after each batch: the device then waits while the next
    batch is prepared. Here callbacks get the newest batch and its `loss`, which is the mean of the
    epoch so far. If that is no longer a number, they get the first batch of which this is true.
    """

    def __init__(self, callbacks: list[Any], model: keras.Model, epochs: int, steps: int) -> None:
        """Take the callbacks in the order in which they are called.

        Args:
            callbacks: Keras' callbacks.
            model: The one that is fitted.
            epochs: At most so many.
            steps: Batches in an epoch.
        """
        super().__init__(callbacks, add_history=True, model=model, epochs=epochs, steps=steps)
        self.unread: list[tuple[int, Any]] = []
        self.last = monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        """Keep the loss, a number on the device, until it is time to read it."""
        self.unread.append((batch, logs["loss"]))
        if monotonic() - self.last >= INTERVAL:
            self._read()

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Tell of an epoch's last batch before its validation begins."""
        if self.unread:
            self._read()
        super().on_test_begin(logs)

    def _read(self) -> None:
        batch, loss = self.unread[-1]
        mean = float(loss)
        if not math.isfinite(mean):  # and stays so
            means = ((batch, float(loss)) for batch, loss in self.unread)
            batch, mean = next(kept for kept in means if not math.isfinite(kept[1]))
        self.unread.clear()
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs={"loss": mean})
        self.last = monotonic()
