"""External validation: models scored on data sets that they never saw, in one JSON."""

from pathlib import Path

from fracture.artifacts.row import Count, Estimate, Row, read_rows, write_rows
from fracture.artifacts.scores import Part

PATH = Path("metrics/external.json")
TEXT = Path("plots/external/external.md")
PICTURE = TEXT.with_suffix(".png")


class External(Row):
    """All systems on one other data set; temperature and thresholds are those of validation.

    Attributes:
        name: A key of `external` in params.yaml.
        dataset: The reader, a key of `datasets`.
        synthetic: Whether its radiographs are drawn.
        trained_on: The data set that the models learned from.
        found: Radiographs that it holds.
        left_out: How many of those were not scored, by reason.
        confidence: Of every interval.
        draws: Of the bootstrap over groups.
        parts: Scores of each system there.
        drop: Internal test AUROC minus the external one of each system; both resampled.
        passed_over: Systems that are not scored there, and why.
    """

    name: str
    dataset: str
    synthetic: bool
    trained_on: str
    found: Count
    left_out: dict[str, Count]
    confidence: float
    draws: Count
    parts: dict[str, Part]
    drop: dict[str, Estimate]
    passed_over: dict[str, str]


def write(externals: list[External], to: Path = PATH) -> None:
    """Write what was scored, in the order of params.yaml; an empty list where nothing was."""
    write_rows("external", externals, to)


def read(source: Path = PATH) -> list[External]:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, or was written by another version of the pipeline.
    """
    return read_rows("external", External, source, "external")
