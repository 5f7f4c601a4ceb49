"""Train a model's networks on its variant's arrays, once for each seed."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pandas as pd

from fracture.artifacts import arrays, costs, history, trained
from fracture.artifacts import network as networks
from fracture.artifacts.arrays import PackedImages
from fracture.artifacts.atomic import replacing
from fracture.artifacts.trained import Footprint, Trained
from fracture.console import run
from fracture.device import load_keras, prepare
from fracture.inputs.code import code_of
from fracture.params import section
from fracture.params.targets import TargetSection
from fracture.params.train import Model, Train, resolve
from fracture.training.live import live_curves
from fracture.training.population import plan, restrict
from fracture.training.resume import fingerprint

if TYPE_CHECKING:
    from fracture.training.fitting import Support
    from fracture.training.task import Task


@dataclass(frozen=True)
class Training:
    """What is trained, on what.

    Attributes:
        name: A key of `models`.
        model: What it is made of.
        settings: How it is trained.
        made: Its networks.
        task: What they learn.
        packed: Radiographs of all parts.
        support: By what a network is trained on and its seed.
        mark: Of parameters, data and code.
        devices: On which its networks were trained, one after the other.
    """

    name: str
    model: Model
    settings: Train
    made: Trained
    task: "Task"
    packed: PackedImages
    support: Mapping[tuple[str, int], "Support"]
    mark: str
    devices: list[str] = field(default_factory=list)

    def each(self, folder: Path | None) -> Iterator[tuple[pd.DataFrame, Footprint | None]]:
        """Train the networks one after the other, and yield the history of each and what it is.

        Args:
            folder: For their folders; None in a process that only computes its share.
        """
        from fracture.training import progress, training  # noqa: PLC0415 - import Keras

        settings = self.settings
        for value, seed in self.made.networks:
            to = folder / networks.folder_name(seed, value) if folder else None
            numbered = f"seed {seed}" if len(self.made.seeds) > 1 else ""
            label = ", ".join(filter(None, [self.name, value, numbered]))
            device = prepare(settings.device, seed, settings.precision, settings.threads)
            self.devices.append(device)
            made_of = f"{self.model.backbone} on {self.model.variant} radiographs"
            print(f"{label}: {made_of}, {device}", flush=True)
            start, support = monotonic(), self.support[value, seed]
            data = restrict(self.packed, self.made, value), self.task
            key = f"{self.name}-{networks.folder_name(seed, value)}-{self.mark}"
            with live_curves(self.name, seed, key) if to else nullcontext() as live:
                table, counted = training.train_one(
                    self.model, settings, data, seed, support.showing(live), to
                )
            print(f"{label}: {progress.summary(table, monotonic() - start)}")
            yield table.assign(seed=seed, trained_on=value), counted


def main(name: str) -> None:
    """Train the model `name` and write its networks and their history."""
    parameters = section.load()
    model, settings = resolve(parameters, name)
    load_keras(settings.device, settings.threads)
    # Only now: these import Keras, whose backend reads its settings while it is imported.
    from fracture.training import cache, distribution, fitting  # noqa: PLC0415
    from fracture.training.progress import Speeds  # noqa: PLC0415
    from fracture.training.task import Task  # noqa: PLC0415

    packed = arrays.read(arrays.path(model.variant))
    sections = {key: TargetSection.read(parameters, "targets", key) for key in model.targets}
    made = plan(model, sections, packed.table, section.value_at(parameters, "training_seeds"))
    targets = tuple(row.target for row in made.targets)
    task = Task(targets, (1.0, *(model.also or {}).values()))
    settled = {"model": model.model_dump(mode="json"), "train": settings.model_dump(mode="json")}
    code = code_of("fracture.training.training")
    mark = fingerprint(settled | made.model_dump(), [arrays.path(model.variant)], code)
    processes = distribution.join(settings.device, mark)
    # Of several processes none may find features while the others compute theirs together.
    features = cache.Cache.from_environment(os.environ) if processes.count == 1 else None
    stores = {
        (value, seed): processes.store(f"{name}-{networks.folder_name(seed, value)}", mark)
        for value, seed in made.networks
    }
    speeds, start = Speeds(), monotonic()
    support = {
        key: fitting.Support(store, features, speeds=speeds) for key, store in stores.items()
    }
    training = Training(name, model, settings, made, task, packed, support, mark)
    if processes.number:
        with distribution.silence():
            list(training.each(None))
        return
    for value, reason in made.without.items():
        print(f"{name}: no network for {value}: {reason}")
    # All at once: an interruption leaves the networks that were there, and no other seed's stays.
    try:
        with replacing(networks.folder(name)) as folder:
            folder.mkdir()
            histories, counted = zip(*training.each(folder), strict=True)
            trained.write(with_footprints(made, counted), folder)
            table = pd.concat(histories, ignore_index=True)
            history.write(table, folder / history.path(name).name)
    except KeyboardInterrupt:
        advice = "the same command goes on after the last finished epoch"
        raise KeyboardInterrupt(advice) from None
    costs.write(
        name,
        costs.Training,
        training.devices[-1],
        seconds=round(monotonic() - start, 3),
        whole=speeds.epochs == len(table),
        images_per_second=speeds.finetune and round(speeds.finetune, 1),
    )
    for store in stores.values():
        store.discard()


def with_footprints(made: Trained, counted: Iterable[Footprint | None]) -> Trained:
    """Return a model with what its networks are made of.

    Args:
        made: The model.
        counted: Of its networks, in their order.
    """
    names = [networks.folder_name(seed, kind) for kind, seed in made.networks]
    named = zip(names, counted, strict=True)
    return made.model_copy(update={"footprints": {name: one for name, one in named if one}})


if __name__ == "__main__":
    run(main, __doc__, "model")
