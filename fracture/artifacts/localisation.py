"""Localisation: how well heatmaps point at the fractures, one JSON for each model."""

from pathlib import Path

from fracture.artifacts import predictions
from fracture.artifacts.row import Count, Estimate, Row, read_row, write_row

CONTROLS = ("random_weights", "centred_blob")
"""What a heatmap has to beat: the same network untrained, and a blob in the middle."""


class Measure(Row):
    """One measure of localisation.

    Attributes:
        network: Of the trained network's heatmaps.
        random_weights: Of the same network with random weights; the last layer has the sign that
            gives more heat.
        centred_blob: Of a Gaussian blob in the middle of the radiograph, its standard deviation a
            quarter of the side.
        gain: The network minus each of `CONTROLS`, radiograph by radiograph.
    """

    network: Estimate
    random_weights: Estimate
    centred_blob: Estimate
    gain: dict[str, Estimate]


class Localisation(Row):
    """How well the heatmaps of one model point at the fractures of the test radiographs.

    Attributes:
        model: A key of `models` in params.yaml.
        dataset: A key of `datasets`.
        synthetic: Whether the radiographs are drawn.
        confidence: Of every interval.
        draws: Of the bootstrap over groups.
        n: Fractured test radiographs with boxes; where it is 0 every estimate is undefined.
        groups: Of those that depend on each other.
        empty: Heatmaps of the trained network without any heat: they count as misses.
        empty_random_weights: Likewise of the untrained one: a control that scores low because of
            them is a weak one.
        box_area: Mean share of the image that the boxes cover: what a random point would hit.
        pointing: Share of radiographs whose hottest pixel lies in a box; of several equally hot
            ones, the share that does.
        energy: Mean share of the heat that lies in boxes.
    """

    model: str
    dataset: str
    synthetic: bool
    confidence: float
    draws: Count
    n: Count
    groups: Count
    empty: Count
    empty_random_weights: Count
    box_area: Estimate
    pointing: Measure
    energy: Measure


def path(model: str) -> Path:
    """Return where the localisation of a model stands."""
    return predictions.folder(model) / "localisation.json"


def write(localisation: Localisation, to: Path) -> None:
    """Write a localisation as JSON, keys in the order of the attributes."""
    write_row(localisation, to)


def read(model: str) -> Localisation:
    """Read what `write` wrote at the `path` of a model.

    Raises:
        PipelineError: It is not there, or was written by another version of the pipeline.
    """
    return read_row(Localisation, path(model), f"predict@{model}")
