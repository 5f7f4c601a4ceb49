"""The fine-tuning phase: the network itself learns, from a chosen layer upwards."""

import keras
import pandas as pd

from fracture.console import PipelineError
from fracture.imaging.augmentation import augmentation
from fracture.params.train import FineTune, Train
from fracture.training.batches import Batches
from fracture.training.examples import Examples
from fracture.training.fitting import Phase, fit
from fracture.training.folding import fold
from fracture.training.network import Network
from fracture.training.resume import Store


def fine_tune(
    network: Network, examples: Examples, settings: Train, seed: int, store: Store | None = None
) -> pd.DataFrame:
    """Train the network in place on radiographs augmented anew each epoch; return its history."""
    tuning = settings.finetune
    unfreeze(network, tuning)
    radiograph = keras.Input(network.whole.input_shape[1:])
    # Another seed than the cached views had.
    augment = augmentation(settings.augmentation, seed + 1)
    return fit(
        keras.Model(radiograph, fold(network.whole)(augment(radiograph))),
        Batches([examples.images], examples.labels, examples.weights, settings.batch_size, seed),
        (examples.validation_images, examples.validation_labels),
        settings,
        Phase(
            "finetune",
            tuning.epochs,
            settings.learning_rate * tuning.learning_rate_scale,
            tuning.patience,
            learning_rate_scales(network, tuning.lowest_rate) if tuning.lowest_rate != 1 else {},
        ),
        store,
    )


def unfreeze(network: Network, settings: FineTune) -> None:
    """Make the upper part of the backbone trainable: a share of its layers, or from a named layer.

    Raises:
        PipelineError: There is no layer of that name.
    """
    layers = network.backbone
    if isinstance(settings.unfreeze, str):
        names = [layer.name for layer in layers]
        if settings.unfreeze not in names:
            raise PipelineError(
                f"finetune.unfreeze: no layer {settings.unfreeze!r}; layers from bottom to top: "
                f"{', '.join(names[:: max(1, len(names) // 20)])} ..."
            )
        first = names.index(settings.unfreeze)
    else:
        first = len(layers) - round(settings.unfreeze * len(layers))
    for position, layer in enumerate(layers):
        normalizes = isinstance(layer, keras.layers.BatchNormalization)
        # A frozen batch normalisation keeps the published statistics, which small batches of
        # another domain would spoil.
        layer.trainable = position >= first and not (normalizes and settings.batch_norm == "frozen")


def learning_rate_scales(network: Network, lowest: float) -> dict[str, float]:
    """Return the scale of the learning rate of each variable of the backbone, by its path.

    It grows geometrically with the layer, from `lowest` at the bottom to 1 at the top.
    """
    layers = network.backbone
    return {
        variable.path: lowest ** (1 - position / (len(layers) - 1))
        for position, layer in enumerate(layers)
        for variable in layer.variables
    }
