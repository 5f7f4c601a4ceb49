"""Sheets of what a fracture map shows: fractures called, fractures missed, false alarms.

Of the test radiographs of a run, or of those that a trial held out:

    python -m benchmarks.sheets --model efficientnet_lite0 --to sheets
    python -m benchmarks.trial efficientnet_lite0 --to map.csv --networks networks/map
    python -m benchmarks.sheets --trial map.csv networks/map --to sheets

Each radiograph stands there as it is, under the map and under Grad-CAM, fracture boxes outlined.
"""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.held_out import explain, packed_radiographs, rows_of
from fracture.artifacts import network
from fracture.artifacts.arrays import PackedImages
from fracture.inference.gradcam import Explained, enlarge, heatmap
from fracture.presenting.figures import SKY, outline
from fracture.presenting.overlays import HEAT

ROWS, COLUMNS = 4, 3


def main() -> None:
    """Write the three sheets and print how many radiographs each was drawn from."""
    options = parser_of("sheets", __doc__)
    which = options.add_mutually_exclusive_group(required=True)
    which.add_argument("--model", help="of the last run, a key of models in params.yaml")
    which.add_argument(
        "--trial",
        nargs=2,
        type=Path,
        metavar=("CSV", "NETWORKS"),
        help="file and folder of benchmarks.trial; its first fold",
    )
    options.add_argument("--seed", type=int, default=0, help="of the training")
    options.add_argument(
        "--threshold", type=float, default=0.5, help="probability from which fractured is called"
    )
    options.add_argument("--to", type=Path, default=Path("sheets"), help="folder of the pictures")
    arguments = options.parse_args()
    mpl.use("agg")
    packed, batch_size = packed_radiographs(arguments.model)
    if arguments.model:
        rows = np.flatnonzero(packed.table["part"] == "test")
        folder = network.path(arguments.model, arguments.seed)
    else:
        table, networks = arguments.trial
        fold, rows = min(rows_of(packed, pd.read_csv(table)).items())
        folder = networks / f"fold{fold}-seed{arguments.seed}"
    explained, maps = explain(packed, rows, folder, batch_size)
    labels = packed.table["fractured"].to_numpy()[rows]
    arguments.to.mkdir(parents=True, exist_ok=True)
    for name, chosen in choose(labels, explained.probabilities[:, 0], arguments.threshold).items():
        figure = draw(packed, rows, (explained, maps), chosen[: ROWS * COLUMNS])
        figure.savefig(arguments.to / f"{name}.png", dpi=110)
        plt.close(figure)
        print(f"{name}: {len(chosen)} of {len(rows)} radiographs")


def choose(
    labels: npt.NDArray[np.integer], probabilities: npt.NDArray[np.float32], threshold: float
) -> dict[str, npt.NDArray[np.intp]]:
    """Return positions for each sheet: called ones at random, mistakes with the surest first.

    Args:
        labels: 1 fractured, 0 not, (n,).
        probabilities: Of a fracture, (n,).
        threshold: Fractured is called from this probability on.
    """
    fractured, called = labels == 1, probabilities >= threshold
    surest = np.argsort(-abs(probabilities - threshold), kind="stable")
    return {
        "called": np.random.default_rng(1).permutation(np.flatnonzero(fractured & called)),
        "missed": surest[(fractured & ~called)[surest]],
        "false_alarms": surest[(~fractured & called)[surest]],
    }


def draw(
    packed: PackedImages,
    rows: npt.NDArray[np.intp],
    seen: tuple[Explained, npt.NDArray[np.float32]],
    chosen: npt.NDArray[np.intp],
) -> Figure:
    """Return a sheet of radiographs, each beside its map and its Grad-CAM.

    Args:
        packed: All radiographs.
        rows: Those explained, positions in `packed`.
        seen: Their probabilities and Grad-CAM; their fracture maps, (n, rows, columns).
        chosen: Which of them to draw, positions in `rows`.
    """
    explained, maps = seen
    height, width = packed.images.shape[1:3]
    figure, axes = plt.subplots(ROWS, 3 * COLUMNS, figsize=(18, 9), layout="constrained")
    for ax in axes.flat:
        ax.axis("off")
    for place, position in enumerate(chosen):
        line, column = divmod(place, COLUMNS)
        row = rows[position]
        heats: list[npt.NDArray[np.float32]] = [
            np.zeros((height, width), np.float32),
            enlarge(maps[position], height, width),
            heatmap(explained.heat[position, 0], height, width),
        ]
        for step, heat in enumerate(heats):
            ax = axes[line, 3 * column + step]
            ax.imshow(packed.images[row, ..., 0], cmap="gray", vmin=0, vmax=255)
            ax.imshow(heat, cmap=HEAT, vmin=0, vmax=1)
            if heat.any():
                outline(ax, packed.boxes(row), SKY, width=1.0)
        of_row = packed.table.iloc[row]
        probability = explained.probabilities[position, 0]
        title = f"{of_row['id']}, {of_row['body_part']}, p = {probability:.2f}"
        axes[line, 3 * column].set_title(title, fontsize=7, loc="left")
    return figure


if __name__ == "__main__":
    end_in_a_line(main)
