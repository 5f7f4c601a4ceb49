"""Train a model's networks on its variant's arrays, once for each seed."""

import os
from pathlib import Path
from time import monotonic

import pandas as pd

from fracture.artifacts import arrays, history, trained
from fracture.artifacts import network as networks
from fracture.artifacts.atomic import replacing
from fracture.console import run
from fracture.device import load_keras, prepare
from fracture.inputs.code import code_of
from fracture.params import section
from fracture.params.targets import TargetSection
from fracture.params.train import resolve
from fracture.training.live import Live, live_curves
from fracture.training.population import plan, restrict
from fracture.training.resume import fingerprint


def main(name: str) -> None:
    """Train the model `name` and write its networks and their history."""
    parameters = section.load()
    seeds = section.value_at(parameters, "seeds")
    model, settings = resolve(parameters, name)
    load_keras(settings.device, settings.threads)
    # Only now: these import Keras, whose backend reads its settings while it is imported.
    from fracture.training import cache, distribution, fitting, progress, training  # noqa: PLC0415
    from fracture.training.task import task_of  # noqa: PLC0415

    packed = arrays.read(arrays.path(model.variant))
    sections = {key: TargetSection.read(parameters, "targets", key) for key in model.targets}
    made = plan(model, sections, packed.table, seeds)
    task = task_of([row.target for row in made.targets], list((model.also or {}).values()))
    settled = {"model": model.model_dump(mode="json"), "train": settings.model_dump(mode="json")}
    code = code_of("fracture.training.training")
    mark = fingerprint(settled | made.model_dump(), [arrays.path(model.variant)], code)
    processes = distribution.join(settings.device, mark)
    stores = {
        key: processes.store(f"{name}-{networks.folder_name(key[1], key[0])}", mark)
        for key in made.networks
    }
    # Of several processes none may find features while the others compute theirs together.
    features = cache.Cache.from_environment(os.environ) if processes.count == 1 else None

    def train(key: tuple[str, int], live: Live | None, folder: Path | None) -> pd.DataFrame:
        support = fitting.Support(stores[key], features, live)
        data = restrict(packed, made, key[0]), task
        return training.train_one(model, settings, data, key[1], support, folder)

    def prepared(seed: int) -> str:
        return prepare(settings.device, seed, settings.precision, settings.threads)

    if processes.number:
        with distribution.silence():
            for value, seed in made.networks:
                prepared(seed)
                train((value, seed), live=None, folder=None)
        return
    for value, reason in made.without.items():
        print(f"{name}: no network for {value}: {reason}")
    histories = []
    # All at once: an interruption leaves the networks that were there, and no other seed's stays.
    with replacing(networks.folder(name)) as beside:
        beside.mkdir()
        for value, seed in made.networks:
            folder = beside / networks.folder_name(seed, value)
            label = ", ".join(
                [name, *([value] if value else []), *([f"seed {seed}"] if len(seeds) > 1 else [])]
            )
            made_of = f"{model.backbone} on {model.variant} radiographs"
            print(f"{label}: {made_of}, {prepared(seed)}", flush=True)
            start = monotonic()
            try:
                with live_curves(name, seed, f"{name}-{folder.name}-{mark}") as live:
                    table = train((value, seed), live, folder)
            except KeyboardInterrupt:
                advice = "the same command goes on after the last finished epoch"
                raise KeyboardInterrupt(advice) from None
            print(f"{label}: {progress.summary(table, monotonic() - start)}")
            histories.append(table.assign(seed=seed, trained_on=value))
        trained.write(made, beside)
        history.write(pd.concat(histories, ignore_index=True), beside / history.path(name).name)
    for store in stores.values():
        store.discard()


if __name__ == "__main__":
    run(main, __doc__, "model")
