"""A notebook's way and ours, side by side: the same files, network, head, and number of epochs."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import in_fresh_process
from benchmarks.train.drawn import draw, plant
from benchmarks.train.trained import Trained, area, gain, sample
from benchmarks.train.ways import train_notebook, train_ours
from fracture.params import section
from fracture.params.train import Train, merge, resolve

HEADER = ["way", "epochs", "seconds", "times as fast", "test AUROC", "greater by [95 %]", "of it"]


def compare(arguments: Namespace) -> Iterator[Sequence[str]]:
    """Yield a row of the table for each way and number of epochs.

    Args:
        arguments: Of the command line.
    """
    parameters = section.load()
    model, settings = resolve(parameters, "mobilenet_v2", "reference")
    drawn = draw(arguments.radiographs, arguments.count, arguments.seed)
    labels = {radiograph.id: radiograph.fractured for radiograph in drawn.radiographs}
    evaluate: dict[str, Any] = section.value_at(parameters, "evaluate")
    with TemporaryDirectory() as tree:
        plant(drawn, Path(tree))
        theirs = in_fresh_process(
            train_notebook, Path(tree), settings, arguments.size, arguments.epochs, arguments.seed
        )
    for epochs in arguments.epochs:
        chosen = _settings(settings, epochs, arguments.views)
        mine = in_fresh_process(train_ours, drawn, model, chosen, arguments.size, arguments.seed)
        before, after = sample(theirs[epochs], labels), sample(mine, labels)
        greater, low, high = gain(after, before, evaluate["draws"], evaluate["confidence"])
        yield _row("notebook", epochs, theirs[epochs], "1", f"{area(before):.3f}")
        yield [
            *_row(
                f"ours, {arguments.views} views",
                epochs,
                mine,
                f"{theirs[epochs].total / mine.total:.1f}",
                f"{area(after):.3f}",
            ),
            f"{greater:+.3f} [{low:+.3f}, {high:+.3f}]",
            ", ".join(f"{name} {seconds:.1f}" for name, seconds in mine.seconds.items()),
        ]


def _settings(settings: Train, epochs: int, views: int) -> Train:
    """Return the settings for the head alone, so many epochs, none of them spared."""
    changes: dict[str, Any] = {
        "frozen": {"epochs": epochs, "views": views, "patience": 0},
        "finetune": {"epochs": 0},
    }
    return Train.parse(merge(settings.model_dump(), changes), "the benchmark")


def _row(way: str, epochs: int, trained: Trained, times: str, auroc: str) -> list[str]:
    return [way, str(epochs), f"{trained.total:.1f}", times, auroc]
