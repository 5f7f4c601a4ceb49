"""How far a mark should reach: marks of a trial's fracture maps on what its networks held out.

    python -m benchmarks.trial efficientnet_lite0 --to map.csv --networks networks/map
    python -m benchmarks.mark_share map.csv networks/map

For each `evaluate.mark_share`: the average precision of the marks' boxes, and the sensitivity at
0.1, 0.5 and 1 false mark a radiograph, with 95 % intervals, bootstrap over groups.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from tabulate import tabulate

from fracture.artifacts import arrays, network
from fracture.artifacts.localisation import FALSE_MARKS
from fracture.console import PipelineError
from fracture.device import prepare
from fracture.inference.gradcam import GradCAM
from fracture.judging.free_response import (
    Numbers,
    Ranked,
    Weights,
    average_precision,
    rank_marks,
    sensitivity,
)
from fracture.judging.localisation import estimate
from fracture.judging.marks import find_marks
from fracture.params import section
from fracture.params.evaluate import Evaluate
from fracture.params.train import resolve

SHARES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def main() -> None:
    """Print a row for each share."""
    arguments = read_arguments()
    parameters = section.load()
    _, settings = resolve(parameters, parameters["model"])
    evaluate = Evaluate.read(parameters, "evaluate")
    prepare(settings.device, 0, settings.precision, settings.threads)
    packed = arrays.read(arrays.path("plain"))
    table = pd.read_csv(arguments.trial)
    places = pd.Series(np.arange(len(packed.table)), index=packed.table["id"])
    rows, maps = list[int](), list[npt.NDArray[np.float32]]()
    for fold, held_out in table.groupby("fold"):
        own = places.loc[held_out["id"]].to_numpy()
        folder = arguments.networks / f"fold{fold}-seed{arguments.seed}"
        told = GradCAM(network.read(folder)).explain(packed.images, own, settings.batch_size)
        if told.map is None:
            raise PipelineError(f"{folder} has no fracture map: expected localise.stride 8 or 4")
        rows.extend(own.tolist())
        maps.extend(told.map[:, 0])
    size = packed.images.shape[1]
    boxes = [packed.boxes(row) for row in rows]
    groups = packed.table["group"].to_numpy(object)[rows]
    lines = []
    for share in SHARES:
        marks = [find_marks(each, size, size, share) for each in maps]
        ranked = rank_marks(marks, boxes, evaluate.small_fracture)

        def score(weights: Weights, ranked: Ranked = ranked) -> dict[str, Numbers]:
            found = sensitivity(ranked, weights, np.array(FALSE_MARKS, np.float64))
            return {"AP": average_precision(ranked, weights)} | dict(
                zip(map(str, FALSE_MARKS), found.T, strict=True)
            )

        known = estimate(score, groups, evaluate, seed=0)
        lines.append([share, *map(str, known.values()), f"{ranked.false_marks:.1f}"])
    header = ["share", "AP at IoU 0.3", *(f"sensitivity at {rate:g}" for rate in FALSE_MARKS)]
    print(tabulate(lines, [*header, "false marks at most"], tablefmt="github"))


def read_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.mark_share",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("trial", type=Path, help="CSV file of benchmarks.trial")
    parser.add_argument("networks", type=Path, help="folder of the trial's networks")
    parser.add_argument("--seed", type=int, default=0, help="of the training")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except PipelineError as error:
        sys.exit(f"error: {error}")
