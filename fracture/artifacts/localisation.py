"""Localisation: how well heatmaps point at the fractures, a JSON of its own for each model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pandas as pd

from fracture.artifacts import predictions
from fracture.artifacts.atomic import replacing
from fracture.artifacts.reading import read_table
from fracture.artifacts.row import Count, Estimate, Row, read_row, write_row

Kind = Literal["map", "gradcam"]
"""Of heat: a fracture map, or Grad-CAM."""

CONTROLS = ("random_weights", "centred_blob")
"""What a heatmap has to beat: the same network untrained, and a blob in the middle."""

FALSE_MARKS = (0.1, 0.5, 1.0)
"""False marks a radiograph at which the sensitivity of marks is told."""

CURVE_FILE = "froc.csv"
CURVE = ["heat", "false_marks", "sensitivity", "low", "high"]
"""Columns of the free-response ROC: kind of heat, false marks a radiograph, share of fractures
found with its interval."""


class Measure(Row):
    """One measure of localisation.

    Attributes:
        network: Of the trained network's heatmaps: its fracture map, or Grad-CAM where it has none.
        gradcam: Of its Grad-CAM where it has a fracture map; else None, and of a composed system.
        random_weights: Of the same network with random weights; for Grad-CAM the last layer has
            the sign that gives more heat.
        centred_blob: Of a Gaussian blob in the middle of the radiograph, its standard deviation a
            quarter of the side.
        gain: The network minus each of the others, draw by draw.
    """

    network: Estimate
    gradcam: Estimate | None
    random_weights: Estimate
    centred_blob: Estimate
    gain: dict[str, Estimate]

    @property
    def others(self) -> Iterator[tuple[str, Estimate]]:
        """Yield what the network is compared with, by the keys of `gain`."""
        for name in self.gain:
            yield name, getattr(self, name)


class Small(Row):
    """Localisation of small fractures.

    Attributes:
        side: Below which the square root of the box's area is, pixels of what the network sees.
        n: Fractured test radiographs with small boxes alone.
        fractures: Small boxes of all fractured test radiographs.
        pointing: As in `Localisation`, of the n radiographs.
        sensitivity: As in `Localisation`, of the small fractures; a mark in a larger one is not
            false.
    """

    side: float
    n: Count
    fractures: Count
    pointing: Measure
    sensitivity: dict[str, Measure]


class Localisation(Row):
    """How well the heatmaps of one system point at the fractures of the test radiographs.

    Attributes:
        model: Name of the system, of a composed one too.
        kind: What the network's heatmaps are: its fracture map or Grad-CAM.
        dataset: A key of `datasets`.
        synthetic: Whether the radiographs are drawn.
        confidence: Of every interval.
        draws: Of the bootstrap over groups.
        n: Fractured test radiographs with boxes; where it is 0 every estimate is undefined.
        fractures: Their boxes.
        normal: Test radiographs without a fracture that are measured too.
        groups: Of all these that depend on each other.
        empty: Of the n, heatmaps of the trained network without any heat: they count as misses.
        empty_random_weights: Likewise of the untrained one: a control that scores low because of
            them is a weak one.
        box_area: Mean share of the image that the boxes cover: what a random point would hit.
        mark_share: From which share of a peak's heat on its surroundings belong to its mark.
        pointing: Share of the n radiographs whose hottest pixel lies in a box; of several equally
            hot ones, the share that does.
        energy: Mean share of the heat that lies in boxes, of the n radiographs.
        sensitivity: Share of fractures in whose box the peak of a mark lies, by the rate of
            `FALSE_MARKS`, such as `0.5`: false marks a radiograph, over all that are measured.
        average_precision: Of the marks' boxes against those of the fractures, at an intersection
            over union of 0.3.
        small: Likewise for small fractures.
    """

    model: str
    kind: Kind
    dataset: str
    synthetic: bool
    confidence: float
    draws: Count
    n: Count
    fractures: Count
    normal: Count
    groups: Count
    empty: Count
    empty_random_weights: Count
    box_area: Estimate
    mark_share: float
    pointing: Measure
    energy: Measure
    sensitivity: dict[str, Measure]
    average_precision: Measure
    small: Small


def path(model: str) -> Path:
    """Return where the localisation of a model stands."""
    return predictions.folder(model) / "localisation.json"


def curve_path(model: str) -> Path:
    """Return where the free-response ROC of a model stands."""
    return predictions.plots(model) / CURVE_FILE


def write(localisation: Localisation, to: Path) -> None:
    """Write a localisation as JSON, keys in the order of the attributes."""
    write_row(localisation, to)


def write_curve(table: pd.DataFrame, to: Path) -> None:
    """Write a free-response ROC, the columns of `CURVE`, numbers with six significant digits."""
    with replacing(to) as beside:
        table[CURVE].to_csv(beside, index=False, lineterminator="\n", float_format="%.6g")


def read_curve(source: Path, stage: str) -> pd.DataFrame:
    """Read what `write_curve` wrote.

    Args:
        source: The file.
        stage: The DVC stage that makes it, such as `evaluate`: errors tell to run it.

    Raises:
        PipelineError: It is not there, damaged, or of another version of the pipeline.
    """
    return read_table(
        source, stage, CURVE, dict.fromkeys(CURVE[1:], float),
        na_values={column: [""] for column in CURVE},
    )  # fmt: skip


def read(model: str) -> Localisation:
    """Read what `write` wrote at the `path` of a model.

    Raises:
        PipelineError: It is not there, or was written by another version of the pipeline.
    """
    return read_row(Localisation, path(model), f"predict@{model}")
