"""Fitting a Keras model: loss, optimiser, learning-rate schedule, early stopping, history."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np
import pandas as pd
from keras import ops

from fracture.params.train import Train
from fracture.training.batches import Batches, Floats, InOrder, Inputs
from fracture.training.cache import Cache
from fracture.training.callbacks import OWN_LOSS, Epochs, OwnLoss, RareReadings
from fracture.training.distribution import share
from fracture.training.live import Live
from fracture.training.progress import Progress, Speeds
from fracture.training.resume import Store
from fracture.training.task import FRACTURE_TASK, Task


@dataclass(frozen=True)
class Phase:
    """One phase of a training.

    Attributes:
        name: `frozen` or `finetune`.
        epochs: At most.
        learning_rate: At its peak.
        patience: Epochs without a lesser validation loss after which the phase ends; 0: never.
        before: Epochs of the training before this phase.
        scales: Of the learning rate, by the path of a variable; 1 for those not named.
        task: What the model learns.
        further: Whether the model has further losses in training.
    """

    name: str
    epochs: int
    learning_rate: float
    patience: int
    before: int = 0
    scales: Mapping[str, float] = field(default_factory=dict)
    task: Task = FRACTURE_TASK
    further: bool = False


@dataclass(frozen=True)
class Support:
    """What a training may use besides its data; none of it changes a byte of the network.

    Attributes:
        store: Saves the state after each epoch; from a saved state an interrupted training goes on.
        cache: Keeps the features of the frozen phase on the disk.
        live: Shows each epoch in MLflow.
        speeds: Collects how fast the epochs are.
    """

    store: Store | None = None
    cache: Cache | None = None
    live: Live | None = None
    speeds: Speeds | None = None

    def showing(self, live: Live | None) -> "Support":
        """Return the same, which shows each epoch in MLflow."""
        return replace(self, live=live)


NO_SUPPORT = Support()


def fit(
    model: keras.Model,
    batches: Batches,
    validation: tuple[Inputs, Floats],
    settings: Train,
    phase: Phase,
    support: Support = NO_SUPPORT,
) -> pd.DataFrame:
    """Fit a model; with patience, the weights of the epoch with the least validation loss are kept.

    The loss decides, not the AUROC: with some fifty fractures in a validation part the AUROC of
    one epoch against the next is mostly chance.

    Args:
        model: Ends in the probabilities of the task.
        batches: For training.
        validation: Inputs (n, ...) and labels (n, outputs).
        settings: Optimiser, schedule, label smoothing.
        phase: Number of epochs and learning rate.
        support: Its store lets an interrupted fit go on, to the same bytes.

    Returns:
        A row an epoch, with the columns of fracture/artifacts/history.py without `seed`.

    Raises:
        PipelineError: The loss is no longer a finite number.
    """
    steps = len(batches)
    _compile(model, settings, phase, steps)
    changing = _changing(settings, phase)
    epochs = Epochs(phase.name, phase.epochs, batches, changing, support.store)
    progress = Progress(phase.name, phase.epochs, phase.patience > 0, steps, batches.batch_size)
    with closing(progress):
        callbacks = [*([OwnLoss()] if phase.further else []), *changing, epochs, progress]
        if support.live:
            callbacks.append(_live_callback(support.live, phase))
        model.fit(
            share(batches),
            epochs=phase.epochs,
            initial_epoch=epochs.first,
            validation_data=share(InOrder(*validation, batches.batch_size)),
            callbacks=RareReadings(callbacks, model, phase.epochs, steps),
            verbose=0,
        )
    if support.speeds:
        support.speeds.add(phase.name, progress.speeds)
    table = pd.DataFrame(epochs.rows).rename(
        columns={"val_loss": "validation_loss", "val_auc": "validation_auc"}
    )
    return table.assign(phase=phase.name, epoch=phase.before + np.arange(1, len(table) + 1))


def _compile(model: keras.Model, settings: Train, phase: Phase, steps: int) -> None:
    loss, metrics = phase.task.loss(settings), [phase.task.auc()]
    if phase.further:
        metrics.append(keras.metrics.MeanMetricWrapper(loss.call, name=OWN_LOSS))
    model.compile(
        optimizer=optimizer(settings, phase.learning_rate, steps * phase.epochs, phase.scales),
        loss=loss,
        weighted_metrics=metrics,  # padding has weight 0
    )
    # Else the first step makes its variables, and TensorFlow traces that step a second time.
    model.optimizer.build(model.trainable_variables)


def _changing(settings: Train, phase: Phase) -> list[Any]:
    """Return the callbacks that change the model or its training, those of `SAVED`."""
    callbacks: list[Any] = []
    if settings.ema:  # the averages are validated and, between epochs, saved
        callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    if phase.patience:
        stopping = keras.callbacks.EarlyStopping(
            "val_loss", mode="min", patience=phase.patience, restore_best_weights=True
        )
        callbacks.append(stopping)
    return callbacks


def _live_callback(live: Live, phase: Phase) -> Any:
    return keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: live.show(phase.before + epoch + 1, phase.name, logs)
    )


UNDECAYED = ("bias", "beta", "gamma")
"""How Keras calls biases, and the shifts and scales of normalisations."""


class _Scaled:
    """Scales the learning rate of single variables (Howard and Ruder, ACL 2018).

    Decay is a share of the learning rate, so that it is scaled too.
    """

    def __init__(self, *arguments: Any, scales: Mapping[str, float], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.scales = scales
        self.exclude_from_weight_decay(var_names=UNDECAYED)  # type: ignore[attr-defined]

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update a variable at its own learning rate."""
        # `variable` may be the backend's own here, which has no path.
        ours = self._trainable_variables[self._get_variable_index(variable)]  # type: ignore[attr-defined]
        if ours.path in self.scales:
            learning_rate = learning_rate * self.scales[ours.path]
        super().update_step(gradient, variable, learning_rate)  # type: ignore[misc]

    def _apply_weight_decay(self, variables: Any) -> None:
        """Decay variables, each at its own learning rate; Keras would decay all at the whole."""
        rate, decay = self.learning_rate, self.weight_decay  # type: ignore[attr-defined]
        if not decay:
            return
        for variable in variables:
            if self._use_weight_decay(variable):  # type: ignore[attr-defined]
                share = ops.cast(rate * decay * self.scales.get(variable.path, 1.0), variable.dtype)
                variable.assign(variable - variable * share)


class ScaledAdam(_Scaled, keras.optimizers.Adam):
    """Adam with a learning rate for each variable."""


class ScaledAdamW(_Scaled, keras.optimizers.AdamW):
    """AdamW with a learning rate for each variable."""


OPTIMIZERS = {"adam": ScaledAdam, "adamw": ScaledAdamW}


def optimizer(
    settings: Train, learning_rate: float, steps: int, scales: Mapping[str, float]
) -> Any:
    """Return a Keras optimiser.

    Averaged weights (`ema`): Polyak and Juditsky, SIAM Journal on Control and Optimization 30
    (1992).

    Args:
        settings: Algorithm, schedule, warm-up, weight decay, `ema`.
        learning_rate: At its peak.
        steps: Batches of the whole phase.
        scales: Of the learning rate, and so of the decay, by the path of a variable; 1 for those
            not named.
    """
    rate: Any = learning_rate
    if settings.schedule == "cosine":
        warmup = min(round(settings.warmup * steps), steps - 1)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, steps - warmup, warmup_target=rate, warmup_steps=warmup
        )
    return OPTIMIZERS[settings.optimizer](
        rate,
        scales=scales,
        weight_decay=settings.weight_decay,
        use_ema=settings.ema > 0,
        ema_momentum=settings.ema,
    )
