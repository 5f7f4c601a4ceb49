"""Sheets of what a trial's fracture map shows: fractures called, fractures missed, false alarms.

    python -m benchmarks.trial efficientnet_lite0 --to map.csv --networks networks/map
    python -m benchmarks.sheets map.csv networks/map --to sheets

Each radiograph stands there as it is, under the map and under Grad-CAM, fracture boxes outlined.
"""

import argparse
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.figure import Figure

from fracture.artifacts import arrays, network
from fracture.artifacts.arrays import PackedImages
from fracture.console import PipelineError
from fracture.device import prepare
from fracture.inference.gradcam import Explained, GradCAM, enlarge, heatmap
from fracture.params import section
from fracture.params.train import resolve
from fracture.presenting.figures import SKY, outline
from fracture.presenting.overlays import HEAT

ROWS, COLUMNS, CALLED_FROM = 4, 3, 0.5


def main() -> None:
    """Write the three sheets and print how many radiographs each was drawn from."""
    arguments = read_arguments()
    mpl.use("agg")
    parameters = section.load()
    _, settings = resolve(parameters, parameters["model"])
    prepare(settings.device, 0, settings.precision, settings.threads)
    packed = arrays.read(arrays.path("plain"))
    table = pd.read_csv(arguments.trial)
    fold = int(table["fold"].min())
    places = pd.Series(np.arange(len(packed.table)), index=packed.table["id"])
    rows = places.loc[table["id"][table["fold"] == fold]].to_numpy()
    seen = network.read(arguments.networks / f"fold{fold}-seed{arguments.seed}")
    explained = GradCAM(seen).explain(packed.images, rows, settings.batch_size)
    arguments.to.mkdir(parents=True, exist_ok=True)
    for name, chosen in choose(packed, rows, explained.probabilities[:, 0]).items():
        figure = draw(packed, rows, explained, chosen[: ROWS * COLUMNS])
        figure.savefig(arguments.to / f"{name}.png", dpi=110)
        plt.close(figure)
        print(f"{name}: {len(chosen)} of {len(rows)} radiographs")


def choose(
    packed: PackedImages, rows: npt.NDArray[np.intp], probabilities: npt.NDArray[np.float32]
) -> dict[str, npt.NDArray[np.intp]]:
    """Return positions for each sheet: called ones at random, mistakes with the surest first."""
    fractured = packed.table["fractured"].to_numpy()[rows] == 1
    called = probabilities >= CALLED_FROM
    surest = np.argsort(-abs(probabilities - CALLED_FROM), kind="stable")
    return {
        "called": np.random.default_rng(1).permutation(np.flatnonzero(fractured & called)),
        "missed": surest[(fractured & ~called)[surest]],
        "false_alarms": surest[(~fractured & called)[surest]],
    }


def draw(
    packed: PackedImages,
    rows: npt.NDArray[np.intp],
    explained: Explained,
    chosen: npt.NDArray[np.intp],
) -> Figure:
    """Return a sheet of radiographs, each beside its map and its Grad-CAM.

    Args:
        packed: All radiographs.
        rows: Those explained, positions in `packed`.
        explained: Their probabilities, maps and Grad-CAM.
        chosen: Which of them to draw, positions in `rows`.

    Raises:
        PipelineError: The network has no fracture map.
    """
    if explained.map is None:
        raise PipelineError("the network has no fracture map: expected localise.stride 8 or 4")
    height, width = packed.images.shape[1:3]
    figure, axes = plt.subplots(ROWS, 3 * COLUMNS, figsize=(18, 9), layout="constrained")
    for ax in axes.flat:
        ax.axis("off")
    for place, position in enumerate(chosen):
        line, column = divmod(place, COLUMNS)
        row = rows[position]
        heats: list[npt.NDArray[np.float32]] = [
            np.zeros((height, width), np.float32),
            enlarge(explained.map[position, 0], height, width),
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


def read_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.sheets",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("trial", type=Path, help="CSV file of benchmarks.trial")
    parser.add_argument("networks", type=Path, help="folder of the trial's networks")
    parser.add_argument("--seed", type=int, default=0, help="of the training")
    parser.add_argument("--to", type=Path, default=Path("sheets"), help="folder of the pictures")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        main()
    except PipelineError as error:
        sys.exit(f"error: {error}")
