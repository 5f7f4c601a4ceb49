"""A training: the frozen phase, then fine-tuning; what was best on validation is kept."""

from pathlib import Path

import keras
import pandas as pd

from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.trained import Footprint
from fracture.console import PipelineError
from fracture.imaging.augmentation import augmentation
from fracture.params.train import FineTune, Model, Train
from fracture.training.batches import Batches, Examples, Inputs
from fracture.training.distribution import spread
from fracture.training.features import gather, moments, view_seeds
from fracture.training.fitting import NO_SUPPORT, Phase, Support, fit
from fracture.training.footprint import footprint
from fracture.training.localising import boxed, unboxed, with_map
from fracture.training.network import Network, build, fold
from fracture.training.resume import assign, random_state, restore_random_state, values
from fracture.training.task import Task

HEAD = "head"
"""The store's name for the state between the phases: the network with its trained head."""


def train_one(
    model: Model,
    settings: Train,
    data: tuple[PackedImages, Task],
    seed: int,
    support: Support,
    folder: Path | None,
) -> tuple[pd.DataFrame, Footprint | None]:
    """Build a network on the device that was prepared, train and write it.

    Args:
        model: Backbone and variant.
        settings: The recipe with the model's overrides.
        data: Radiographs of all parts, and what is learnt from them.
        seed: Of order and augmentation.
        support: See `Support`.
        folder: To be written; None in a process that only computes its share.

    Returns:
        Its history; what it is made of, where it was written.
    """
    if settings.device == "all":
        print(f"each batch is spread over {spread(settings.batch_size)} devices")
    packed, task = data
    _, size, _, channels = packed.images.shape
    network = build(model, settings, size, task, channels)
    history = train(network, packed, settings, seed, support)
    counted = None
    if folder:
        networks.write(network.whole, folder)
        trained_on = int((packed.table["part"] == "train").sum())
        counted = footprint(network, settings, history, trained_on, folder)
    # The next seed's network gets the memory and the layers' names of this one.
    del network
    keras.utils.clear_session()
    return history, counted


def train(
    network: Network,
    packed: PackedImages,
    settings: Train,
    seed: int,
    support: Support = NO_SUPPORT,
) -> pd.DataFrame:
    """Train a network in place; validation only stops it and chooses between epochs.

    Args:
        network: As `build` returns it.
        packed: Radiographs of all parts; those of the test part are not used.
        settings: The recipe with the model's overrides.
        seed: Of order and augmentation.
        support: See `Support`.

    Returns:
        The history, with the columns of fracture/artifacts/history.py without `seed`.
    """
    examples = Examples.select(packed, network.task, settings)
    if settings.finetune.epochs:
        lowest(network, settings.finetune)  # refuses a wrong name before hours of the first phase
    histories = []
    if settings.frozen.epochs:
        histories.append(train_head(network, examples, settings, seed, support))
    if settings.finetune.epochs:
        head, before = network.whole.get_weights(), sum(map(len, histories))
        histories.append(fine_tune(network, examples, settings, seed, support, before))
        least = [history["validation_loss"].min() for history in histories]
        # A fracture map has learnt nothing before.
        if settings.finetune.patience and least[-1] > least[0] and not network.map:
            print(
                f"validation loss {least[-1]:.4f} after fine-tuning, {least[0]:.4f} before: undone"
            )
            network.whole.set_weights(head)
    return pd.concat(histories, ignore_index=True)


def train_head(
    network: Network, examples: Examples, settings: Train, seed: int, support: Support
) -> pd.DataFrame:
    """Train the head in place on cached features of the backbone; return the history.

    Args:
        network: As `build` returns it; its backbone does not change.
        examples: For training and validation.
        settings: Those of the frozen phase, its head and its augmentation.
        seed: Of order and augmentation.
        support: See `Support`; a head that was trained before an interruption is restored.
    """
    frozen, store, cache = settings.frozen, support.store, support.cache
    if store and (saved := store.load(HEAD)):
        print("the head is trained already")
        assign(network.whole.variables, saved["network"])
        restore_random_state(saved["random"])
        return saved["history"]
    views = gather(network, examples.images, settings, view_seeds(frozen.views, seed), cache)
    (validation,) = gather(network, examples.validation_images, settings, [None], cache)
    if network.normalization is not None:
        network.normalization.set_weights(list(moments(views)))
    history = fit(
        network.head,
        Batches(views, examples.labels, examples.weights, settings.batch_size, seed),
        (validation, examples.validation_labels),
        settings,
        Phase(
            "frozen",
            frozen.epochs,
            settings.learning_rate,
            frozen.patience,
            task=network.task,
        ),
        support,
    )
    if store and settings.finetune.epochs:
        state = {"network": values(network.whole.variables), "random": random_state()}
        store.save(HEAD, state | {"history": history})
    return history


def fine_tune(
    network: Network,
    examples: Examples,
    settings: Train,
    seed: int,
    support: Support,
    before: int,
) -> pd.DataFrame:
    """Train the network in place on radiographs that are augmented anew in each epoch.

    Args:
        network: Its backbone is unfrozen from a chosen layer upwards.
        examples: For training and validation.
        settings: Those of fine-tuning, and its augmentation.
        seed: Of order and augmentation.
        support: See `Support`.
        before: Epochs of the frozen phase.

    Returns:
        The history.
    """
    tuning = settings.finetune
    unfreeze(network, tuning)
    # Another seed than that of the cached views.
    model, images, validation = augmented(network, examples, settings, seed + 1)
    return fit(
        model,
        Batches([images], examples.labels, examples.weights, settings.batch_size, seed),
        (validation, examples.validation_labels),
        settings,
        Phase(
            "finetune",
            tuning.epochs,
            settings.learning_rate * tuning.learning_rate_scale,
            tuning.patience,
            before,
            learning_rate_scales(network, tuning),
            network.task,
            network.map is not None,
        ),
        support,
    )


def augmented(
    network: Network, examples: Examples, settings: Train, seed: int
) -> tuple[keras.Model, Inputs, Inputs]:
    """Return the model that fine-tuning fits, which augments what it is given, and its inputs.

    Args:
        network: As `build` returns it, some of its layers trainable.
        examples: For training and validation.
        settings: Augmentation, and the losses of a fracture map.
        seed: Of the augmentation.

    Returns:
        The model; what it takes for training, and for validation.
    """
    augment = augmentation(settings.augmentation, seed)
    if network.map:
        return (
            with_map(network, network.map, augment, settings.localise),
            boxed(examples, network.map),
            unboxed(examples.validation_images, network.map),
        )
    radiograph = keras.Input(network.whole.input_shape[1:])
    model = keras.Model(radiograph, fold(network.whole)(augment(radiograph)))
    return model, examples.images, examples.validation_images


def unfreeze(network: Network, settings: FineTune) -> None:
    """Make the upper part of the backbone trainable.

    Args:
        network: With its backbone's layers from bottom to top.
        settings: `unfreeze` is the share of layers, 0 to 1, or the name of the lowest layer;
            `batch_norm` and `depthwise` say whether batch normalisations and the filters of
            depthwise convolutions are trained too.

    Raises:
        PipelineError: There is no layer of that name.
    """
    first = lowest(network, settings)
    kept: list[type[keras.Layer]] = []
    if settings.batch_norm == "frozen":
        # The published statistics stay: those of small batches from another domain would be worse.
        kept.append(keras.layers.BatchNormalization)
    if settings.depthwise == "frozen":
        # Few weights, whose gradient takes up to a fifth of a step on a CPU.
        kept.append(keras.layers.DepthwiseConv2D)
    for position, layer in enumerate(network.backbone):
        layer.trainable = position >= first and not isinstance(layer, tuple(kept))


def lowest(network: Network, settings: FineTune) -> int:
    """Return the position of the lowest layer of the backbone that fine-tuning trains.

    Args:
        network: With its backbone's layers from bottom to top.
        settings: See `unfreeze`.

    Raises:
        PipelineError: There is no layer of that name.
    """
    names = [layer.name for layer in network.backbone]
    if not isinstance(settings.unfreeze, str):
        return len(names) - round(settings.unfreeze * len(names))
    if settings.unfreeze not in names:
        raise PipelineError(
            f"finetune.unfreeze: no layer {settings.unfreeze!r}; layers from bottom to top: "
            f"{', '.join(names[:: max(1, len(names) // 20)])} ..."
        )
    return names.index(settings.unfreeze)


def learning_rate_scales(network: Network, settings: FineTune) -> dict[str, float]:
    """Return the scale of the learning rate of variables by their path, where it is not 1.

    In the backbone it grows geometrically with the layer, from `lowest_rate` at the bottom to 1 at
    the top. A fracture map, which has learnt nothing before, learns at the rate of the first phase.

    Args:
        network: With its backbone's layers from bottom to top.
        settings: Of fine-tuning.
    """
    layers, scales = network.backbone, dict[str, float]()
    if settings.lowest_rate != 1:
        for position, layer in enumerate(layers):
            scale = settings.lowest_rate ** (1 - position / (len(layers) - 1))
            scales |= {variable.path: scale for variable in layer.variables}
    if network.map:
        for layer in network.whole.layers:
            if layer not in layers and layer not in network.head.layers:
                rate = 1 / settings.learning_rate_scale
                scales |= {variable.path: rate for variable in layer.variables}
    return scales
