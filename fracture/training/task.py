"""What a network learns: its targets, their labels as one array, its loss and its AUROC."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd
from keras import ops

from fracture.params.train import Train
from fracture.targets import FRACTURE, Target

Floats = npt.NDArray[np.float32]
UNKNOWN = -1.0
"""Label of a radiograph that is in none of the two classes of a target."""


@dataclass(frozen=True)
class Task:
    """The targets of a network; what it gives for them stands side by side in one array.

    Attributes:
        targets: Its own target, then further ones.
        weights: Of their losses.
    """

    targets: tuple[Target, ...]
    weights: tuple[float, ...]

    @property
    def outputs(self) -> int:
        """How many probabilities the network gives for a radiograph."""
        return sum(target.outputs for target in self.targets)

    @property
    def slices(self) -> list[slice]:
        """Where each target's probabilities stand among all."""
        ends = np.cumsum([target.outputs for target in self.targets]).tolist()
        return [
            slice(end - target.outputs, end) for target, end in zip(self.targets, ends, strict=True)
        ]

    def labels(self, table: pd.DataFrame) -> Floats:
        """Return what the network should give, float32 (n, outputs).

        Of a target with two classes 0 or 1, `UNKNOWN` for neither; of others 1 for the class of a
        radiograph, all 0 where it is in none.

        Args:
            table: A row for each radiograph, as fracture/artifacts/arrays.py holds them.
        """
        columns = []
        for target in self.targets:
            labels = target.labels(table)
            if target.binary:
                columns.append(labels[:, None])
            else:
                columns.append(labels[:, None] == np.arange(len(target.classes)))
        return np.concatenate(columns, axis=1).astype(np.float32)

    def class_weights(self, labels: Floats, settings: Train) -> Floats:
        """Return the weight of each radiograph in the loss, float32 (n,), with mean 1.

        Balanced weights give the classes of the network's own target the same sum (King and Zeng
        2001).

        Args:
            labels: As `labels` returns them; each radiograph has a class of this target.
            settings: Of the model: how classes are weighted.
        """
        own = labels[:, self.slices[0]]
        if settings.class_weights == "none":
            return np.ones(len(own), np.float32)
        if self.targets[0].binary:
            share = own[:, 0].mean()
            weights = np.where(own[:, 0] == 1, 0.5 / share, 0.5 / (1 - share))
        else:
            shares = own.mean(axis=0)
            weights = own @ (1 / (own.shape[1] * np.where(shares, shares, 1)))
        return np.asarray(weights, np.float32)

    @property
    def _is_keras_own(self) -> bool:
        """Whether Keras' own loss and metric know it: one target with two classes."""
        return len(self.targets) == 1 and self.targets[0].binary

    def loss(self, settings: Train) -> Any:
        """Return the loss: cross-entropy, or the focal loss (Lin et al., ICCV 2017)."""
        if self._is_keras_own:
            if settings.focal:
                return keras.losses.BinaryFocalCrossentropy(
                    gamma=settings.focal, label_smoothing=settings.label_smoothing
                )
            return keras.losses.BinaryCrossentropy(label_smoothing=settings.label_smoothing)
        return TargetsLoss(self, settings.focal, settings.label_smoothing)

    def auc(self) -> Any:
        """Return the AUROC of the network's own target; of several classes the mean over them."""
        if self._is_keras_own:
            return keras.metrics.AUC(name="auc")
        return OwnAUC(self.targets[0].outputs)


FRACTURE_TASK = Task((FRACTURE,), (1.0,))


class TargetsLoss(keras.losses.Loss):
    """The weighted sum of the losses of several targets, or of one with several classes."""

    def __init__(self, task: Task, focal: float, smoothing: float) -> None:
        """Keep what the loss depends on.

        Args:
            task: Targets and weights.
            focal: Exponent of the focal loss; 0 is cross-entropy.
            smoothing: How far labels are moved towards equal shares.
        """
        super().__init__(name="targets_loss")
        self.task, self.focal, self.smoothing = task, focal, smoothing

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each radiograph, (n,); a target that it has no class of adds none."""
        total: Any = 0.0
        parts = zip(self.task.targets, self.task.weights, self.task.slices, strict=True)
        for target, weight, place in parts:
            labels, given = ops.cast(y_true[:, place], "float32"), y_pred[:, place]
            if target.binary:
                known = ops.cast(labels[:, 0] >= 0, "float32")
                labels = ops.concatenate([1 - labels, labels], axis=1)
                given = ops.concatenate([1 - given, given], axis=1)
            else:
                known = ops.sum(labels, axis=1)
            options = {"label_smoothing": self.smoothing}
            if self.focal:
                own = keras.losses.categorical_focal_crossentropy(
                    labels, given, alpha=1.0, gamma=self.focal, **options
                )
            else:
                own = keras.losses.categorical_crossentropy(labels, given, **options)
            total = total + weight * known * own
        return total


class OwnAUC(keras.metrics.AUC):
    """The AUROC of the first outputs: those of the network's own target."""

    def __init__(self, outputs: int) -> None:
        """Count each class for itself where there are several.

        Args:
            outputs: Of the network's own target.
        """
        several = {"multi_label": True, "num_labels": outputs} if outputs > 1 else {}
        super().__init__(name="auc", **several)
        self.outputs = outputs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch."""
        own = slice(0, self.outputs)
        super().update_state(y_true[:, own], y_pred[:, own], sample_weight)
