"""Time what a fracture map costs: steps of fine-tuning with and without it, in turns.

    python -m benchmarks.fracture_map
    python -m benchmarks.fracture_map --models efficientnet_lite0 --size 384 --batch 32

The steps read, augment and learn as fine-tuning does. Both networks have random weights and the
settings of the recipe `transfer`; the one has no map, the other one of stride 8.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from tabulate import tabulate

from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import describe, in_fresh_process, peak_memory, versions
from benchmarks.textures import pack
from fracture.artifacts.arrays import PackedImages
from fracture.device import prepare
from fracture.params import section
from fracture.params.train import Model, Train, merge, resolve

HEADER = ["network", "fracture map", "images / s", "time over none", "lowest", "highest", "MiB"]
STRIDES = {"none": 0, "stride 8": 8}


def main() -> None:
    """Print what was measured as a Markdown table."""
    parser = parser_of("fracture_map", __doc__)
    parser.add_argument("--models", nargs="+", default=["mobilenet_v2", "efficientnet_lite0"])
    parser.add_argument("--size", type=int, default=384, help="pixels")
    parser.add_argument("--batch", type=int, default=32, help="radiographs")
    parser.add_argument("--steps", type=int, default=3, help="between two readings of the clock")
    parser.add_argument("--repetitions", type=int, default=5)
    arguments = parser.parse_args()
    rows = [row for name in arguments.models for row in measure(name, arguments)]
    print(f"{describe()}; {versions('keras', 'tensorflow', 'numpy')}\n")
    print(tabulate(rows, HEADER, "pipe", disable_numparse=True))


def measure(name: str, arguments: argparse.Namespace) -> Iterator[list[str]]:
    """Yield the rows of a model.

    Args:
        name: A key of `models` in params.yaml.
        arguments: Of the command line.
    """
    parameters = section.load()
    model, settings = resolve(parameters, name, "transfer")
    settings = settings_with(settings, 0, weights=None, batch_size=arguments.batch)
    seconds = in_fresh_process(race, model, settings, arguments)
    memory = {
        label: in_fresh_process(one_step, model, settings_with(settings, stride), arguments)
        for label, stride in STRIDES.items()
    }
    for label in STRIDES:
        ratios = [row[label] / row["none"] for row in seconds]
        rate = arguments.batch * arguments.steps / median(row[label] for row in seconds)
        numbers = (f"{value:.2f}" for value in (median(ratios), min(ratios), max(ratios)))
        yield [name, label, f"{rate:.1f}", *numbers, f"{memory[label]:,}"]


def settings_with(settings: Train, stride: int, **changes: Any) -> Train:
    """Return the same settings with a fracture map of this stride.

    Args:
        settings: Of the model.
        stride: Of its map; 0: none.
        changes: Further ones.
    """
    changes = {"localise": {"stride": stride}, "threads": "all", **changes}
    return Train.parse(merge(settings.model_dump(), changes), "the benchmark")


def race(model: Model, settings: Train, arguments: argparse.Namespace) -> list[dict[str, float]]:
    """Return the seconds of so many steps without and with a map, a row for each repetition.

    Args:
        model: What is fitted.
        settings: How.
        arguments: Of the command line.
    """
    packed = _begin(settings, arguments)
    steps = {
        label: stepper(model, settings_with(settings, stride), packed)
        for label, stride in STRIDES.items()
    }
    for step in steps.values():
        step()  # traced, and warm
    rows = []
    for _ in range(arguments.repetitions):
        row = {}
        for label, step in steps.items():
            begun = time.perf_counter()
            for _ in range(arguments.steps):
                step()
            row[label] = time.perf_counter() - begun
        rows.append(row)
    return rows


def one_step(model: Model, settings: Train, arguments: argparse.Namespace) -> int:
    """Return the peak memory of a process that runs two steps, MiB.

    Args:
        model: What is fitted.
        settings: How.
        arguments: Of the command line.
    """
    packed = _begin(settings, arguments)
    step = stepper(model, settings, packed)
    step()
    step()
    return peak_memory()


def _begin(settings: Train, arguments: argparse.Namespace) -> PackedImages:
    """Prepare the device of this process; return a batch of radiographs."""
    prepare(settings.device, 0, settings.precision, settings.threads)
    return pack({"train": arguments.batch, "validation": 1}, arguments.size)


def stepper(model: Model, settings: Train, packed: PackedImages) -> Callable[[], object]:
    """Return a function that reads a batch and fits a network to it once.

    Args:
        model: What is fitted.
        settings: How.
        packed: Radiographs, a batch of them for training.
    """
    from fracture.training.batches import Batches, Examples  # noqa: PLC0415 - import Keras
    from fracture.training.fitting import optimizer  # noqa: PLC0415
    from fracture.training.network import build  # noqa: PLC0415
    from fracture.training.training import augmented, unfreeze  # noqa: PLC0415

    network = build(model, settings, packed.images.shape[1])
    unfreeze(network, settings.finetune)
    examples = Examples.select(packed, network.task, settings)
    fitted, images, _ = augmented(network, examples, settings, 0)
    batches = Batches([images], examples.labels, examples.weights, settings.batch_size, 0)
    fitted.compile(
        optimizer=optimizer(settings, settings.learning_rate, 1000, {}),
        loss=network.task.loss(settings),
        weighted_metrics=[network.task.auc()],
    )
    return lambda: fitted.train_on_batch(*batches[0])


if __name__ == "__main__":
    end_in_a_line(main)
