"""Train a network on its variant's arrays, once for each seed."""

import os
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pandas as pd

from fracture.artifacts import arrays, history
from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.atomic import replacing
from fracture.console import run
from fracture.device import prepare
from fracture.inputs.code import code_of
from fracture.params import section
from fracture.params.train import Model, Train, resolve
from fracture.training.cache import Cache
from fracture.training.live import shown
from fracture.training.processes import SharedStore, join, silence
from fracture.training.resume import Store, fingerprint
from fracture.training.summary import summary


def main(name: str) -> None:
    """Train the model `name` and write its networks and their history."""
    parameters = section.load()
    seeds = section.value_at(parameters, "seeds")
    model, settings = resolve(parameters, name)
    packed = arrays.read(arrays.path(model.variant))
    asked = {"model": model.model_dump(mode="json"), "train": settings.model_dump(mode="json")}
    code = code_of("fracture.training.training")
    mark = fingerprint(asked, [arrays.path(model.variant)], code)
    processes = join(settings.device, mark)
    stores = {seed: processes.store(f"{name}-seed{seed}", mark) for seed in seeds}
    if processes.number:
        with silence():
            for seed in seeds:
                prepare(settings.device, seed, settings.precision, settings.threads)
                train_one(model, settings, packed, seed, stores[seed])
        return
    histories = []
    # All at once: an interruption leaves the networks that were there, and no other seed's stays.
    with replacing(networks.folder(name)) as beside:
        for seed in seeds:
            label = f"{name}, seed {seed}" if len(seeds) > 1 else name
            device = prepare(settings.device, seed, settings.precision, settings.threads)
            made_of = f"{model.backbone} on {model.variant} radiographs"
            print(f"{label}: {made_of}, {device}", flush=True)
            to, start = beside / networks.path(name, seed).name, monotonic()
            try:
                with shown(name, seed, f"{name}-seed{seed}-{mark}") as live:
                    store = replace(stores[seed], live=live)
                    learned = train_one(model, settings, packed, seed, store, to)
            except KeyboardInterrupt:
                told = "the same command goes on after the last finished epoch"
                raise KeyboardInterrupt(told) from None
            for line in summary(learned, monotonic() - start):
                print(f"{label}: {line}")
            histories.append(learned.assign(seed=seed))
    for store in stores.values():
        store.discard()
    table = pd.concat(histories, ignore_index=True)
    history.write(table, history.path(name))


def train_one(
    model: Model,
    settings: Train,
    packed: PackedImages,
    seed: int,
    store: Store,
    to: Path | None = None,
) -> pd.DataFrame:
    """Train a network on the device that was prepared, write it, and return its history.

    Args:
        model: What it is made of.
        settings: How it is trained.
        packed: Radiographs of all parts.
        seed: Of the training.
        store: Where its states are kept until all seeds' networks are written.
        to: The folder to write; a process that only computes along writes none.
    """
    # Of several processes none may find features while others compute theirs together.
    cache = None if isinstance(store, SharedStore) else Cache.from_environment(os.environ)
    # Only now, with the device chosen, may Keras be imported.
    import keras  # noqa: PLC0415

    from fracture.training.distribution import spread  # noqa: PLC0415
    from fracture.training.network import build  # noqa: PLC0415
    from fracture.training.training import train  # noqa: PLC0415

    if settings.device == "all":
        print(f"each batch is spread over {spread(settings.batch_size)} devices")
    network = build(model, settings, size=packed.images.shape[1])
    table = train(network, packed, settings, seed, store, cache)
    if to:
        networks.write(network.whole, to)
    # The next seed's network gets the memory and the layers' names of this one.
    del network
    keras.utils.clear_session()
    return table


if __name__ == "__main__":
    run(main, __doc__, "model")
