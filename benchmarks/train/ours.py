"""Our way: each file decoded once, the frozen network run once, the head trained on features."""

import time
from pathlib import Path

from benchmarks.train.drawn import Drawn
from benchmarks.train.trained import Trained
from fracture.artifacts import arrays
from fracture.device import prepare
from fracture.imaging.variant import View, render
from fracture.params.train import Model, Train
from fracture.splitting.table import tabulate_parts


def train(drawn: Drawn, model: Model, settings: Train, size: int, seed: int) -> Trained:
    """Pack radiographs and train on them, as the stages preprocess and train do.

    The clock starts once the backend is imported and has computed something; it ends with training.

    Args:
        drawn: Manifest and split.
        model: Names the backbone.
        settings: Its weights, head and phases.
        size: Of the squares, pixels.
        seed: Of order, augmentation and weights.
    """
    prepare(settings.device, seed, settings.precision, settings.threads)
    import keras  # noqa: PLC0415 - once the device is chosen

    from fracture.training import training  # noqa: PLC0415
    from fracture.training.cache import Cache  # noqa: PLC0415
    from fracture.training.network import build  # noqa: PLC0415

    keras.ops.convert_to_numpy(keras.ops.ones(1) + 1)
    begun = time.perf_counter()
    table = tabulate_parts(drawn.radiographs, drawn.parts, size)
    to = arrays.path(model.variant)
    images = (image for (image,) in render(drawn.radiographs, Path(), [View(size, ())]))
    arrays.write(to, table, size, images)
    packed = arrays.read(to)
    read = time.perf_counter()
    network = build(model, settings, size)
    built = time.perf_counter()
    training.train(network, packed, settings, seed, cache=Cache.from_environment({}))
    trained = time.perf_counter()

    rows = packed.rows("test")
    predicted = network.whole.predict(packed.images[rows], settings.batch_size, verbose=0)
    return Trained(
        {"packing": read - begun, "building": built - read, "training": trained - built},
        dict(zip(table["id"].iloc[rows], predicted[:, 0].tolist(), strict=True)),
    )
