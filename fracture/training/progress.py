"""What a training tells as it runs: a line in place on a terminal, and a kept line an epoch."""

import sys
from time import monotonic
from typing import Any

import keras
from tqdm import tqdm

from fracture.training.pace import Pace, duration, speed

SELDOM = 5.0
"""Seconds at least between two kept lines where no terminal shows them; the last always comes."""
LINE = "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} batches{postfix}"


class Progress(keras.callbacks.Callback):
    """Shows how a phase goes, and adds to an epoch's logs what its kept line tells.

    That is `learning_rate`, `seconds` and `images_per_second`.
    """

    def __init__(self, phase: str, epochs: int, stops_early: bool, pace: Pace) -> None:
        """Show nothing yet.

        Args:
            phase: Its name.
            epochs: At most so many.
            stops_early: Whether there may be fewer.
            pace: Of the phase, fresh.
        """
        super().__init__()
        self.phase, self.epochs, self.pace = phase, epochs, pace
        self.at_most = "at most " if stops_early else ""
        self.bar: tqdm[Any] | None = None

    def close(self) -> None:
        """Remove the line in place, also where the training was stopped."""
        if self.bar is not None:
            self.bar.close()

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the clock."""
        self.kept = monotonic()
        self.pace.begin_phase(self.kept)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Begin the line in place anew."""
        self.epoch = epoch
        self.pace.begin_epoch(monotonic())
        title = f"{self.phase} {epoch + 1}/{self.epochs}"
        if self.bar is None:
            self.bar = tqdm(
                desc=title, total=self.pace.steps, bar_format=LINE, leave=False,
                dynamic_ncols=True, disable=None,
            )  # fmt: skip
        else:
            self.bar.set_description_str(title, refresh=False)
            self.bar.set_postfix_str("", refresh=False)
            self.bar.reset()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        """Update the line in place."""
        done = batch + 1
        self.pace.end_batches(done, monotonic())
        if self.bar is not None:
            told = [f"loss {logs['loss']:.4f}"]
            if self.pace.batch:
                told.insert(0, speed(self.pace.images_per_second))
            self.bar.n = done
            self.bar.set_postfix_str(", ".join(told + self._left(self.epochs - self.epoch, done)))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        """Print the epoch's line; to a file or pipe not more often than every few seconds."""
        now = monotonic()
        logs["learning_rate"] = float(self.model.optimizer.learning_rate)
        logs["seconds"] = self.pace.end_epoch(now)
        logs["images_per_second"] = self.pace.images_per_second
        last = self.model.stop_training or epoch + 1 == self.epochs
        if last or sys.stdout.isatty() or now - self.kept >= SELDOM:
            self.kept = now
            title = f"{self.phase} {epoch + 1:{len(str(self.epochs))}}/{self.epochs}"
            told = [epoch_line(logs), *self._left(0 if last else self.epochs - epoch - 1, 0)]
            with tqdm.external_write_mode():
                print(f"{title}: {'; '.join(told)}", flush=True)

    def _left(self, epochs: int, done: int) -> list[str]:
        """Say how long the rest of the phase takes, or nothing as long as that is not known."""
        left = self.pace.left(epochs, done)
        return [f"{self.at_most}{tqdm.format_interval(left)} left"] if left else []


def epoch_line(logs: dict[str, float]) -> str:
    """Say how an epoch went.

    Args:
        logs: Keras' `loss`, `auc`, `val_loss` and `val_auc`, with what `Progress` adds.
    """
    return (
        f"loss {logs['loss']:.4f}, validation {logs['val_loss']:.4f}; "
        f"AUROC {logs['auc']:.3f}, validation {logs['val_auc']:.3f}; "
        f"learning rate {logs['learning_rate']:.3g}; "
        f"{speed(logs['images_per_second'])}, {duration(logs['seconds'])}"
    )
