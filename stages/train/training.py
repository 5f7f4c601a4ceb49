"""A training: the frozen phase, then fine-tuning; what was best on validation is kept."""

import numpy as np
import pandas as pd

from stages.artifacts.arrays import PackedImages
from stages.params.train import Train
from stages.train.examples import take
from stages.train.finetune import fine_tune
from stages.train.frozen import train_head
from stages.train.network import Network


def train(network: Network, packed: PackedImages, settings: Train, seed: int) -> pd.DataFrame:
    """Train a network in place on the radiographs for training; validation only stops and chooses.

    Args:
        network: Freshly built.
        packed: Radiographs of all parts; those of the test part are not touched.
        settings: The recipe with the model's overrides.
        seed: Of order and augmentation.

    Returns:
        The history, as in stages/artifacts/history.py.
    """
    examples = take(packed, settings)
    histories = []
    if settings.frozen.epochs:
        histories.append(train_head(network, examples, settings, seed))
    if settings.finetune.epochs:
        before = network.whole.get_weights()
        histories.append(fine_tune(network, examples, settings, seed))
        best = [history["validation_loss"].min() for history in histories]
        if settings.finetune.patience and best[-1] > best[0]:
            print(f"validation loss {best[-1]:.4f} after fine-tuning, {best[0]:.4f} before: undone")
            network.whole.set_weights(before)
    history = pd.concat(histories, ignore_index=True)
    return history.assign(epoch=np.arange(1, len(history) + 1))
