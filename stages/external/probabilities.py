"""What trained networks make of radiographs that they never saw."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path

import numpy as np
import numpy.typing as npt

from stages.artifacts import network as networks
from stages.artifacts.manifest import Radiograph
from stages.device import prepare
from stages.external.home import Trained
from stages.external.packing import packing
from stages.imaging.variant import render
from stages.inference.probabilities import predict

Probabilities = npt.NDArray[np.float64]


def predict_all(
    models: Mapping[str, Trained], radiographs: Sequence[Radiograph], root: Path, seed: int
) -> dict[str, Probabilities]:
    """Return each model's probabilities of a fracture, float64 (n,), by name, in order.

    A radiograph is rendered as large as a network's own input, once for all networks of one
    variant and size.

    Args:
        models: By name.
        radiographs: Of n files, examined.
        root: The folder to which their paths are relative.
        seed: Of the device.
    """
    found: dict[str, Probabilities] = {}
    rows = np.arange(len(radiographs))
    by_variant = sorted(models, key=lambda name: repr(models[name].variant))
    for _, names in groupby(by_variant, key=lambda name: models[name].variant):
        with ExitStack() as files:
            packed: dict[int, npt.NDArray[np.uint8]] = {}
            for name in names:
                model = models[name]
                prepare(model.train.device, seed, threads=model.train.threads)
                network = networks.read(model.folder)
                size = network.input_shape[1]
                if size not in packed:
                    packed[size] = files.enter_context(packing(len(radiographs), size))
                    for row, image in enumerate(
                        render(radiographs, root, size, model.variant.steps)
                    ):
                        packed[size][row, :, :, 0] = image
                predicted = predict(network, packed[size], rows, model.train.batch_size)
                found[name] = predicted.astype(np.float64)
    return {name: found[name] for name in models}
