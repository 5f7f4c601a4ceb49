"""The frozen phase: the head learns on cached features of the backbone."""

import pandas as pd

from fracture.params.train import Train
from fracture.training.batches import Batches
from fracture.training.cache import Cache
from fracture.training.examples import Examples
from fracture.training.features import draws, gather, moments
from fracture.training.fitting import Phase, fit
from fracture.training.network import Network
from fracture.training.resume import Store


def train_head(
    network: Network,
    examples: Examples,
    settings: Train,
    seed: int,
    store: Store | None = None,
    cache: Cache | None = None,
) -> pd.DataFrame:
    """Train the head in place and return its history; the backbone does not change."""
    frozen = settings.frozen
    views = gather(network, examples.images, settings, draws(frozen.views, seed), cache)
    (validation,) = gather(network, examples.validation_images, settings, [None], cache)
    if network.normalization is not None:
        network.normalization.set_weights(list(moments(views)))
    history = fit(
        network.head,
        Batches(views, examples.labels, examples.weights, settings.batch_size, seed),
        (validation, examples.validation_labels),
        settings,
        Phase("frozen", frozen.epochs, settings.learning_rate, frozen.patience),
        store,
    )
    if cache is not None:
        cache.release()
    return history
