"""Fitting a Keras model: loss, optimiser, schedule, early stopping, history."""

import math
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd

from fracture.console import PipelineError
from fracture.params.train import Train
from fracture.training.batches import Batches, InOrder, Inputs
from fracture.training.distribution import share
from fracture.training.live import Live
from fracture.training.optimizer import optimizer
from fracture.training.pace import Pace
from fracture.training.progress import Progress
from fracture.training.resume import (
    Arrays,
    State,
    Store,
    assign,
    random_state,
    restore_random_state,
    values,
)
from fracture.training.seldom import Seldom


@dataclass(frozen=True)
class Phase:
    """One phase of a training.

    Attributes:
        name: `frozen` or `finetune`.
        epochs: At most so many.
        learning_rate: At its peak.
        patience: Epochs without a lesser validation loss after which it ends; 0: it does not.
        scales: Of the learning rate, by the path of a variable.
    """

    name: str
    epochs: int
    learning_rate: float
    patience: int
    scales: Mapping[str, float] = field(default_factory=dict)


def fit(
    model: keras.Model,
    batches: Batches,
    validation: tuple[Inputs, npt.NDArray[np.float32]],
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
        A row an epoch, with the columns of fracture/artifacts/history.py, `seconds` and
        `images_per_second`.

    Raises:
        PipelineError: The loss is no longer a number.
    """
    model.compile(
        optimizer=optimizer(
            settings, phase.learning_rate, len(batches) * phase.epochs, phase.scales
        ),
        loss=loss_of(settings),
        weighted_metrics=[keras.metrics.AUC(name="auc")],  # what fills up a batch weighs nothing
    )
    stopping = _Stopping(phase.patience) if phase.patience else None
    averaging = _Averaging() if settings.ema else None
    epochs = _Epochs(phase, batches, stopping, averaging, store)
    pace = Pace(len(batches), batches.batch_size)
    live = _shown(store.live, phase) if store and store.live else None
    with closing(Progress(phase.name, phase.epochs, stopping is not None, pace)) as progress:
        told = [_Divergence(phase), averaging, stopping, progress, epochs, live]
        model.fit(
            share(batches),
            epochs=phase.epochs,
            initial_epoch=epochs.first,
            validation_data=share(InOrder(*validation, batches.batch_size)),
            callbacks=Seldom(list(filter(None, told)), model, phase.epochs, len(batches)),
            verbose=0,
        )
    table = pd.DataFrame(epochs.rows).rename(
        columns={"val_loss": "validation_loss", "val_auc": "validation_auc"}
    )
    return table.assign(phase=phase.name, epoch=np.arange(1, len(table) + 1))


def loss_of(settings: Train) -> Any:
    """Return the loss: cross-entropy, or the focal loss (Lin et al., ICCV 2017)."""
    if settings.focal:
        return keras.losses.BinaryFocalCrossentropy(
            gamma=settings.focal, label_smoothing=settings.label_smoothing
        )
    return keras.losses.BinaryCrossentropy(label_smoothing=settings.label_smoothing)


def _shown(live: Live, phase: Phase) -> Any:
    """Return the callback that shows each epoch in MLflow."""
    return keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: live.show(phase.name, epoch + 1, logs)
    )


class _Averaging(keras.callbacks.SwapEMAWeights):
    """Puts the averaged weights in place to be validated and, between epochs, to be kept."""

    def __init__(self) -> None:
        super().__init__(swap_on_epoch=True)

    def go_on(self) -> None:
        """Take note that a state which was kept after an epoch has the averages in place."""
        self._ema_weights_in_model = True


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
            optimizer = self.model.optimizer
            # The loss is read seldom: the optimiser is some batches further.
            optimizer.iterations.assign((self.epoch - 1) * self.params["steps"] + batch)
            rate = float(optimizer.learning_rate)
            raise PipelineError(
                f"the loss is {float(logs['loss'])} in epoch {self.epoch}, batch {batch + 1} of "
                f"the {self.phase.name} phase, at learning rate {rate:.3g}: set a lower "
                "learning_rate (a tenth is a good start) or a longer warmup in params.yaml"
            )


class _Epochs(keras.callbacks.Callback):
    """Collects the history, and keeps the state after each epoch but the last.

    It comes after every callback that changes something, so that it keeps what they made of the
    epoch; what it has kept may be shown.
    """

    def __init__(
        self,
        phase: Phase,
        batches: Batches,
        stopping: _Stopping | None,
        averaging: _Averaging | None,
        store: Store | None,
    ) -> None:
        super().__init__()
        self.phase, self.batches, self.store = phase, batches, store
        self.stopping, self.averaging = stopping, averaging
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
        if not self.model.optimizer.built:
            self.model.optimizer.build(self.model.trainable_variables)
        assign(self.model.variables, self.saved.arrays["model"])
        assign(self.model.optimizer.variables, self.saved.arrays["optimizer"])
        if self.stopping:
            self.stopping.go_on(self.saved.facts["stopping"], self.saved.arrays["best"])
        if self.averaging:
            self.averaging.go_on()
        self.batches.go_to(self.saved.facts["shuffle"])
        restore_random_state(self.saved.facts["random"])

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        logs = {} if logs is None else logs
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
