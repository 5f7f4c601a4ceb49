"""How fast a network of one kind learns on this machine: a few real steps on noise."""

from time import monotonic

import keras
import numpy as np
import pandas as pd

from fracture.artifacts.arrays import PackedImages
from fracture.imaging.augmentation import augmentation
from fracture.params.train import FineTune, Frozen, Model, Train
from fracture.targets import FRACTURED
from fracture.training.features import compute
from fracture.training.fitting import Support
from fracture.training.live import Live
from fracture.training.network import build
from fracture.training.training import train
from tools.estimate.work import Pace

STEPS = 4
"""Batches in an epoch; the first of a phase is compiled and does not count."""
EPOCHS = 2
BOX = "[[8, 8, 24, 24]]"


class Clock(Live):
    """Takes down how fast each phase is, in place of showing it."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def show(self, epoch: int, phase: str, logs: dict[str, float]) -> None:  # noqa: ARG002
        """Keep the seconds that a radiograph took in the last epoch of a phase."""
        self.seconds[phase] = 1 / logs["images_per_second"]


def measure(model: Model, settings: Train, size: int, channels: int) -> Pace:
    """Return what a network costs, from a training of a few steps on noise.

    Random weights do: they cost what published ones cost, and need no download.

    Args:
        model: Its entry.
        settings: How it is trained.
        size: Of a radiograph as it sees it, pixels.
        channels: Of such a radiograph.
    """
    short = settings.model_copy(
        update={
            "weights": None,
            "frozen": shortened(settings.frozen),
            "finetune": shortened(settings.finetune),
        }
    )
    clock, began = Clock(), monotonic()
    network = build(model, short, size, channels=channels)
    packed = noise(STEPS * settings.batch_size, settings.batch_size, (size, size, channels))
    train(network, packed, short, 0, Support(live=clock))
    whole = monotonic() - began
    features = seconds_of_features(network.features, packed, settings)
    frozen, finetune = clock.seconds.get("frozen", 0.0), clock.seconds.get("finetune", 0.0)
    images = len(packed.images)
    views = images * short.frozen.views if short.frozen.epochs else 0
    steady = views * features + EPOCHS * images * (frozen + finetune)
    pace = Pace(
        start=max(0.0, whole - steady),
        features=features,
        head=frozen,
        finetune=finetune,
        weights=network.whole.count_params(),
        width=network.features.output_shape[1],
    )
    del network
    keras.utils.clear_session()
    return pace


def shortened(phase: Frozen | FineTune) -> Frozen | FineTune:
    """Return a phase of `EPOCHS` epochs that never stops early; none where it has none."""
    return phase.model_copy(update={"epochs": EPOCHS if phase.epochs else 0, "patience": 0})


def noise(training: int, validation: int, shape: tuple[int, int, int]) -> PackedImages:
    """Return noise as packed radiographs, each second one fractured.

    Args:
        training: How many there are in the training part.
        validation: And in the validation part.
        shape: Height, width and channels of each.
    """
    count = training + validation
    images = np.random.default_rng(0).integers(0, 256, (count, *shape), np.uint8)
    table = pd.DataFrame(
        {
            "part": ["train"] * training + ["validation"] * validation,
            FRACTURED: [place % 2 for place in range(count)],
            "boxes": [BOX if place % 2 else "[]" for place in range(count)],
        }
    )
    return PackedImages(images, table)


def seconds_of_features(features: keras.Model, packed: PackedImages, settings: Train) -> float:
    """Return the seconds that the frozen backbone takes for a radiograph that is augmented.

    Args:
        features: Radiographs in, features out.
        packed: Radiographs.
        settings: Batch size and augmentation.
    """
    augment = augmentation(settings.augmentation, 0)
    times = []
    for _ in compute(features, packed.images, settings.batch_size, "features", augment):
        times.append(monotonic())  # noqa: PERF401 - it is the time of each that counts
    return (times[-1] - times[0]) / (len(times) - 1) / settings.batch_size
