"""What trained networks make of radiographs that they never saw."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from fracture.artifacts import network as networks
from fracture.artifacts.manifest import Radiograph
from fracture.device import prepare
from fracture.imaging.variant import render
from fracture.inference.home import Trained
from fracture.inference.packing import packing
from fracture.inference.probabilities import predict
from fracture.judging.pool import pool

Probabilities = npt.NDArray[np.float64]


def predict_all(
    models: Mapping[str, Sequence[Trained]],
    radiographs: Sequence[Radiograph],
    root: Path,
    seed: int,
) -> dict[str, Probabilities]:
    """Return each model's probabilities of a fracture, float64 (n,), by name, in order.

    A radiograph is rendered as large as a network's own input, once for all networks of one
    variant and size; each network looks once, though several ensembles hold it.

    Args:
        models: By name: the networks that are pooled.
        radiographs: Of n files, examined.
        root: The folder to which their paths are relative.
        seed: Of the device.
    """
    found: dict[Path, Probabilities] = {}
    rows = np.arange(len(radiographs))
    once = {trained.folder: trained for several in models.values() for trained in several}
    by_variant = sorted(once.values(), key=lambda trained: repr(trained.variant))
    for _, alike in groupby(by_variant, key=lambda trained: trained.variant):
        with ExitStack() as files:
            packed: dict[int, npt.NDArray[np.uint8]] = {}
            for model in alike:
                prepare(model.train.device, seed, threads=model.train.threads)
                network = networks.read(model.folder)
                size = network.input_shape[1]
                if size not in packed:
                    packed[size] = files.enter_context(packing(len(radiographs), size))
                    for row, image in enumerate(
                        render(radiographs, root, size, model.variant.steps)
                    ):
                        packed[size][row, :, :, 0] = image
                predicted = predict(
                    network, packed[size], rows, model.train.batch_size, mirror=model.mirror
                )
                found[model.folder] = predicted.astype(np.float64)
    return {
        name: pool([found[trained.folder] for trained in several])
        for name, several in models.items()
    }
