"""What a training prints: a progress line on a terminal, a line an epoch, and how it ended.

Nothing here reaches a file that a stage leaves: `MESSAGES` of fracture/inputs/code.py names this
module, so that an edit of it retrains nothing.
"""

import sys
from dataclasses import dataclass, field
from statistics import median
from time import monotonic
from typing import Any

import keras
import pandas as pd
from tqdm import tqdm

from fracture.console import peak_memory

LINE_INTERVAL = 5.0
"""Least seconds between two epochs' lines outside a terminal; the last epoch always has one."""
LINE = "{desc} {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} batches{postfix}"


@dataclass
class Speeds:
    """Collects how fast the epochs of this process were.

    Attributes:
        of: Radiographs, or their features, a second: one for each epoch, by the name of its phase.
    """

    of: dict[str, list[float]] = field(default_factory=dict)

    def add(self, phase: str, speeds: list[float]) -> None:
        """Add those of a phase, which may be that of a further network."""
        self.of.setdefault(phase, []).extend(speeds)

    @property
    def epochs(self) -> int:
        """How many epochs this process has trained."""
        return sum(map(len, self.of.values()))

    @property
    def finetune(self) -> float | None:
        """The median of fine-tuning; None without such an epoch."""
        return median(self.of["finetune"]) if self.of.get("finetune") else None


class Progress(keras.callbacks.Callback):
    """Prints how a phase goes, and adds `seconds` and `images_per_second` to an epoch's logs.

    Args:
        phase: Its name.
        epochs: At most.
        stops_early: Whether there may be fewer.
        steps: Batches in an epoch.
        images: Radiographs in a batch.
    """

    def __init__(self, phase: str, epochs: int, stops_early: bool, steps: int, images: int) -> None:
        super().__init__()
        self.phase, self.epochs, self.steps, self.images = phase, epochs, steps, images
        self.at_most = "at most " if stops_early else ""
        self.bar: tqdm[Any] | None = None
        self.seconds: list[float] = []
        self.speeds: list[float] = []
        self.batch_seconds = 0.0
        self.usual: float | None = None  # seconds of the previous epoch, without the compilation

    def close(self) -> None:
        """Remove the progress line, also where the training was interrupted."""
        if self.bar is not None:
            self.bar.close()

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the clock."""
        self.printed = self.ended = monotonic()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Start the progress line of an epoch."""
        self.epoch, self.began = epoch, monotonic()
        self.batch_seconds = 0.0
        self.since = None if self.usual is None else (0, self.began)
        title = f"{self.phase} {epoch + 1}/{self.epochs}"
        if self.bar is None:
            self.bar = tqdm(
                desc=title, total=self.steps, bar_format=LINE, leave=False,
                dynamic_ncols=True, disable=None,
            )  # fmt: skip
        else:
            self.bar.set_description_str(title, refresh=False)
            self.bar.set_postfix_str("", refresh=False)
            self.bar.reset()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any]) -> None:
        """Measure the speed of the batches so far, and update the progress line."""
        done, self.last = batch + 1, monotonic()
        if self.since is None and done < self.steps:
            # The first batch of a phase is compiled, so that its time says little of the others.
            self.since = done, self.last
        else:
            before, since = self.since or (0, self.began)
            self.batch_seconds = (self.last - since) / (done - before)
        if self.bar is not None:
            measured = [speed(self.images / self.batch_seconds)] if self.batch_seconds else []
            if self.usual is not None:
                left = self.usual * (self.epochs - self.epoch) - (self.last - self.began)
            else:
                left = self.batch_seconds * (self.steps * (self.epochs - self.epoch) - done)
            self.bar.n = done
            parts = [*measured, f"loss {logs['loss']:.4f}", *self._time_left(left)]
            self.bar.set_postfix_str(", ".join(parts))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any]) -> None:
        """Print a line about the epoch; into a file or pipe not more often than every few seconds.

        Args:
            epoch: From 0.
            logs: Measures of the epoch, by name; `seconds` and `images_per_second` are added.
        """
        now = monotonic()
        logs["seconds"] = now - self.ended
        logs["images_per_second"] = self.images / self.batch_seconds if self.batch_seconds else 0.0
        self.usual = self.batch_seconds * self.steps + now - self.last
        self.ended = now
        self.seconds.append(logs["seconds"])
        self.speeds.append(logs["images_per_second"])
        last = self.model.stop_training or epoch + 1 == self.epochs
        if last or sys.stdout.isatty() or now - self.printed >= LINE_INTERVAL:
            self.printed = now
            title = f"{self.phase} {epoch + 1:{len(str(self.epochs))}}/{self.epochs}"
            left = 0 if last else self.usual * (self.epochs - epoch - 1)
            print_line(f"{title}: {'; '.join([epoch_line(logs), *self._time_left(left)])}")

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        """Print the time that the phase took in this process."""
        if self.seconds:
            typical = speed(median(self.speeds))  # the first epoch's may include the compilation
            total = duration(sum(self.seconds))
            print_line(f"{self.phase}: {len(self.seconds)} epochs in {total} at {typical}")

    def _time_left(self, seconds: float) -> list[str]:
        return [f"{self.at_most}{tqdm.format_interval(seconds)} left"] if seconds > 0 else []


def print_line(line: str) -> None:
    """Print a line at once, above the progress line."""
    with tqdm.external_write_mode():
        print(line, flush=True)


def epoch_line(logs: dict[str, float]) -> str:
    """Say how an epoch went.

    Args:
        logs: Keras' `loss`, `auc`, `val_loss` and `val_auc`, the `learning_rate`, and what
            `Progress` adds.
    """
    return (
        f"loss {logs['loss']:.4f}, validation {logs['val_loss']:.4f}; "
        f"AUROC {logs['auc']:.3f}, validation {logs['val_auc']:.3f}; "
        f"learning rate {logs['learning_rate']:.3g}; "
        f"{speed(logs['images_per_second'])}, {duration(logs['seconds'])}"
    )


def summary(history: pd.DataFrame, seconds: float) -> str:
    """Sum up a training in one line: its epochs, the best of them, time and memory.

    Args:
        history: What `fracture.training.training.train` returns.
        seconds: That this process took; before an interruption there may have been another.
    """
    best = history.sort_values("validation_loss", kind="stable").iloc[0]
    return (
        f"{len(history)} epochs, least validation loss {best['validation_loss']:.3f} in epoch "
        f"{best['epoch']:.0f}, validation AUROC {best['validation_auc']:.3f} there; this "
        f"process took {duration(seconds)} and at most {peak_memory():,.0f} MB"
    )


def speed(images_per_second: float) -> str:
    """Return a number of images a second with its unit, such as `1,234 images/s`."""
    digits = 0 if images_per_second >= 10 else 1  # noqa: PLR2004 - two digits either way
    return f"{images_per_second:,.{digits}f} images/s"


def duration(seconds: float) -> str:
    """Return seconds with their unit, such as `0.25 s`; from two minutes on, such as `02:05`."""
    if seconds >= 120:  # noqa: PLR2004
        return tqdm.format_interval(seconds)
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2f} s"  # noqa: PLR2004
