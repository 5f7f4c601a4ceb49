"""A training: the frozen phase, then fine-tuning; what was best on validation is kept."""

import numpy as np
import pandas as pd

from fracture.artifacts.arrays import PackedImages
from fracture.params.train import Train
from fracture.training.cache import Cache
from fracture.training.examples import Examples, select_examples
from fracture.training.finetune import fine_tune
from fracture.training.frozen import train_head
from fracture.training.network import Network
from fracture.training.resume import (
    State,
    Store,
    assign,
    random_state,
    restore_random_state,
    values,
)

HEAD = "head"
"""What the store calls the network with its trained head, where fine-tuning begins."""


def train(
    network: Network,
    packed: PackedImages,
    settings: Train,
    seed: int,
    store: Store | None = None,
    cache: Cache | None = None,
) -> pd.DataFrame:
    """Train a network in place on the radiographs for training; validation only stops and chooses.

    Args:
        network: Freshly built.
        packed: Radiographs of all parts; those of the test part are not touched.
        settings: The recipe with the model's overrides.
        seed: Of order and augmentation.
        store: Of the states that let an interrupted training go on.
        cache: Of the frozen phase's features; without one they are kept in memory.

    Returns:
        The history, as in fracture/artifacts/history.py.
    """
    examples = select_examples(packed, settings)
    histories = []
    if settings.frozen.epochs:
        histories.append(_head(network, examples, settings, seed, store, cache))
    if settings.finetune.epochs:
        before = network.whole.get_weights()
        histories.append(fine_tune(network, examples, settings, seed, store))
        best = [history["validation_loss"].min() for history in histories]
        if settings.finetune.patience and best[-1] > best[0]:
            print(f"validation loss {best[-1]:.4f} after fine-tuning, {best[0]:.4f} before: undone")
            network.whole.set_weights(before)
    history = pd.concat(histories, ignore_index=True)
    return history.assign(epoch=np.arange(1, len(history) + 1))


def _head(
    network: Network,
    examples: Examples,
    settings: Train,
    seed: int,
    store: Store | None,
    cache: Cache | None,
) -> pd.DataFrame:
    """Train the head, or take over one that was trained before an interruption."""
    if store and (done := store.load(HEAD)):
        print("the head is trained already")
        assign(network.whole.variables, done.arrays["network"])
        restore_random_state(done.facts["random"])
        return pd.DataFrame(done.facts["history"])
    history = train_head(network, examples, settings, seed, store, cache)
    if store and settings.finetune.epochs:
        facts = {"history": history.to_dict("list"), "random": random_state()}
        store.save(HEAD, State(facts, {"network": values(network.whole.variables)}))
    return history
