"""The two ways to train the head of a network: a notebook's and ours."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.train.drawn import CLASSES, Drawn
from benchmarks.train.trained import Trained
from fracture.artifacts import arrays
from fracture.device import prepare
from fracture.imaging.variant import View, render, tabulate_parts
from fracture.params.train import Model, Train


def train_notebook(
    tree: Path, settings: Train, size: int, epochs: Sequence[int], seed: int
) -> dict[int, Trained]:
    """Train MobileNetV2's head on a tree of class folders, as a notebook on FracAtlas does.

    Each epoch decodes and augments the files and runs the whole frozen network.

    The clock starts once TensorFlow is imported and has computed something; it ends with the epoch.

    Args:
        tree: Holds <part>/<class>/<id>.
        settings: Head, augmentation, learning rate and batch size.
        size: Of the squares that the files are stretched to, pixels.
        epochs: After how many the network is kept; all in one run.
        seed: Of order, augmentation and weights.

    Returns:
        By number of epochs.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras  # noqa: PLC0415 - in a process of its own

    keras.utils.set_random_seed(seed)
    keras.ops.convert_to_numpy(keras.ops.ones(1) + 1)
    augmented, plain = _generators(settings)
    begun = time.perf_counter()
    flow: dict[str, Any] = {
        "target_size": (size, size),
        "batch_size": settings.batch_size,
        "class_mode": "binary",
        "classes": list(CLASSES),
    }
    training = augmented.flow_from_directory(tree / "train", seed=seed, **flow)
    validation = plain.flow_from_directory(tree / "validation", shuffle=False, **flow)
    model = _model(settings, size)
    kept: dict[int, tuple[float, Any]] = {}

    def keep(epoch: int, _: dict[str, float]) -> None:
        if epoch + 1 in epochs:
            kept[epoch + 1] = time.perf_counter() - begun, model.get_weights()

    model.fit(
        training,
        validation_data=validation,
        epochs=max(epochs),
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=keep)],
        verbose=2,
    )
    test = plain.flow_from_directory(tree / "test", shuffle=False, **flow)
    return {
        count: Trained({"all": seconds}, _predict(model, weights, test))
        for count, (seconds, weights) in kept.items()
    }


def _generators(settings: Train) -> tuple[Any, Any]:
    """Return what reads files for training, augmented, and what reads the others as they are."""
    from tensorflow.keras.preprocessing.image import ImageDataGenerator  # noqa: PLC0415

    bounds = settings.augmentation
    augmented = ImageDataGenerator(
        rescale=1 / 255,
        rotation_range=bounds.rotation,
        width_shift_range=bounds.shift,
        height_shift_range=bounds.shift,
        zoom_range=bounds.zoom,
        shear_range=bounds.shear,
        horizontal_flip=True,
    )
    return augmented, ImageDataGenerator(rescale=1 / 255)


def _predict(model: Any, weights: Any, test: Any) -> dict[str, float]:
    """Return the probability of each file, by its name without suffix, under some weights."""
    model.set_weights(weights)
    probabilities = model.predict(test, verbose=0)[:, 0].tolist()
    return dict(zip((Path(name).stem for name in test.filenames), probabilities, strict=True))


def _model(settings: Train, size: int) -> Any:
    import keras  # noqa: PLC0415
    from keras import layers  # noqa: PLC0415

    base = keras.applications.MobileNetV2(
        weights=settings.weights, include_top=False, input_shape=(size, size, 3)
    )
    base.trainable = False
    model = keras.Sequential([base, layers.GlobalAveragePooling2D()])
    for units in settings.head.units:
        model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dropout(settings.head.dropout))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(
        optimizer=keras.optimizers.Adam(settings.learning_rate),
        loss="binary_crossentropy",
        metrics=["accuracy", keras.metrics.AUC(name="auc")],
    )
    return model


def train_ours(drawn: Drawn, model: Model, settings: Train, size: int, seed: int) -> Trained:
    """Pack radiographs and train on them, as the stages preprocess and train do.

    Each file is decoded once, the frozen network run once, the head trained on features.

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
    from fracture.training.fitting import Support  # noqa: PLC0415
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
    support = Support(cache=Cache.from_environment({}))
    training.train(network, packed, settings, seed, support)
    trained = time.perf_counter()

    rows = packed.rows("test")
    predicted = network.whole.predict(packed.images[rows], settings.batch_size, verbose=0)
    return Trained(
        {"packing": read - begun, "building": built - read, "training": trained - built},
        dict(zip(table["id"].iloc[rows], predicted[:, 0].tolist(), strict=True)),
    )
