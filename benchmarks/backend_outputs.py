"""What a network computes under one backend, KERAS_BACKEND, for backends.py."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fracture.device import prepare
from fracture.params import section
from fracture.params.train import resolve

RADIOGRAPHS = 8
STEPS = 2
WEIGHTS = "network.weights.h5"


def radiographs(size: int) -> npt.NDArray[np.uint8]:
    """Return noise that is brighter in one image than in another, (n, size, size, 1)."""
    random = np.random.default_rng(0)
    brightest = random.integers(50, 256, (RADIOGRAPHS, 1, 1, 1))
    return random.integers(0, brightest, (RADIOGRAPHS, size, size, 1)).astype(np.uint8)


def randomise(network: Any, images: npt.NDArray[np.uint8]) -> None:
    """Draw weights under which all parts count, and normalise each layer's output on the images."""
    random = np.random.default_rng(0)
    for weight in network.weights:
        if weight.name in {"gamma", "moving_variance"}:
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
        elif weight.name in {"beta", "bias", "moving_mean"}:
            weight.assign(random.normal(0, 0.1, weight.shape))
    for layer in network.layers:
        if hasattr(layer, "momentum"):
            layer.momentum = 0.0  # the statistics become those of the images
    network(images.astype(np.float32), training=True)


def main(cases: Mapping[str, tuple[int, float]], folder: Path) -> None:
    """Write probabilities, and the losses of a few steps of training, as an .npz of the backend.

    Args:
        cases: Height and width of the radiographs, pixels, and the learning rate, by a key of
            `models` in params.yaml.
        folder: Has a folder for each case: of the weights, which the first backend draws and
            writes, and of the outputs.
    """
    prepare("cpu", 0)
    for name, (size, rate) in cases.items():
        (folder / name).mkdir(exist_ok=True)
        write_outputs(name, size, rate, folder / name)


def write_outputs(name: str, size: int, rate: float, folder: Path) -> None:
    """Write what `main` writes of one case."""
    model, settings = resolve(section.load(), name, "transfer")
    # Draws differ between backends, so nothing is drawn: no dropout, no augmentation.
    head = settings.head.model_copy(update={"dropout": 0.0})
    settings = settings.model_copy(update={"weights": None, "head": head})
    import keras  # noqa: PLC0415 - once the device is chosen

    from fracture.training.network import build  # noqa: PLC0415
    from fracture.training.training import unfreeze  # noqa: PLC0415

    parts = build(model, settings, size)
    network, images = parts.whole, radiographs(size)
    if not (folder / WEIGHTS).exists():
        randomise(network, images)
        network.save_weights(folder / WEIGHTS)
    network.load_weights(folder / WEIGHTS)
    labels = (np.arange(RADIOGRAPHS) % 2).astype(np.float32)[:, None]
    probabilities = np.asarray(network.predict_on_batch(images))
    unfreeze(parts, settings.finetune)
    # Not Adam, which makes as large as any a gradient that is rounding alone.
    network.compile(keras.optimizers.SGD(rate), "binary_crossentropy")
    network.optimizer.build(network.trainable_variables)
    losses = [float(network.train_on_batch(images, labels)) for _ in range(STEPS)]
    to = folder / f"{keras.backend.backend()}.npz"
    np.savez(to, probabilities=probabilities, losses=np.array(losses))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), Path(sys.argv[2]))
