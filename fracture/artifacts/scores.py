"""Scores: one JSON for each system, the same keys whatever the model, checked when read."""

import math
from json import JSONDecodeError
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fracture.artifacts.atomic import read_json, write_json
from fracture.console import PipelineError

SUMMARY = Path("metrics/summary.json")
COMPARISON = Path("metrics/comparison.json")
COMPARISON_TABLE = Path("plots/comparison/comparison.csv")
CLASSES = ("not fractured", "fractured")
"""What the labels 0 and 1 are called."""

Count = Annotated[int, Field(ge=0)]


class Row(BaseModel):
    """What stands in the file: these keys and no other."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Estimate(Row):
    """A score with its interval.

    Attributes:
        value: None where it is undefined, such as the AUROC of one class alone.
        low: Lower end of the interval; None where there is none, such as for a single group.
        high: Upper end, likewise.
    """

    value: float | None
    low: float | None = None
    high: float | None = None

    @classmethod
    def rounded(cls, value: float, low: float, high: float) -> Self:
        """Round to six decimals, so that bytes are stable; NaN becomes None."""
        numbers = (None if math.isnan(x) else round(x, 6) for x in (value, low, high))
        return cls(**dict(zip(("value", "low", "high"), numbers, strict=True)))

    @property
    def interval(self) -> str:
        """The ends as people read them."""
        if self.low is None or self.high is None:
            return "-"
        return f"{number(self.low)} to {number(self.high)}"

    def __str__(self) -> str:
        """The value and its interval as people read them."""
        return number(self.value) if self.low is None else f"{number(self.value)} ({self.interval})"


class Confusion(Row):
    """Counts of true and false negatives and positives."""

    tn: Count
    fp: Count
    fn: Count
    tp: Count

    def report(self) -> dict[str, dict[str, float | None]]:
        """Return precision, recall, F1 and support of each of `CLASSES`; None if undefined."""
        rows = {}
        cells = ((self.tn, self.fn, self.fp), (self.tp, self.fp, self.fn))
        for name, (right, wrongly_in, missed) in zip(CLASSES, cells, strict=True):
            rows[name] = {
                "precision": _ratio(right, right + wrongly_in),
                "recall": _ratio(right, right + missed),
                "f1": _ratio(2 * right, 2 * right + wrongly_in + missed),
                "support": right + missed,
            }
        return rows


class Point(Row):
    """How a sample fares at an operating point; scores are the rows of `DECISION`."""

    confusion: Confusion
    scores: dict[str, Estimate]


class Part(Row):
    """All that is measured of one sample.

    Attributes:
        n: Radiographs, or studies.
        positives: Fractured ones.
        groups: Of those that depend on each other: what the bootstrap draws.
        scores: Rows of `RANKING`, and those of `PROBABILITY` after temperature scaling.
        uncalibrated: Rows of `PROBABILITY` as the network gave the probabilities.
        points: By the name of the operating point.
    """

    n: Count
    positives: Count
    groups: Count
    scores: dict[str, Estimate]
    uncalibrated: dict[str, Estimate]
    points: dict[str, Point]


class Level(Row):
    """Radiographs, or studies: what was chosen on validation, and how it does on test.

    Attributes:
        temperature: Logits are divided by it.
        thresholds: By operating point: this probability or more, before temperature scaling, is
            called fractured. Never rounded: that could put a radiograph on its other side.
        validation: Chose the two above.
        test: Chose nothing.
    """

    temperature: float
    thresholds: dict[str, float]
    validation: Part
    test: Part


class Scores(Row):
    """How well the predictions of one system fit the labels.

    Attributes:
        model: A key of `models` or `systems` in params.yaml.
        dataset: A key of `datasets`.
        synthetic: Whether the radiographs are drawn: then the scores say nothing about patients.
        headline: Name of the operating point that short texts and tables show.
        confidence: Of every interval, such as 0.95.
        draws: Of the bootstrap over groups behind every interval.
        images: Radiograph by radiograph.
        studies: Study by study, mean probability; None where the data set names no studies.
        subgroups: Test radiographs by attribute (body part, view, ...) and its value, at the
            temperature and thresholds of `images`.
        seeds: Test AUROC of each training seed, as text; the rest is of the first.
    """

    model: str
    dataset: str
    synthetic: bool
    headline: str
    confidence: float
    draws: int
    images: Level
    studies: Level | None
    subgroups: dict[str, dict[str, Part]]
    seeds: dict[str, Estimate]

    @property
    def point(self) -> Point:
        """Test radiographs at the operating point of the headline."""
        return self.images.test.points[self.headline]

    @property
    def threshold(self) -> float:
        """Threshold of the headline's operating point."""
        return self.images.thresholds[self.headline]

    @property
    def auroc(self) -> Estimate:
        """Test AUROC over radiographs."""
        return self.images.test.scores["auroc"]

    @property
    def validation_auroc(self) -> Estimate:
        """Validation AUROC over radiographs: what chooses between models."""
        return self.images.validation.scores["auroc"]

    @property
    def worst(self) -> tuple[str, str, Part] | None:
        """Attribute, value and scores of the subgroup of least AUROC.

        None where no subgroup has an AUROC with an interval: without one, a value says too little.
        """
        known = [
            (part.scores["auroc"].value, attribute, value, part)
            for attribute, parts in self.subgroups.items()
            for value, part in parts.items()
            if part.scores["auroc"].low is not None
        ]
        if not known:
            return None
        _, attribute, value, part = min(known, key=lambda row: row[0] or 0)
        return attribute, value, part

    @property
    def basis(self) -> str:
        """What the test scores rest on, in words."""
        test = self.images.test
        return (
            f"{self.dataset}, test part: {test.n} radiographs, {test.positives} fractured, "
            f"{test.groups} groups; {100 * self.confidence:g} % intervals"
        )


def path(model: str) -> Path:
    """Return where the scores of a model stand."""
    return Path("metrics/systems") / f"{model}.json"


def plots(model: str) -> Path:
    """Return the folder of a model's figures and the data behind them."""
    return Path("plots/systems") / model


def write(scores: Scores, to: Path) -> None:
    """Write scores as JSON, keys in the order of the attributes."""
    write_json(to, scores.model_dump())


def read(model: str, scored_by: str | None = None) -> Scores:
    """Read the scores of a system that `write` wrote at its `path`.

    Args:
        model: Its name.
        scored_by: The stage that makes them, for the error; `evaluate@<model>` if not given.

    Raises:
        PipelineError: There are none, or they were written by another version of the pipeline.
    """
    source, remedy = path(model), f"run `dvc repro {scored_by or f'evaluate@{model}'}`"
    if not source.is_file():
        raise PipelineError(f"{source} not found, the scores of {model}: {remedy}")
    try:
        return Scores.model_validate(read_json(source))
    except JSONDecodeError as error:
        raise PipelineError(f"{source} is no JSON: {error}; {remedy}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise PipelineError(
            f"{source} is not as this version writes it, at {where}: {first['msg'].lower()}; "
            f"{remedy}"
        ) from None


def number(value: float | None) -> str:
    """Return a score as people read it: three decimals, `-` where it is undefined."""
    return "-" if value is None else f"{value:.3f}"


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
