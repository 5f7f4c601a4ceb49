"""How the cost of training grows with the radiographs: seconds and peak memory, 1 and 13 models.

    python -m benchmarks.growth
    python -m benchmarks.growth --all 1000 4000 16000

Noise is packed as the stage preprocess packs radiographs, and `python -m stages.train` is run on it
in a temporary folder: a process a model, as DVC starts it, imports included, with the phases that
the model has in the recipe `demo`, each cut to a few epochs.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ruamel.yaml import YAML
from tabulate import tabulate

from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import MEBIBYTE, describe, versions
from benchmarks.textures import noise, tabulate_parts
from fracture.artifacts import arrays
from fracture.artifacts.splits import Part
from fracture.console import PipelineError, progress
from fracture.params import section
from fracture.params.train import Train, merge, resolve

ROOT = Path(__file__).parents[1]
RECIPE, VARIANT = "demo", "plain"
SHARES: dict[Part, float] = {"train": 0.7, "validation": 0.1, "test": 0.2}
HEADER = [
    "models",
    "radiographs",
    "seconds",
    "ratio",
    "peak MiB",
    "ratio",
    "of it anonymous",
    "ratio",
]


@dataclass(frozen=True)
class Cost:
    """What a training took, or several one after the other.

    Attributes:
        seconds: Altogether.
        peak: Resident memory of the largest process, MiB, pages of mapped files included.
        anonymous: Without those, which the system takes back where it needs them; seen 20 times a
            second.
    """

    seconds: float
    peak: float
    anonymous: float


def main() -> None:
    """Print a Markdown table; a ratio is to the row above."""
    arguments = read_arguments()
    parameters = section.load()
    names = [name for name, model in parameters["models"].items() if model["variant"] == VARIANT]
    chosen = {f"1 ({arguments.model})": ([arguments.model], arguments.one)}
    if arguments.all:
        chosen[str(len(names))] = (names, arguments.all)
    rows = []
    for label, (models, counts) in chosen.items():
        costs = [measure(parameters, models, count, arguments) for count in counts]
        rows += list(lines(label, counts, costs))
    print(f"{describe()}; {versions('keras', 'tensorflow', 'numpy')}")
    phases = f"{arguments.epochs} epochs of each phase"
    print(f"{arguments.size} px, recipe {RECIPE}, {phases}, {os.cpu_count()} threads\n")
    print(tabulate(rows, HEADER, "pipe", disable_numparse=True))


def read_arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = parser_of("growth", __doc__)
    parser.add_argument("--model", default="mobilenet_v2", help="the one model")
    parser.add_argument(
        "--one",
        type=int,
        nargs="+",
        default=[1000, 4000, 16000],
        help="radiographs for the one model",
    )
    parser.add_argument(
        "--all",
        type=int,
        nargs="*",
        default=[1000, 4000],
        help="radiographs for all models; none: they are left out",
    )
    parser.add_argument("--size", type=int, default=80, help="pixels")
    parser.add_argument("--epochs", type=int, default=2, help="of each phase that a model has")
    return parser.parse_args()


def measure(
    parameters: dict[str, Any], models: Sequence[str], count: int, arguments: argparse.Namespace
) -> Cost:
    """Train models one after the other on so many radiographs."""
    with TemporaryDirectory() as folder:
        there = Path(folder)
        short = shorten(parameters, models, arguments.epochs)
        YAML().dump(short, there / "params.yaml")
        table = tabulate_parts({part: round(share * count) for part, share in SHARES.items()})
        images = noise(len(table), arguments.size)
        arrays.write(there / arrays.path(VARIANT), table, arguments.size, images)
        label = f"{count} radiographs"
        costs = [train(name, there) for name in progress(models, len(models), label, "models")]
    return Cost(
        sum(cost.seconds for cost in costs),
        max(cost.peak for cost in costs),
        max(cost.anonymous for cost in costs),
    )


def shorten(parameters: dict[str, Any], models: Sequence[str], epochs: int) -> dict[str, Any]:
    """Return the parameters with models of random weights and few epochs, all cores theirs."""
    entries = {}
    for name in models:
        model, settings = resolve(parameters, name, RECIPE)
        changes: dict[str, Any] = {
            "weights": None,
            "threads": "all",
            "frozen": {"epochs": min(epochs, settings.frozen.epochs)},
            "finetune": {"epochs": min(epochs, settings.finetune.epochs)},
        }
        short = Train.parse(merge(settings.model_dump(), changes), "the benchmark")
        entries[name] = model.model_dump() | short.model_dump()
    return parameters | {"recipe": RECIPE, "training_seeds": [0], "models": entries}


def train(name: str, folder: Path) -> Cost:
    """Run the command in a folder and watch it."""
    command = [sys.executable, "-m", "stages.train", name]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    begun, anonymous = time.perf_counter(), 0.0
    with (folder / f"{name}.log").open("w+") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=folder, env=environment, stdout=log, stderr=log
        )
        ended = 0
        while not ended:
            anonymous = max(anonymous, resident_anonymous(process.pid))
            time.sleep(0.05)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)  # Popen did not wait itself
        if process.returncode:
            log.seek(0)
            raise PipelineError(f"{name} failed: {log.read()[-2000:]}")
    return Cost(seconds, usage.ru_maxrss / MEBIBYTE, anonymous)


def resident_anonymous(process: int) -> float:
    """Return the memory of a process that is in no file, MiB; 0 once it has ended."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / MEBIBYTE
    return 0.0


def lines(label: str, counts: Sequence[int], costs: Sequence[Cost]) -> Iterator[list[str]]:
    """Yield a row for each number of radiographs; a ratio is to the one before."""
    before: Cost | None = None
    for count, cost in zip(counts, costs, strict=True):
        row = [label, f"{count:,}"]
        for name in ("seconds", "peak", "anonymous"):
            value = getattr(cost, name)
            row += [f"{value:.0f}", f"{value / getattr(before, name):.2f}" if before else ""]
        yield row
        before = cost


if __name__ == "__main__":
    end_in_a_line(main)
