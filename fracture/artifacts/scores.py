"""Scores: one JSON for each system, the same keys whatever the model, checked when read."""

from pathlib import Path

from fracture.artifacts.row import Count, Estimate, Row, number, read_row, write_row
from fracture.targets import CLASSES

__all__ = ["Count", "Estimate", "Row", "number"]

SUMMARY = Path("metrics/summary.json")
COMPARISON = Path("metrics/comparison.json")
COMPARISON_TABLE = Path("plots/comparison/comparison.csv")


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


def picture(system: str, name: str) -> Path:
    """Return where a picture of a system stands, such as `evaluation`."""
    return plots(system) / f"{name}.png"


def write(scores: Scores, to: Path) -> None:
    """Write scores as JSON, keys in the order of the attributes."""
    write_row(scores, to)


def read(model: str, scored_by: str | None = None) -> Scores:
    """Read the scores of a system that `write` wrote at its `path`.

    Args:
        model: Its name.
        scored_by: The stage that makes them, for the error; `evaluate@<model>` if not given.

    Raises:
        PipelineError: There are none, or they were written by another version of the pipeline.
    """
    return read_row(Scores, path(model), scored_by or f"evaluate@{model}")


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None
