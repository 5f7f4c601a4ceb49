"""External validation: models scored on data sets that they never saw, in one JSON."""

from pathlib import Path

from fracture.artifacts.atomic import read_json, write_json
from fracture.artifacts.scores import Count, Estimate, Part, Row
from fracture.console import PipelineError

PATH = Path("metrics/external.json")


class External(Row):
    """All models on one other data set; temperature and thresholds are those of validation.

    Attributes:
        name: A key of `external` in params.yaml.
        dataset: The reader, a key of `datasets`.
        synthetic: Whether its radiographs are drawn.
        trained_on: The data set that the models learned from.
        found: Radiographs that it holds.
        left_out: How many of those were not scored, by reason.
        confidence: Of every interval.
        draws: Of the bootstrap over groups.
        parts: Scores of each model there.
        drop: Internal test AUROC minus the external one of each model; both resampled.
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


def write(externals: list[External], to: Path = PATH) -> None:
    """Write what was scored, in the order of params.yaml; an empty list where nothing was."""
    write_json(to, {"external": [external.model_dump() for external in externals]})


def read(source: Path = PATH) -> list[External]:
    """Read what `write` wrote.

    Raises:
        PipelineError: It is not there, or was written by another version of the pipeline.
    """
    remedy = "run `dvc repro external`"
    if not source.is_file():
        raise PipelineError(f"{source} not found: {remedy}")
    try:
        return [External.model_validate(row) for row in read_json(source)["external"]]
    except (KeyError, ValueError):
        raise PipelineError(f"{source} is not as this version writes it: {remedy}") from None
