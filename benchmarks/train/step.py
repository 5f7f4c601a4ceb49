"""Fine-tuning against the bare train step; and the step itself with XLA and in bfloat16."""

import os
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from statistics import median
from typing import Any
from unittest import mock

from benchmarks.machine import in_fresh_process
from benchmarks.textures import first_batch, pack
from fracture.artifacts.arrays import PackedImages
from fracture.device import prepare
from fracture.params import section
from fracture.params.train import Model, Train, merge, resolve

HEADER = ["network", "what", "images / s", "over", "ratio", "lowest", "highest"]
BARE, ALONE = "bare step", "bare step of the network alone"

Seconds = list[dict[str, float]]
"""Of so many steps, by what was run, a row for each repetition."""


@dataclass(frozen=True)
class Case:
    """A model of params.yaml in a recipe, and what it is measured with."""

    model: str
    recipe: str
    size: int
    batch_size: int
    steps: int


CASES = (
    Case("mobilenet_v2", "transfer", 224, 32, steps=10),
    Case("deepconvnet", "demo", 80, 16, steps=50),
)


@dataclass(frozen=True)
class Trial:
    """What one process measures: a network, its settings, and how often."""

    model: Model
    settings: Train
    size: int
    steps: int
    repetitions: int

    def packed(self) -> PackedImages:
        """Return radiographs for the steps of an epoch, and a batch for validation."""
        batch = self.settings.batch_size
        return pack({"train": batch * self.steps, "validation": batch}, self.size)


def measure(arguments: Namespace) -> Iterator[Sequence[str]]:
    """Yield the rows of the table of fine-tuning over the bare step.

    Args:
        arguments: Of the command line.
    """
    for name, images, trial in _trials(arguments):
        plain = in_fresh_process(fine_tune, trial, augmented=False)
        yield [name, *_line("bare step", plain, BARE, BARE, images)]
        yield [name, *_line("fine-tuning, not augmented", plain, "fit", BARE, images)]
        augmented = in_fresh_process(fine_tune, trial, augmented=True)
        yield [name, *_line("bare step, augmentation in it", augmented, BARE, ALONE, images)]
        yield [name, *_line("fine-tuning, augmented", augmented, "fit", BARE, images)]
        yield [name, *_line("fine-tuning, augmented", augmented, "fit", ALONE, images)]


def measure_compiled(arguments: Namespace) -> Iterator[Sequence[str]]:
    """Yield the rows of the table of the bare step by compiler and precision.

    Args:
        arguments: Of the command line.
    """
    for name, images, trial in _trials(arguments):
        seconds = in_fresh_process(compile_steps, trial)
        first = next(iter(seconds[0]))
        for way in seconds[0]:
            yield [name, *_line(f"bare step, {way}", seconds, way, first, images)]


def _trials(arguments: Namespace) -> Iterator[tuple[str, int, Trial]]:
    """Yield what is measured, the radiographs of an epoch and the trial, for each model asked for.

    Nothing is shown while they run but the model's name: what is printed takes time.
    """
    for case in CASES:
        if case.model not in arguments.models:
            continue
        model, settings = resolve(section.load(), case.model, case.recipe)
        size, batch_size = arguments.size or case.size, arguments.batch or case.batch_size
        steps = arguments.steps or case.steps
        changes: dict[str, Any] = {
            "weights": None,
            "batch_size": batch_size,
            "threads": "all",
            "frozen": {"epochs": 0},
            "localise": {"stride": 0},  # benchmarks.fine_tuning times maps
            "finetune": {"epochs": arguments.repetitions + 1, "patience": 0},
        }
        settings = Train.parse(merge(settings.model_dump(), changes), "the benchmark")
        name = f"{case.model}, {size} px, batch {batch_size}"
        print(f"{name} ...", file=sys.stderr)
        yield name, batch_size * steps, Trial(model, settings, size, steps, arguments.repetitions)


def _line(label: str, seconds: Seconds, way: str, over: str, images: int) -> list[str]:
    ratios = [row[over] / row[way] for row in seconds]
    rate = images / median(row[way] for row in seconds)
    numbers = (f"{value:.2f}" for value in (median(ratios), min(ratios), max(ratios)))
    return [label, f"{rate:.1f}", over, *numbers]


def fine_tune(trial: Trial, augmented: bool) -> Seconds:
    """Race our fine-tuning against the bare step of the very model that it fits.

    Args:
        trial: What is fitted.
        augmented: Whether the augmentation is part of the model.
    """
    settings = trial.settings
    prepare(settings.device, 0, settings.precision, settings.threads)
    import keras  # noqa: PLC0415 - once the device is chosen

    from benchmarks.bare import Runner, bare_step, race  # noqa: PLC0415
    from fracture.training import training  # noqa: PLC0415
    from fracture.training.network import build  # noqa: PLC0415

    packed = trial.packed()
    network = build(trial.model, settings, trial.size)

    def opponents(model: keras.Model, _: Any) -> dict[str, Runner]:
        batch = first_batch(packed, settings.batch_size)
        runners = {BARE: bare_step(model, batch)}
        if augmented:
            runners[ALONE] = bare_step(_compiled(network.whole, settings, batch), batch)
        return runners

    without = mock.patch.object(training, "augmentation", return_value=keras.layers.Identity())
    with nullcontext() if augmented else without, race(trial.steps, opponents) as rows:
        training.train(network, packed, settings, 0)
    return rows


def compile_steps(trial: Trial) -> Seconds:
    """Time the bare step with and without XLA, in 32 and in 16 bits, in turns.

    All four without the promise of equal bytes: XLA has no such gradient of max-pooling in
    TensorFlow, and Keras leaves XLA out wherever the promise is given.
    """
    settings = trial.settings
    os.environ["TF_DETERMINISTIC_OPS"] = "0"
    prepare(settings.device, 0, threads=settings.threads)
    import keras  # noqa: PLC0415

    from benchmarks.bare import bare_step  # noqa: PLC0415
    from fracture.training.network import build  # noqa: PLC0415
    from fracture.training.training import unfreeze  # noqa: PLC0415

    batch = first_batch(trial.packed(), settings.batch_size)
    runners = {}
    for precision in ("float32", "mixed_bfloat16"):
        keras.config.set_dtype_policy(precision)
        network = build(trial.model, settings, trial.size)
        unfreeze(network, settings.finetune)
        model = _compiled(network.whole, settings, batch)
        for xla in (False, True):
            way = f"{precision}, {'XLA' if xla else 'no XLA'}"
            runners[way] = bare_step(model, batch, xla=xla)
            runners[way](1)
    return [
        {way: run(trial.steps) for way, run in runners.items()} for _ in range(trial.repetitions)
    ]


def _compiled(model: Any, settings: Train, batch: tuple[Any, Any, Any]) -> Any:
    """Compile a model as fracture/training/fitting.py does; run one step, which builds the rest."""
    import keras  # noqa: PLC0415

    from fracture.training.fitting import optimizer  # noqa: PLC0415

    model.compile(
        optimizer=optimizer(settings, settings.learning_rate, steps=1000, scales={}),
        loss="binary_crossentropy",
        metrics=[keras.metrics.AUC(name="auc")],
    )
    model.train_on_batch(*batch)
    return model
