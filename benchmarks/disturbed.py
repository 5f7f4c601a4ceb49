r"""Score a trial's networks on what they held out, recorded as another hospital might have done.

    python -m benchmarks.trial efficientnet_lite0 --to base.csv --networks networks/base
    python -m benchmarks.trial efficientnet_lite0 --set augmentation.gamma=0.4 \
        --to gamma.csv --networks networks/gamma
    python -m benchmarks.disturbed base.csv gamma.csv --networks networks/base networks/gamma

Each way of disturbing but JPEG is none of the augmentation's: what helps against these helps
against what it does not imitate. Probabilities are those of the radiographs alone, without mirror
images.
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from tabulate import tabulate
from tqdm import tqdm

from benchmarks.command_line import end_in_a_line, parser_of
from benchmarks.held_out import packed_radiographs, rows_of
from benchmarks.trial_scores import CONFIDENCE, scores
from fracture.artifacts import network
from fracture.artifacts.arrays import PackedImages
from fracture.console import PipelineError
from fracture.judging.logits import logits, of_logits
from fracture.presenting.words import signed

Grey = npt.NDArray[np.uint8]
SHOWN = ["AUROC", "AP"]


def as_they_are(image: Grey, _: np.random.Generator) -> Grey:
    """Return the radiograph."""
    return image


def equalised(image: Grey, _: np.random.Generator) -> Grey:
    """Return it with local histogram equalisation, as some vendors process (CLAHE)."""
    return np.asarray(cv2.createCLAHE(clipLimit=4.0, tileGridSize=(8, 8)).apply(image), np.uint8)


def windowed(image: Grey, _: np.random.Generator) -> Grey:
    """Return it with the window narrowed to its brighter half: soft tissue is black."""
    low, high = np.percentile(image, [50, 99.8])
    narrowed = 255.0 * (image - low) / max(high - low, 1.0)
    return np.asarray(np.clip(narrowed, 0, 255), np.uint8)


def compressed(image: Grey, _: np.random.Generator, quality: int) -> Grey:
    """Return it after JPEG of a quality, 1 to 100."""
    file = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), np.uint8)


def compressed_otherwise(image: Grey, _: np.random.Generator) -> Grey:
    """Return it after WebP of quality 10: a loss that no augmentation imitates."""
    colours = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    file = cv2.imencode(".webp", colours, [cv2.IMWRITE_WEBP_QUALITY, 10])[1]
    return np.asarray(cv2.imdecode(file, cv2.IMREAD_GRAYSCALE), np.uint8)


def coarse(image: Grey, _: np.random.Generator) -> Grey:
    """Return it sampled at 0.6 of its resolution and enlarged again."""
    height, width = image.shape
    small = cv2.resize(image, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def low_dose(image: Grey, random: np.random.Generator) -> Grey:
    """Return it with Poisson noise, 64 quanta at white."""
    return np.asarray(np.clip(4 * random.poisson(image / 4), 0, 255), np.uint8)


def marked(image: Grey, random: np.random.Generator) -> Grey:
    """Return it with a white letter and a bar in a corner of its own."""
    drawn, side = image.copy(), image.shape[0]
    x, y = (round(share * side) for share in random.choice([0.06, 0.82], size=2))
    cv2.putText(drawn, str(random.choice(["L", "R"])), (x, y + 40), 0, 1.6, 255, 4)
    cv2.rectangle(drawn, (x, y + 50), (x + 45, y + 54), 255, -1)
    return drawn


def cropped(image: Grey, _: np.random.Generator) -> Grey:
    """Return its middle, 0.7 of each side, enlarged: fractures at the edge are lost."""
    side = image.shape[0]
    edge = round(0.15 * side)
    middle = image[edge : side - edge, edge : side - edge]
    return np.asarray(cv2.resize(middle, (side, side), interpolation=cv2.INTER_LINEAR), np.uint8)


DISTURBANCES: dict[str, Callable[[Grey, np.random.Generator], Grey]] = {
    "as they are": as_they_are,
    "CLAHE": equalised,
    "narrow window": windowed,
    "JPEG 50": partial(compressed, quality=50),
    "JPEG 15": partial(compressed, quality=15),
    "WebP 10": compressed_otherwise,
    "0.6 of the resolution": coarse,
    "low dose": low_dose,
    "markers": marked,
    "cropped": cropped,
}


def main() -> None:
    """Print the scores of each trial under each disturbance, and gains over the first trial."""
    arguments = read_arguments()
    packed, batch_size = packed_radiographs()
    if packed.images.shape[-1] != 1:
        raise PipelineError("expected radiographs of one channel: set recipe to transfer")
    trials = [
        told(packed, pd.read_csv(file), folder, batch_size)
        for file, folder in zip(arguments.trials, arguments.networks, strict=True)
    ]
    rows = []
    for name in DISTURBANCES:
        found = [scores(trial, name, SHOWN) for trial in trials]
        for file, ours in zip(arguments.trials, found, strict=True):
            row = [name, file.stem]
            for score in SHOWN:
                gain = (ours[score] - found[0][score]).estimate(CONFIDENCE)
                row.append(str(ours[score].estimate(CONFIDENCE)))
                row.append("" if ours is found[0] else signed(gain))
            rows.append(row)
    header = ["disturbed", "trial", "AUROC", "gained", "AP", "gained"]
    print(tabulate(rows, header, tablefmt="github"))


def read_arguments() -> argparse.Namespace:
    """Return the command line's arguments."""
    parser = parser_of("disturbed", __doc__)
    parser.add_argument("trials", type=Path, nargs="+", help="CSV files of benchmarks.trial")
    parser.add_argument(
        "--networks", type=Path, nargs="+", required=True, help="of each trial its networks"
    )
    return parser.parse_args()


def told(packed: PackedImages, table: pd.DataFrame, folder: Path, batch_size: int) -> pd.DataFrame:
    """Return a trial's table with a column of probabilities for each disturbance.

    Args:
        packed: All radiographs, (n, side, side, 1).
        table: With `id` and `fold`.
        folder: Of the networks, `fold<number>-seed<number>`.
        batch_size: How many radiographs are predicted together.
    """
    for fold, rows in rows_of(packed, table).items():
        loaded = [network.read(each) for each in sorted(folder.glob(f"fold{fold}-seed*"))]
        if not loaded:
            raise PipelineError(f"{folder} has no networks of fold {fold}: run the trial again")
        for name, disturb in tqdm(DISTURBANCES.items(), desc=folder.name, unit="way"):
            generator = np.random.default_rng(0)
            images = np.stack([disturb(packed.images[row, ..., 0], generator) for row in rows])
            given = [
                logits(each.predict(images[..., None], batch_size, verbose=0)[:, 0].astype(float))
                for each in loaded
            ]
            table.loc[table["fold"] == fold, name] = of_logits(np.mean(given, axis=0))
    return table


if __name__ == "__main__":
    end_in_a_line(main)
