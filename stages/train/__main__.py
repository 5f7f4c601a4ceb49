"""Train a network on its variant's arrays, once for each seed, and draw how it learned."""

from pathlib import Path

import pandas as pd

from stages.artifacts import arrays, history
from stages.artifacts import network as networks
from stages.artifacts.arrays import PackedImages
from stages.artifacts.atomic import replacing
from stages.console import run
from stages.device import prepare
from stages.figures import save
from stages.params import section
from stages.params.train import Model, Train, resolve
from stages.train.curves import draw_curves
from stages.train.resume import Store, fingerprint


def main(name: str) -> None:
    """Train the model `name` and write its networks, their history and the curves."""
    parameters = section.load()
    seeds = section.at(parameters, "seeds")
    model, settings = resolve(parameters, name)
    packed = arrays.read(arrays.path(model.variant))
    asked = {"model": model.model_dump(mode="json"), "train": settings.model_dump(mode="json")}
    mark = fingerprint(asked, [arrays.path(model.variant)])
    stores = {seed: Store.of(f"{name}-seed{seed}", mark) for seed in seeds}
    histories = []
    # All at once: an interruption leaves the networks that were there, and no other seed's stays.
    with replacing(networks.folder(name)) as beside:
        for seed in seeds:
            label = f"{name}, seed {seed}" if len(seeds) > 1 else name
            device = prepare(settings.device, seed, settings.precision, settings.threads)
            print(f"{label}: {model.backbone} on {model.variant} radiographs, {device}")
            to = beside / networks.path(name, seed).name
            try:
                learned = train_one(model, settings, packed, seed, stores[seed], to)
            except KeyboardInterrupt:
                told = "the same command goes on after the last finished epoch"
                raise KeyboardInterrupt(told) from None
            best = learned["validation_loss"].min()
            print(f"{label}: {len(learned)} epochs, least validation loss {best:.3f}")
            histories.append(learned.assign(seed=seed))
    for store in stores.values():
        store.discard()
    table = pd.concat(histories, ignore_index=True)
    history.write(table, history.path(name))
    picture = history.path(name).with_name("training.png")
    save(draw_curves(table, name), picture, packed.synthetic)
    print(f"{name}: curves: {picture}")


def train_one(
    model: Model, settings: Train, packed: PackedImages, seed: int, store: Store, to: Path
) -> pd.DataFrame:
    """Train a network on the device that was prepared, write it, and return its history.

    Args:
        model: What it is made of.
        settings: How it is trained.
        packed: Radiographs of all parts.
        seed: Of the training.
        store: Where its states are kept until all seeds' networks are written.
        to: The folder to write.
    """
    # Only now, with the device chosen, may Keras be imported.
    import keras  # noqa: PLC0415

    from stages.train.network import build  # noqa: PLC0415
    from stages.train.training import train  # noqa: PLC0415

    network = build(model, settings, size=packed.images.shape[1])
    table = train(network, packed, settings, seed, store)
    networks.write(network.whole, to)
    # The next seed's network gets the memory and the layers' names of this one.
    del network
    keras.utils.clear_session()
    return table


if __name__ == "__main__":
    run(main, __doc__, "model")
