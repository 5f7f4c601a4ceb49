"""What happens between the batches and epochs of a fit: reading the loss, saving the state."""

import math
from collections.abc import Sequence
from time import monotonic
from typing import Any

import keras

from fracture.console import PipelineError
from fracture.training.batches import Batches
from fracture.training.resume import Store, assign, random_state, restore_random_state, values

READING_INTERVAL = 0.5
"""Seconds between two readings of the loss."""


class RareReadings(keras.callbacks.CallbackList):
    """Calls `on_train_batch_end` a few times a second, and before each validation.

    Keras' own list reads loss and metrics after each batch: the device then waits while the next
    batch is prepared. Here callbacks receive the newest batch and its `loss`, which is the mean of
    the epoch so far. Once that is not finite, they receive the first batch for which it was not.
    """

    def __init__(self, callbacks: list[Any], model: keras.Model, epochs: int, steps: int) -> None:
        """Take the callbacks in the order in which they are to be called.

        Args:
            callbacks: Keras callbacks.
            model: That is fitted.
            epochs: At most.
            steps: Batches in an epoch.
        """
        super().__init__(callbacks, add_history=True, model=model, epochs=epochs, steps=steps)
        self.unread: list[tuple[int, Any]] = []
        self.last = monotonic()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        """Keep the loss, a number on the device, until it is time to read it."""
        self.unread.append((batch, logs["loss"]))
        if monotonic() - self.last >= READING_INTERVAL:
            self._read()

    def on_test_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Pass on an epoch's last batch before its validation begins."""
        if self.unread:
            self._read()
        super().on_test_begin(logs)

    def _read(self) -> None:
        batch, loss = self.unread[-1]
        mean = float(loss)
        if not math.isfinite(mean):  # nor will any later one be
            means = ((batch, float(loss)) for batch, loss in self.unread)
            batch, mean = next(pair for pair in means if not math.isfinite(pair[1]))
        self.unread.clear()
        for callback in self.callbacks:
            callback.on_train_batch_end(batch, logs={"loss": mean})
        self.last = monotonic()


OWN_LOSS = "own_loss"
"""Name of the metric that is the loss of the probabilities alone."""


class OwnLoss(keras.callbacks.Callback):
    """Shows the loss of the probabilities where a model has further losses in training.

    Validation has none of these: the two curves would not compare.
    """

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:  # noqa: ARG002
        """Put it into the place of the sum."""
        logs["loss"] = logs.pop(OWN_LOSS)
        del logs[f"val_{OWN_LOSS}"]


SAVED = {
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch", "stopped_epoch", "best_weights"),
    keras.callbacks.SwapEMAWeights: ("_ema_weights_in_model",),
}
"""What changes from epoch to epoch in Keras' callbacks, by attribute."""


class Epochs(keras.callbacks.Callback):
    """Collects the history, saves the state after each epoch, and ends a training that diverges.

    It comes after every callback that changes something, so that it saves what they made of the
    epoch, and before those that show it: what is shown has been saved.
    """

    def __init__(
        self,
        phase: str,
        epochs: int,
        batches: Batches,
        changing: Sequence[keras.callbacks.Callback],
        store: Store | None,
    ) -> None:
        """Look for the state of an interrupted phase.

        Args:
            phase: Its name.
            epochs: At most.
            batches: That are fitted to.
            changing: Callbacks of `SAVED`.
            store: Of the states; None saves none.
        """
        super().__init__()
        self.phase, self.epochs, self.batches = phase, epochs, batches
        self.changing, self.store = changing, store
        self.saved = store.load(phase) if store else None
        self.rows: list[dict[str, float]] = self.saved["rows"] if self.saved else []

    @property
    def first(self) -> int:
        """The epoch to begin with, from 0."""
        return len(self.rows)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Restore the state of an interrupted phase."""
        if self.saved is None:
            return
        print(f"{self.phase} phase goes on after epoch {len(self.rows)}")
        if not self.model.optimizer.built:
            self.model.optimizer.build(self.model.trainable_variables)
        assign(self.model.variables, self.saved["model"])
        assign(self.model.optimizer.variables, self.saved["optimizer"])
        for callback, attributes in zip(self.changing, self.saved["callbacks"], strict=True):
            for name, value in attributes.items():
                setattr(callback, name, value)
        self.batches.go_to(self.saved["shuffle"])
        restore_random_state(self.saved["random"])

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        """Check the loss.

        Raises:
            PipelineError: It is not finite: no later epoch would be better.
        """
        if not math.isfinite(logs["loss"]):
            optimizer = self.model.optimizer
            # The loss is read rarely: the optimiser is some batches ahead of it.
            optimizer.iterations.assign(len(self.rows) * self.params["steps"] + batch)
            rate = float(optimizer.learning_rate)
            raise PipelineError(
                f"the loss is {logs['loss']} in epoch {len(self.rows) + 1}, batch {batch + 1} of "
                f"the {self.phase} phase, at learning rate {rate:.3g}: set a lower learning_rate "
                "(a tenth is a good start) or a longer warmup in params.yaml"
            )

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        """Add the epoch to the history, and save the state of the training.

        Args:
            epoch: From 0.
            logs: Measures of the epoch, by name; `learning_rate` is added.
        """
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        self.rows.append({name: float(value) for name, value in logs.items()})
        last = self.model.stop_training or epoch + 1 == self.epochs
        if self.store and not last:
            state = {
                "rows": self.rows,
                "shuffle": self.batches.epoch,  # Keras shuffles once more than there are epochs
                "random": random_state(),
                "model": values(self.model.variables),
                "optimizer": values(self.model.optimizer.variables),
                "callbacks": [
                    {name: getattr(callback, name) for name in SAVED[type(callback)]}
                    for callback in self.changing
                ],
            }
            self.store.save(self.phase, state)
