"""Time what answers radiographs: bare Keras and ONNX Runtime, the predictor, the service, MLflow's.

    python -m benchmarks.serve data/bundles/deepconvnet <radiographs>

Each way runs in a process of its own, one after the other, on the same radiographs. "Decoded" ways
get arrays, as a network sees them; all others get files. "By hand" is what one would write oneself:
OpenCV decodes and scales, ONNX Runtime computes, and nothing is checked, calibrated or told. With a
bundle that averages a radiograph with its mirror image, every way does so. What is divided by what
ONNX Runtime takes alone, on decoded arrays, stands in the columns that begin with "x", by what the
way by hand takes, in those with "y": a ratio of one run says more than seconds on a machine that is
busy.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from tabulate import tabulate

from benchmarks.app_server import pictures
from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.machine import describe, in_fresh_process, versions
from benchmarks.serve.over_http import mlflow_serves, service
from benchmarks.serve.ways import TOGETHER, Cost, bare, by_hand, ours
from fracture.artifacts import bundle as bundles
from fracture.console import PipelineError

BASE, BY_HAND = "ONNX Runtime, decoded", "by hand: OpenCV, ONNX Runtime"
HEADER = [
    "way", "start, processor s", "MiB", "alone p50, ms", "p99", "x p50", "y p50",
    f"{TOGETHER} together, a second", "x slower", "processor ms each", "x processor", "y processor",
]  # fmt: skip


def main(words: Sequence[str] | None = None) -> None:
    """Print what each way costs, as a Markdown table."""
    given = read_arguments(words)
    folder = given.bundle.resolve()
    if len(bundles.read(folder).networks) > 1:
        raise PipelineError(f"{folder} has several networks: name the bundle of a single one")
    contents = [file.read_bytes() for file in pictures(given.radiographs, TOGETHER)]
    of = folder, contents, given.count
    costs = {
        "Keras predict, decoded": in_fresh_process(bare, *of, "keras"),
        BASE: in_fresh_process(bare, *of, "onnx"),
        BY_HAND: in_fresh_process(by_hand, *of),
        "predictor with Keras, decoded": in_fresh_process(ours, *of, "keras", decoded=True),
        "predictor with ONNX Runtime, decoded": in_fresh_process(ours, *of, "onnx", decoded=True),
        "predictor with Keras": in_fresh_process(ours, *of, "keras", decoded=False),
        "predictor with ONNX Runtime": in_fresh_process(ours, *of, "onnx", decoded=False),
    }
    costs["service"] = service(*of)
    costs["mlflow models serve"] = mlflow_serves(*of)
    print(f"{describe()}; {versions('keras', 'tensorflow', 'onnxruntime', 'numpy')}\n")
    print(tabulate(rows(costs), HEADER, "pipe", disable_numparse=True))


def rows(costs: Mapping[str, Cost]) -> list[list[str]]:
    """Return the cells of each way; `BASE` and `BY_HAND` are two of them."""
    base, hand = costs[BASE], costs[BY_HAND]
    half, whole = float(np.median(base.alone)), float(np.median(hand.alone))
    return [
        [
            name,
            f"{cost.start:.1f}",
            str(cost.memory),
            f"{1000 * np.median(cost.alone):.0f}",
            f"{1000 * np.quantile(cost.alone, 0.99):.0f}",
            f"{np.median(cost.alone) / half:.2f}",
            f"{np.median(cost.alone) / whole:.2f}",
            f"{cost.together:.1f}",
            f"{base.together / cost.together:.2f}",
            f"{cost.processor:.0f}",
            f"{cost.processor / base.processor:.2f}",
            f"{cost.processor / hand.processor:.2f}",
        ]
        for name, cost in costs.items()
    ]


def read_arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = parser_of("serve", __doc__)
    parser.add_argument("bundle", type=Path, help="of a single network, such as data/bundles/x")
    parser.add_argument("radiographs", type=Path, help="a folder")
    parser.add_argument("--count", type=int, default=100, help="radiographs answered one by one")
    return parser.parse_args(words)


if __name__ == "__main__":
    end_in_a_line(main)
