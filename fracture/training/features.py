"""Features of radiographs from a frozen backbone, computed once for all epochs and trainings."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np

from fracture.console import progress
from fracture.imaging.augmentation import augmentation
from fracture.inputs.code import code_of
from fracture.params.train import Train
from fracture.training.batches import Floats, Inputs, Rows
from fracture.training.cache import FOLDER, Cache
from fracture.training.distribution import scatter
from fracture.training.network import Network
from fracture.training.resume import digest, fingerprint

HARMLESS: dict[str, Any] = {
    "weights": True,  # their bytes count
    "device": True,  # the device that was found counts
    "augmentation": True,  # counts for augmented views
    "head": {"normalize", "units", "dropout"},
    "frozen": {"epochs", "views", "patience"},
} | dict.fromkeys(
    (
        "optimizer", "learning_rate", "weight_decay", "schedule", "warmup", "label_smoothing",
        "focal", "ema", "class_weights", "batch_norm_momentum", "localise", "finetune",
    ),
    True,
)  # fmt: skip
"""Parameters that do not change the features; all others are taken to change them."""

SEED_STEP = 1_000_000
"""Between the seeds of two views: PyTorch's draws of neighbouring seeds overlap."""

CHUNK = 1024


def view_seeds(views: int, seed: int) -> list[int | None]:
    """Return the augmentation's seed for each view; None for the first, which is not augmented.

    Each view has a seed of its own, so that it does not depend on the number of views.

    Args:
        views: Their number, 1 or more.
        seed: Of the training, 0 or more.
    """
    return [None, *((seed + SEED_STEP * view) % 2**31 for view in range(views - 1))]


def gather(
    network: Network,
    images: Rows,
    settings: Train,
    seeds: Sequence[int | None],
    cache: Cache | None = None,
) -> list[Rows]:
    """Return the backbone's features of radiographs, float32 (n, d) for each view.

    A frozen backbone gives the same features in every epoch, so they are computed once.

    Args:
        network: With the weights that it has in the frozen phase.
        images: uint8 (n, height, width, channels).
        settings: Batch size, augmentation and all else that the features depend on.
        seeds: See `view_seeds`.
        cache: Where features are looked up and kept; None computes them into memory.
    """
    label = f"features of {len(images):,} radiographs"
    wanted = keys(network, images, settings, seeds) if cache else [""] * len(seeds)
    found = [cache.read(key) if cache else None for key in wanted]
    if hits := sum(rows is not None for rows in found):
        some = "" if hits == len(found) else f"{hits} of {len(found)} views "
        print(f"{label}: {some}taken from {FOLDER}")
    shape = (len(images), network.features.output_shape[1])
    views = []
    for number, (key, seed, rows) in enumerate(zip(wanted, seeds, found, strict=True), 1):
        if rows is not None:
            views.append(rows)
            continue
        title = f"{label}, view {number} of {len(seeds)}" if len(seeds) > 1 else label
        augment = None if seed is None else augmentation(settings.augmentation, seed)
        batches = compute(network.features, images, settings.batch_size, title, augment)
        views.append(
            cache.write(key, shape, batches) if cache else Rows(np.concatenate(list(batches)))
        )
    return views


def compute(
    features: keras.Model, images: Inputs, batch_size: int, label: str, augment: Any = None
) -> Iterator[Floats]:
    """Yield the features of radiographs, float32 (batch, d), with a progress bar.

    Args:
        features: From radiographs to features.
        images: uint8 (n, height, width, channels).
        batch_size: Radiographs that are computed together.
        label: Of the progress bar.
        augment: Layers that change the radiographs first, see `augmentation`.
    """
    starts = range(0, len(images), batch_size)
    size = min(batch_size, len(images))
    for start in progress(starts, len(starts), label, "batches"):
        batch: Any = images[start : start + size].astype(np.float32)
        count = len(batch)
        # The last batch is padded with its own radiographs: another size would be compiled anew.
        batch = np.resize(batch, (size, *batch.shape[1:]))
        if augment is not None:
            batch = augment(batch, training=True)
        yield np.asarray(features.predict_on_batch(scatter(batch)), np.float32)[:count]


def keys(network: Network, images: Rows, settings: Train, seeds: Sequence[int | None]) -> list[str]:
    """Return a key for each view: the fingerprint of all that its features depend on.

    Args:
        network: With the weights that it has in the frozen phase.
        images: uint8 (n, height, width, channels); their bytes count.
        settings: Those that are not in `HARMLESS` count.
        seeds: See `view_seeds`.
    """
    weights = network.features.weights
    starts = range(0, len(images), settings.batch_size)
    facts = {
        "backbone": network.whole.name,
        "weights": digest(np.asarray(weight) for weight in weights),
        "radiographs": digest(images[start : start + settings.batch_size] for start in starts),
        "settings": settings.model_dump(mode="json", exclude=HARMLESS),
        "backend": keras.backend.backend(),
        "device": str(weights[0].value.device),
        "cores": os.cpu_count(),  # the number that `threads: all` means
    }
    bounds = settings.augmentation.model_dump(mode="json")
    code = code_of(__name__)
    return [
        fingerprint(facts | ({} if seed is None else {"seed": seed, "bounds": bounds}), [], code)
        for seed in seeds
    ]


def moments(views: Sequence[Inputs]) -> tuple[Floats, Floats]:
    """Return mean and variance of each feature over all views, float32 (d,) each.

    They are summed row after row, as NumPy sums: the bytes are those that one array of all views
    would give, without its memory.
    """
    count = sum(map(len, views))
    mean = (_total(views, np.asarray) / count).astype(np.float32)
    variance = _total(views, lambda rows: np.square(rows - mean)) / count
    return mean, variance.astype(np.float32)


def _total(views: Sequence[Inputs], change: Callable[[Floats], Floats]) -> Any:
    """Return the float32 sum over all rows after `change`, as float64 (d,)."""
    total: list[Floats] = []
    for view in views:
        for start in range(0, len(view), CHUNK):
            rows = change(view[start : start + CHUNK])
            total = [np.add.reduce(np.concatenate([*total, rows]))[None]]
    return total[0][0].astype(np.float64)
