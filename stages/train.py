"""Train a network on its variant's arrays, once for each seed."""

import os
from pathlib import Path
from time import monotonic

import pandas as pd

from fracture.artifacts import arrays, history
from fracture.artifacts import network as networks
from fracture.artifacts.atomic import replacing
from fracture.console import run
from fracture.device import load_keras, prepare
from fracture.inputs.code import code_of
from fracture.params import section
from fracture.params.train import resolve
from fracture.training.live import Live, live_curves
from fracture.training.resume import fingerprint


def main(name: str) -> None:
    """Train the model `name` and write its networks and their history."""
    parameters = section.load()
    seeds = section.value_at(parameters, "seeds")
    model, settings = resolve(parameters, name)
    load_keras(settings.device, settings.threads)
    # Only now: these import Keras, whose backend reads its settings while it is imported.
    from fracture.training import cache, distribution, fitting, progress, training  # noqa: PLC0415

    packed = arrays.read(arrays.path(model.variant))
    chosen = {"model": model.model_dump(mode="json"), "train": settings.model_dump(mode="json")}
    code = code_of("fracture.training.training")
    mark = fingerprint(chosen, [arrays.path(model.variant)], code)
    processes = distribution.join(settings.device, mark)
    stores = {seed: processes.store(f"{name}-seed{seed}", mark) for seed in seeds}
    # Of several processes none may find features while the others compute theirs together.
    features = cache.Cache.from_environment(os.environ) if processes.count == 1 else None

    def train(seed: int, live: Live | None, folder: Path | None) -> pd.DataFrame:
        support = fitting.Support(stores[seed], features, live)
        return training.train_one(model, settings, packed, seed, support, folder)

    def prepared(seed: int) -> str:
        return prepare(settings.device, seed, settings.precision, settings.threads)

    if processes.number:
        with distribution.silence():
            for seed in seeds:
                prepared(seed)
                train(seed, live=None, folder=None)
        return
    histories = []
    # All at once: an interruption leaves the networks that were there, and no other seed's stays.
    with replacing(networks.folder(name)) as beside:
        for seed in seeds:
            label = f"{name}, seed {seed}" if len(seeds) > 1 else name
            made_of = f"{model.backbone} on {model.variant} radiographs"
            print(f"{label}: {made_of}, {prepared(seed)}", flush=True)
            start, folder = monotonic(), beside / networks.path(name, seed).name
            try:
                with live_curves(name, seed, f"{name}-seed{seed}-{mark}") as live:
                    table = train(seed, live, folder)
            except KeyboardInterrupt:
                advice = "the same command goes on after the last finished epoch"
                raise KeyboardInterrupt(advice) from None
            print(f"{label}: {progress.summary(table, monotonic() - start)}")
            histories.append(table.assign(seed=seed))
    for store in stores.values():
        store.discard()
    history.write(pd.concat(histories, ignore_index=True), history.path(name))


if __name__ == "__main__":
    run(main, __doc__, "model")
