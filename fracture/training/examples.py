"""What a network learns from, and what stops it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fracture.artifacts.arrays import PackedImages
from fracture.params.train import Train
from fracture.targets import LABEL
from fracture.training.rows import Rows


@dataclass(frozen=True)
class Examples:
    """Radiographs of the training and validation parts; the test part is not among them.

    Attributes:
        images: uint8 (n, height, width, 1), for training; read as they are asked for.
        labels: float32 (n,), 1 where fractured.
        weights: float32 (n,), of each radiograph in the loss, of mean 1.
        validation_images: uint8 (m, height, width, 1), likewise.
        validation_labels: float32 (m, 1).
    """

    images: Rows
    labels: npt.NDArray[np.float32]
    weights: npt.NDArray[np.float32]
    validation_images: Rows
    validation_labels: npt.NDArray[np.float32]


def select_examples(packed: PackedImages, settings: Train) -> Examples:
    """Choose training and validation radiographs out of the packed ones; none is read."""
    labels = packed.table[LABEL].to_numpy(np.float32)
    train, validation = packed.rows("train"), packed.rows("validation")
    return Examples(
        Rows(packed.images, train),
        labels[train],
        class_weights(labels[train], settings),
        Rows(packed.images, validation),
        labels[validation][:, None],
    )


def class_weights(labels: npt.NDArray[np.float32], settings: Train) -> npt.NDArray[np.float32]:
    """Return the weight of each radiograph in the loss, (n,), of mean 1.

    Balanced weights give both classes the same sum (King and Zeng 2001).
    """
    if settings.class_weights == "none":
        return np.ones_like(labels)
    share = labels.mean()
    return np.where(labels == 1, 0.5 / share, 0.5 / (1 - share)).astype(np.float32)
