"""Time ResNet-50 on one GPU: our fit over the bare train step and over a tuned PyTorch loop.

    python -m benchmarks.gpu

It needs JAX and Keras for ours, PyTorch with torchvision or timm for the other, no TensorFlow and
no network. Each runs in a process of its own, in turn, in bfloat16, on the same number of
radiographs of noise, all weights learning, batch statistics included. The epoch that compiles is
left out.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

from tabulate import tabulate

from benchmarks.command_line import parser_of
from benchmarks.gpu.work import Seconds, Work
from benchmarks.machine import describe

HEADER = ["what", "images / s", "over the bare step", "over PyTorch"]


def main() -> None:
    """Print two Markdown tables: images a second, and where the time of a batch goes."""
    arguments = read_arguments()
    batch = arguments.images // arguments.steps
    sides = (arguments.size, arguments.steps, arguments.repetitions)
    keras, torch = (sys.executable, "keras_loop"), (arguments.torch, "torch_loop")
    plain = run(*keras, Work(batch, *sides, augmented=False, mode=""))
    other = run(*torch, Work(batch, *sides, augmented=False, mode=arguments.mode))
    augmented = run(*keras, Work(batch, *sides, augmented=True, mode=""))
    print(f"{describe()}; {plain['versions']}; {other['versions']}")
    if plain["platform"] == "cpu":
        print("**On the CPU: these figures say nothing about a GPU.**")
    print(f"{plain['device']}, ResNet-50, {arguments.size} px, batch {batch}, bfloat16\n")
    images = batch * arguments.steps
    rows = rates(plain["seconds"], other["seconds"], augmented["seconds"], images)
    print(tabulate(list(rows), HEADER, "pipe", disable_numparse=True), end="\n\n")
    parts = ["where the time goes", "ms a batch", "augmented, ms a batch"]
    spent = spend(plain["seconds"], augmented["seconds"], arguments.steps)
    print(tabulate(list(spent), parts, "pipe", disable_numparse=True))


def read_arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = parser_of("gpu", __doc__)
    parser.add_argument("--images", type=int, default=7_680, help="of an epoch")
    parser.add_argument("--steps", type=int, default=30, help="of an epoch")
    parser.add_argument("--size", type=int, default=224, help="pixels")
    parser.add_argument("--repetitions", type=int, default=5, help="epochs that are timed")
    parser.add_argument("--torch", default=sys.executable, help="a Python that has PyTorch")
    parser.add_argument("--mode", default="default", help="of torch.compile")
    return parser.parse_args()


def run(python: str, module: str, work: Work) -> dict[str, Any]:
    """Return what a module of this folder measures in a process of its own."""
    command = [python, "-m", f"benchmarks.gpu.{module}", work.words()]
    environment = os.environ | {"KERAS_BACKEND": "jax"}
    done = subprocess.run(  # noqa: S603 - our own command
        command, env=environment, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"error: {module} ended with status {done.returncode}: see above")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])  # libraries may write, too
    return found


def rates(
    plain: Seconds, other: Seconds, augmented: Seconds, images: int
) -> Iterator[Sequence[str]]:
    """Yield a row for each way: images a second, and over what was measured beside it.

    Args:
        plain: Ours, without augmentation.
        other: PyTorch's, which has none.
        augmented: Ours, with augmentation.
        images: That the seconds are of.
    """
    resident, fed = middle(other, "resident"), middle(other, "fed")
    for label, seconds, way, against in (
        ("bare step", plain, "bare step", resident),
        ("our fit", plain, "fit", fed),
        ("PyTorch, resident batch", other, "resident", resident),
        ("PyTorch, fed", other, "fed", fed),
        ("bare step, augmentation in it", augmented, "bare step", resident),
        ("our fit, augmented", augmented, "fit", fed),
    ):
        taken = middle(seconds, way)
        bare = [row["bare step"] / row[way] for row in seconds if "bare step" in row]
        over = f"{median(bare):.2f}" if bare else ""
        yield [label, f"{images / taken:.1f}", over, f"{against / taken:.2f}"]


def spend(plain: Seconds, augmented: Seconds, steps: int) -> Iterator[Sequence[str]]:
    """Yield a row for each part: milliseconds a batch, without and with augmentation."""
    for way in plain[0]:
        numbers = (1000 * middle(seconds, way) / steps for seconds in (plain, augmented))
        yield [way, *(f"{number:.2f}" for number in numbers)]


def middle(seconds: Seconds, way: str) -> float:
    """Return the median seconds of a way."""
    return median(row[way] for row in seconds)


if __name__ == "__main__":
    main()
