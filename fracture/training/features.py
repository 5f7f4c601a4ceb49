"""Features of radiographs out of a frozen backbone, computed once for every use of the same."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from fracture.console import progress
from fracture.imaging.augmentation import augmentation
from fracture.inputs.code import code_of
from fracture.params.train import Train
from fracture.training.batches import Inputs
from fracture.training.cache import FOLDER, Cache, Features
from fracture.training.distribution import scatter
from fracture.training.network import Network
from fracture.training.resume import digest, fingerprint
from fracture.training.rows import Rows

HARMLESS: dict[str, Any] = {
    "weights": True,  # their bytes count
    "device": True,  # the one that was taken counts
    "augmentation": True,  # counts for augmented views
    "head": {"normalize", "units", "dropout"},
    "frozen": {"epochs", "views", "patience"},
} | dict.fromkeys(
    (
        "optimizer", "learning_rate", "weight_decay", "schedule", "warmup", "label_smoothing",
        "focal", "ema", "class_weights", "batch_norm_momentum", "finetune",
    ),
    True,
)  # fmt: skip
"""Parameters that do not change the features; one that is not named here is taken to do so."""

APART = 1_000_000
"""Between the seeds of two views: PyTorch's draws of neighbouring seeds overlap."""

CHUNK = 1024


def draws(views: int, seed: int) -> list[int | None]:
    """Return the augmentation's seed for each view; None for the first, which is not augmented.

    Each view has a seed of its own, so that it is the same however many others there are.
    """
    return [None, *((seed + APART * view) % 2**31 for view in range(views - 1))]


def gather(
    network: Network,
    images: Rows,
    settings: Train,
    seeds: Sequence[int | None],
    cache: Cache | None = None,
) -> list[Rows]:
    """Return the backbone's features of radiographs, float32 (n, d) for each view.

    A frozen backbone gives the same features in every epoch: computing them once is what saves the
    time.

    Args:
        network: Its weights are as they will be in the frozen phase.
        images: uint8 (n, height, width, 1).
        settings: Batch size, augmentation and all else that the features depend on.
        seeds: As `draws` returns them.
        cache: Where they are looked up and kept; None computes them into memory.
    """
    label = f"features of {len(images):,} radiographs"
    views = [f"{label}, view {number} of {len(seeds)}" for number in range(1, len(seeds) + 1)]
    computed = [
        _view(network, images, settings, seed, view)
        for seed, view in zip(seeds, views if len(seeds) > 1 else [label], strict=True)
    ]
    if cache is None:
        return [Rows(np.concatenate(list(batches))) for batches in computed]
    wanted = keys(network, images, settings, seeds)
    found = [cache.read(key) for key in wanted]
    if hits := sum(rows is not None for rows in found):
        some = "" if hits == len(found) else f"{hits} of {len(found)} views "
        print(f"{label}: {some}taken from {FOLDER}")
    shape = (len(images), network.features.output_shape[1])
    return [
        cache.write(key, shape, batches) if rows is None else rows
        for key, rows, batches in zip(wanted, found, computed, strict=True)
    ]


def _view(
    network: Network, images: Rows, settings: Train, seed: int | None, label: str
) -> Iterator[Features]:
    augment = None if seed is None else augmentation(settings.augmentation, seed)
    yield from compute(network.features, images, settings.batch_size, label, augment)


def compute(
    features: keras.Model, images: Inputs, batch_size: int, label: str, augment: Any = None
) -> Iterator[Features]:
    """Yield features, float32 (batch, d), of radiographs as they are or as `augment` changes them.

    Args:
        features: From radiographs to features.
        images: uint8 (n, height, width, 1).
        batch_size: How many are computed together.
        label: Of the progress bar.
        augment: Such as `augmentation` returns.
    """
    starts = range(0, len(images), batch_size)
    size = min(batch_size, len(images))
    for start in progress(starts, len(starts), label, "batches"):
        batch: Any = images[start : start + size].astype(np.float32)
        count = len(batch)
        # Filled up with its own radiographs: of another size or type, all would be traced anew.
        batch = np.resize(batch, (size, *batch.shape[1:]))
        if augment is not None:
            batch = augment(batch, training=True)
        yield np.asarray(features.predict_on_batch(scatter(batch)), np.float32)[:count]


def keys(network: Network, images: Rows, settings: Train, seeds: Sequence[int | None]) -> list[str]:
    """Return the key of each view's features: equal where, and only where, the features are."""
    weights = network.features.weights
    starts = range(0, len(images), settings.batch_size)
    facts = {
        "backbone": network.whole.name,
        "weights": digest(np.asarray(weight) for weight in weights),
        "radiographs": digest(images[start : start + settings.batch_size] for start in starts),
        "settings": settings.model_dump(mode="json", exclude=HARMLESS),
        "backend": keras.backend.backend(),
        "device": str(weights[0].value.device),
        "cores": os.cpu_count(),  # what `threads: all` means
    }
    bounds = settings.augmentation.model_dump(mode="json")
    code = code_of(__name__)
    return [
        fingerprint(facts | ({} if seed is None else {"seed": seed, "bounds": bounds}), [], code)
        for seed in seeds
    ]


def moments(
    views: Sequence[Inputs],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return mean and variance of each feature over all views, float32 (d,) each.

    They are summed up row after row, as NumPy does: the same bytes as of one array of all views,
    without its memory.
    """
    count = sum(map(len, views))
    mean = (_total(views, np.asarray) / count).astype(np.float32)
    variance = _total(views, lambda rows: np.square(rows - mean)) / count
    return mean, variance.astype(np.float32)


def _total(views: Sequence[Inputs], of: Callable[[Features], Features]) -> npt.NDArray[np.float64]:
    """Return the float32 sum over all rows of what `of` makes of them."""
    total: list[Features] = []
    for view in views:
        for start in range(0, len(view), CHUNK):
            total = [np.add.reduce(np.concatenate([*total, of(view[start : start + CHUNK])]))[None]]
    return total[0][0].astype(np.float64)
