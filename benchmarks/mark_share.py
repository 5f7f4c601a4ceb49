"""How far a mark should reach: marks of a trial's fracture maps on what its networks held out.

    python -m benchmarks.trial efficientnet_lite0 --to map.csv --networks networks/map
    python -m benchmarks.mark_share map.csv networks/map

For each `evaluate.mark_share`: the average precision of the marks' boxes, and the sensitivity at
0.1, 0.5 and 1 false mark a radiograph, with 95 % intervals, bootstrap over groups.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from tabulate import tabulate

from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.held_out import explain, packed_radiographs, rows_of
from fracture.artifacts.localisation import FALSE_MARKS
from fracture.judging.bootstrap import Bootstrap, estimate
from fracture.judging.free_response import (
    Numbers,
    Ranked,
    Weights,
    average_precision,
    rank_marks,
    sensitivity,
)
from fracture.judging.marks import find_marks
from fracture.params import section
from fracture.params.evaluate import Evaluate

SHARES = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def main() -> None:
    """Print a row for each share."""
    options = parser_of("mark_share", __doc__)
    options.add_argument("trial", type=Path, help="CSV file of benchmarks.trial")
    options.add_argument("networks", type=Path, help="folder of the trial's networks")
    options.add_argument("--seed", type=int, default=0, help="of the training")
    arguments = options.parse_args()
    packed, batch_size = packed_radiographs()
    evaluate = Evaluate.read(section.load(), "evaluate")
    rows, maps = list[int](), list[npt.NDArray[np.float32]]()
    for fold, own in rows_of(packed, pd.read_csv(arguments.trial)).items():
        folder = arguments.networks / f"fold{fold}-seed{arguments.seed}"
        _, places = explain(packed, own, folder, batch_size)
        rows.extend(own.tolist())
        maps.extend(places)
    size = packed.images.shape[1]
    boxes = [packed.boxes(row) for row in rows]
    groups = packed.table["group"].to_numpy(object)[rows]
    lines, bootstrap = [], Bootstrap(evaluate.draws, evaluate.confidence, seed=0)
    for share in SHARES:
        marks = [find_marks(each, size, size, share) for each in maps]
        ranked = rank_marks(marks, boxes, evaluate.small_fracture)

        def score(weights: Weights, ranked: Ranked = ranked) -> dict[str, Numbers]:
            found = sensitivity(ranked, weights, np.array(FALSE_MARKS, np.float64))
            return {"AP": average_precision(ranked, weights)} | dict(
                zip(map(str, FALSE_MARKS), found.T, strict=True)
            )

        known = estimate(score, groups, bootstrap, {})
        lines.append([share, *map(str, known.values()), f"{ranked.false_marks:.1f}"])
    header = ["share", "AP at IoU 0.3", *(f"sensitivity at {rate:g}" for rate in FALSE_MARKS)]
    print(tabulate(lines, [*header, "false marks at most"], tablefmt="github"))


if __name__ == "__main__":
    end_in_a_line(main)
