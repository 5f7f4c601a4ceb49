"""Backbones that a recipe builds and does not train, in one JSON."""

from collections.abc import Collection
from pathlib import Path

from fracture.artifacts.row import Count, Row, read_rows, write_rows

PATH = Path("metrics/built.json")


class Built(Row):
    """A network that was built, with random weights, and shown one radiograph.

    Attributes:
        backbone: A row of the table in fracture/backbones/table.py.
        size: Side of the radiograph, pixels.
        parameters: Of the backbone, its weights and biases.
        layers: Of the backbone that have weights.
        features: Rows, columns and channels of its last map.
        megabytes: Of its weights as float32.
    """

    backbone: str
    size: Count
    parameters: Count
    layers: Count
    features: list[Count]
    megabytes: float


def write(built: list[Built]) -> None:
    """Write what was built, in the order of params.yaml, perhaps nothing."""
    write_rows("built", built, PATH)


def read(trained: Collection[str]) -> list[Built]:
    """Read what `write` wrote, without what the run trains.

    Args:
        trained: Backbones of the models of the run.

    Raises:
        PipelineError: It is not there, or was written by another version of the pipeline.
    """
    rows = read_rows("built", Built, PATH, "build")
    return [each for each in rows if each.backbone not in trained]
