"""Backbones that a recipe builds and does not train, in one JSON."""

from pathlib import Path

from fracture.artifacts.row import Count, Row, read_row, write_row

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


class AllBuilt(Row):
    """What the file holds, in the order of params.yaml."""

    built: list[Built]


def write(built: list[Built]) -> None:
    """Write what was built, perhaps nothing."""
    write_row(AllBuilt(built=built), PATH)


def read() -> list[Built]:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, or was written by another version of the pipeline.
    """
    return read_row(AllBuilt, PATH, "build").built
