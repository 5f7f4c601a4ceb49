"""Fitting a Keras model: loss, optimiser, schedule, early stopping, history."""

import sys
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pandas as pd

from stages.params.train import Train
from stages.train.batches import Batches

OPTIMIZERS = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}


@dataclass(frozen=True)
class Phase:
    """One phase of a training: its name, length, peak learning rate and patience."""

    name: str
    epochs: int
    learning_rate: float
    patience: int


def fit(
    model: keras.Model, batches: Batches, validation: tuple[Any, Any], settings: Train, phase: Phase
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

    Returns:
        A row an epoch, with the columns of stages/artifacts/history.py.
    """
    model.compile(
        optimizer=_optimizer(settings, phase, len(batches)),
        loss=keras.losses.BinaryCrossentropy(label_smoothing=settings.label_smoothing),
        metrics=[keras.metrics.AUC(name="auc")],
    )
    callbacks: list[Any] = [_LearningRate()]
    if phase.patience:
        callbacks.append(
            keras.callbacks.EarlyStopping(
                "val_loss", mode="min", patience=phase.patience, restore_best_weights=True
            )
        )
    history = model.fit(
        batches,
        epochs=phase.epochs,
        validation_data=validation,
        validation_batch_size=batches.batch_size,
        callbacks=callbacks,
        verbose=1 if sys.stdout.isatty() else 2,
    )
    table = pd.DataFrame(history.history).rename(
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


class _LearningRate(keras.callbacks.Callback):
    """Puts the learning rate that an epoch ended with into its logs, and so into the history."""

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        if logs is not None:
            logs["learning_rate"] = float(self.model.optimizer.learning_rate)
