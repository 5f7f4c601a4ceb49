"""Time steps of fine-tuning without a fracture map, with one, and with fewer weights that learn.

    python -m benchmarks.fine_tuning
    python -m benchmarks.fine_tuning --models efficientnet_lite0 --size 384 --batch 32

The steps read, augment and learn as fine-tuning does, each way in turn. The networks have random
weights and, but for what a way changes, the settings of the recipe `transfer`.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
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

HEADER = ["network", "way", "images / s", "time over the first", "lowest", "highest", "MiB"]
TRAINED, FROZEN = {"depthwise": "train"}, {"depthwise": "frozen"}
WAYS: dict[str, dict[str, Any]] = {
    "no map": {"localise": {"stride": 0}, "finetune": TRAINED},
    "map of stride 8": {"localise": {"stride": 8}, "finetune": TRAINED},
    "map, depthwise filters frozen": {"localise": {"stride": 8}, "finetune": FROZEN},
}
"""What each changes in the recipe."""


def main() -> None:
    """Print what was measured as a Markdown table."""
    parser = parser_of("fine_tuning", __doc__)
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
    fixed = {"weights": None, "batch_size": arguments.batch, "threads": "all"}
    ways = {label: settings_with(settings, fixed | changes) for label, changes in WAYS.items()}
    seconds = in_fresh_process(race, model, ways, arguments)
    memory = {
        label: in_fresh_process(two_steps, model, chosen, arguments)
        for label, chosen in ways.items()
    }
    first = next(iter(ways))
    for label in ways:
        ratios = [row[label] / row[first] for row in seconds]
        rate = arguments.batch * arguments.steps / median(row[label] for row in seconds)
        numbers = (f"{value:.2f}" for value in (median(ratios), min(ratios), max(ratios)))
        yield [name, label, f"{rate:.1f}", *numbers, f"{memory[label]:,}"]


def settings_with(settings: Train, changes: Mapping[str, Any]) -> Train:
    """Return the same settings with some changed.

    Args:
        settings: Of the model.
        changes: As in params.yaml.
    """
    return Train.parse(merge(settings.model_dump(), dict(changes)), "the benchmark")


def race(
    model: Model, ways: Mapping[str, Train], arguments: argparse.Namespace
) -> list[dict[str, float]]:
    """Return the seconds of so many steps each way, a row for each repetition.

    Args:
        model: What is fitted.
        ways: How, by name.
        arguments: Of the command line.
    """
    packed = _begin(next(iter(ways.values())), arguments)
    steps = {label: stepper(model, settings, packed) for label, settings in ways.items()}
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


def two_steps(model: Model, settings: Train, arguments: argparse.Namespace) -> int:
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
