"""Fitting a Keras model: loss, optimiser, schedule, early stopping, history."""

import math
import sys
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd

from stages.console import PipelineError
from stages.params.train import Train
from stages.train.batches import Batches
from stages.train.resume import (
    Arrays,
    State,
    Store,
    assign,
    random_state,
    restore_random_state,
    values,
)

OPTIMIZERS = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}


@dataclass(frozen=True)
class Phase:
    """One phase of a training: its name, length, peak learning rate and patience."""

    name: str
    epochs: int
    learning_rate: float
    patience: int


def fit(
    model: keras.Model,
    batches: Batches,
    validation: tuple[Any, Any],
    settings: Train,
    phase: Phase,
    store: Store | None = None,
) -> pd.DataFrame:
    """Fit a model; with patience, the epoch of least validation loss is kept.

    The loss decides, not the AUROC: with some fifty fractures in a validation part the AUROC of
    one epoch against the next is mostly chance.

    Args:
        model: Ends in one probability.
        batches: What it learns from.
        validation: Inputs (n, ...) and labels (n, 1).
        settings: Optimiser, schedule, label smoothing.
        phase: How long and how fast.
        store: Keeps the state after each epoch; a state that it holds is where the fit goes on,
            and it ends with the bytes of one that was never interrupted.

    Returns:
        A row an epoch, with the columns of stages/artifacts/history.py.

    Raises:
        PipelineError: The loss is no longer a number.
    """
    model.compile(
        optimizer=_optimizer(settings, phase, len(batches)),
        loss=keras.losses.BinaryCrossentropy(label_smoothing=settings.label_smoothing),
        metrics=[keras.metrics.AUC(name="auc")],
    )
    stopping = _Stopping(phase.patience) if phase.patience else None
    epochs = _Epochs(phase, batches, stopping, store)
    model.fit(
        batches,
        epochs=phase.epochs,
        initial_epoch=epochs.first,
        validation_data=validation,
        validation_batch_size=batches.batch_size,
        callbacks=[_Divergence(phase), *([stopping] if stopping else []), epochs],
        verbose=1 if sys.stdout.isatty() else 2,
    )
    table = pd.DataFrame(epochs.rows).rename(
        columns={"val_loss": "validation_loss", "val_auc": "validation_auc"}
    )
    return table.assign(phase=phase.name, epoch=np.arange(1, len(table) + 1))


def _optimizer(settings: Train, phase: Phase, steps: int) -> Any:
    rate: Any = phase.learning_rate
    if settings.schedule == "cosine":
        warmup = round(settings.warmup * steps * phase.epochs)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, steps * phase.epochs - warmup, warmup_target=rate, warmup_steps=warmup
        )
    return OPTIMIZERS[settings.optimizer](rate, weight_decay=settings.weight_decay or None)


class _Stopping(keras.callbacks.EarlyStopping):
    """Early stopping on the validation loss, whose state can be kept."""

    KEPT = ("wait", "best", "best_epoch", "stopped_epoch")

    def __init__(self, patience: int) -> None:
        super().__init__("val_loss", mode="min", patience=patience, restore_best_weights=True)

    def facts(self) -> dict[str, Any]:
        """Return what JSON keeps."""
        kept = {name: getattr(self, name) for name in self.KEPT}
        return kept | {"best": None if self.best is None else float(self.best)}

    def go_on(self, facts: dict[str, Any], best_weights: Arrays) -> None:
        """Set what `facts` returned, and the weights of the best epoch."""
        for name, value in facts.items():
            setattr(self, name, value)
        self.best_weights = best_weights


class _Divergence(keras.callbacks.Callback):
    """Ends a training whose loss is no longer a number: no later epoch can mend it."""

    def __init__(self, phase: Phase) -> None:
        super().__init__()
        self.phase, self.epoch = phase, 0

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        self.epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        if logs is not None and not math.isfinite(float(logs["loss"])):
            rate = float(self.model.optimizer.learning_rate)
            raise PipelineError(
                f"the loss is {float(logs['loss'])} in epoch {self.epoch}, batch {batch + 1} of "
                f"the {self.phase.name} phase, at learning rate {rate:.3g}: set a lower "
                "learning_rate (a tenth is a good start) or a longer warmup in params.yaml"
            )


class _Epochs(keras.callbacks.Callback):
    """Collects the history, and keeps the state after each epoch but the last.

    It comes after every other callback, so that it sees what they made of the epoch.
    """

    def __init__(
        self, phase: Phase, batches: Batches, stopping: _Stopping | None, store: Store | None
    ) -> None:
        super().__init__()
        self.phase, self.batches, self.stopping, self.store = phase, batches, stopping, store
        self.saved = store.load(phase.name) if store else None
        self.rows: list[dict[str, float]] = self.saved.facts["rows"] if self.saved else []

    @property
    def first(self) -> int:
        """The epoch to begin with, from 0."""
        return len(self.rows)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        if self.saved is None:
            return
        print(f"{self.phase.name} phase goes on after epoch {len(self.rows)}")
        self.model.optimizer.build(self.model.trainable_variables)
        assign(self.model.variables, self.saved.arrays["model"])
        assign(self.model.optimizer.variables, self.saved.arrays["optimizer"])
        if self.stopping:
            self.stopping.go_on(self.saved.facts["stopping"], self.saved.arrays["best"])
        self.batches.go_to(self.saved.facts["shuffle"])
        restore_random_state(self.saved.facts["random"])

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = {} if logs is None else logs
        logs["learning_rate"] = float(
            self.model.optimizer.learning_rate
        )  # for the line of the epoch
        self.rows.append({name: float(value) for name, value in logs.items()})
        last = self.model.stop_training or epoch + 1 == self.phase.epochs
        if self.store and not last:
            self.store.save(self.phase.name, self._state())

    def _state(self) -> State:
        # Keras shuffles once more than there are epochs.
        facts: dict[str, Any] = {
            "rows": self.rows, "shuffle": self.batches.epoch, "random": random_state()
        }  # fmt: skip
        arrays = {
            "model": values(self.model.variables),
            "optimizer": values(self.model.optimizer.variables),
        }
        if self.stopping:
            facts["stopping"] = self.stopping.facts()
            arrays["best"] = list(self.stopping.best_weights)
        return State(facts, arrays)
