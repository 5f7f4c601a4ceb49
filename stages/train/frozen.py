"""The frozen phase: the head learns on cached features of the backbone."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import pandas as pd

from stages.console import progress
from stages.imaging.augmentation import augmentation
from stages.params.train import Train
from stages.train.batches import Batches
from stages.train.examples import Examples
from stages.train.fitting import Phase, fit
from stages.train.network import Network
from stages.train.resume import Store


def train_head(
    network: Network, examples: Examples, settings: Train, seed: int, store: Store | None = None
) -> pd.DataFrame:
    """Train the head in place and return its history; the backbone does not change."""
    views = cached_features(network, examples.images, settings, seed)
    if network.normalization is not None:
        network.normalization.set_weights([views.mean((0, 1)), views.var((0, 1))])
    validation = compute(
        network.features, examples.validation_images, settings.batch_size, "validation features"
    )
    frozen = settings.frozen
    return fit(
        network.head,
        Batches(views, examples.labels, examples.weights, settings.batch_size, seed),
        (validation, examples.validation_labels),
        settings,
        Phase("frozen", frozen.epochs, settings.learning_rate, frozen.patience),
        store,
    )


def cached_features(
    network: Network, images: npt.NDArray[np.uint8], settings: Train, seed: int
) -> npt.NDArray[np.float32]:
    """Return the backbone's features of `frozen.views` views, float32 (views, n, d).

    The first view is the radiograph itself, each further one a draw of the augmentation. A frozen
    backbone gives the same features in every epoch: computing them once is what saves the time.
    """
    augment = augmentation(settings.augmentation, seed)
    views = [compute(network.features, images, settings.batch_size, "features")]
    for view in range(1, settings.frozen.views):
        label = f"features, augmented {view} of {settings.frozen.views - 1}"
        views.append(compute(network.features, images, settings.batch_size, label, augment))
    return np.stack(views)


def compute(
    features: keras.Model,
    images: npt.NDArray[np.uint8],
    batch_size: int,
    label: str,
    augment: Any = None,
) -> npt.NDArray[np.float32]:
    """Return features, float32 (n, d), of radiographs as they are or as `augment` changes them."""
    starts = range(0, len(images), batch_size)
    computed = []
    for start in progress(starts, len(starts), label, "batches"):
        batch: Any = images[start : start + batch_size]
        if augment is not None:
            batch = augment(batch.astype(np.float32), training=True)
        computed.append(np.asarray(features.predict_on_batch(batch), np.float32))
    return np.concatenate(computed)
