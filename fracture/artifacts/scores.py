"""Scores: one JSON for each system, the same keys whatever the model, checked when read."""

from collections.abc import Iterable
from pathlib import Path

from fracture.artifacts.localisation import Localisation
from fracture.artifacts.row import Count, Estimate, Row, read_row, write_row
from fracture.artifacts.trained import Footprint
from fracture.artifacts.unsure import Reached
from fracture.judging.logits import calibrate_thresholds

SUMMARY = Path("metrics/summary.json")
COMPARISON = Path("metrics/comparison.json")
HEADLINES = Path("metrics/test")
"""Holds a file for each system: a few test scores, DVC's metrics, in a row for each system."""

MOST_PROBABLE = "most probable class"
"""What is predicted where there are more than two classes, and no operating points."""


class Confusion(Row):
    """Counts of true and false negatives and positives."""

    tn: Count
    fp: Count
    fn: Count
    tp: Count

    @property
    def matrix(self) -> list[list[int]]:
        """Radiographs by actual and predicted class."""
        return [[self.tn, self.fp], [self.fn, self.tp]]


class Point(Row):
    """How a sample fares at an operating point.

    Attributes:
        confusion: Counts of the network served, that of the first training seed.
        scores: Rows of `DECISION`, the mean over training seeds.
    """

    confusion: Confusion
    scores: dict[str, Estimate]


class Part(Row):
    """All that is measured of one sample: scores are the mean over training seeds.

    The network of each seed has the temperature and the thresholds that its own predictions on
    validation chose. An interval is that of the mean: each draw of groups scores all networks. That
    of a share of 0 or 1 is as wide as the exact one of as many groups: all its draws are alike.

    Attributes:
        n: Radiographs, or studies.
        positives: Those of the second of two classes; None with more classes.
        groups: Of those that depend on each other: what the bootstrap draws.
        counts: Those of each class.
        confusion: Counts by actual and by most probable class of the network served, that of the
            first training seed; None with two classes, where each operating point has its own.
        scores: Rows of `RANKING`, and those of `PROBABILITY` after temperature scaling; with more
            than two classes those of fracture/judging/multiclass.py, and the AUROC of each class
            against all others as `auroc/<class>`; last the calibration error beyond chance.
        uncalibrated: Rows of `PROBABILITY` and the last one as the network gave the probabilities.
        points: By the name of the operating point; none with more than two classes.
    """

    n: Count
    positives: Count | None
    groups: Count
    counts: list[Count]
    confusion: list[list[Count]] | None
    scores: dict[str, Estimate]
    uncalibrated: dict[str, Estimate]
    points: dict[str, Point]


class Level(Row):
    """Radiographs, or studies: what was chosen on validation, and how it does on test.

    Attributes:
        temperature: Logits of the network served are divided by it.
        thresholds: By operating point: this probability of the network served or more, before
            temperature scaling, is called fractured. Not rounded: a radiograph might change sides.
        validation: Chose the two above.
        test: Chose nothing.
    """

    temperature: float
    thresholds: dict[str, float]
    validation: Part
    test: Part

    @property
    def shown_thresholds(self) -> dict[str, float]:
        """`thresholds` as they stand among the probabilities that are shown, after scaling."""
        return calibrate_thresholds(self.thresholds, self.temperature)


class SeedScores(Row):
    """AUROC over radiographs of the network of one training seed."""

    validation_auroc: Estimate
    auroc: Estimate


class Spread(Row):
    """Test AUROC over training seeds; `deviation`, that of a sample, is None for one seed alone."""

    mean: float
    deviation: float | None
    least: float
    most: float


class Scores(Row):
    """How well the predictions of one system fit the labels.

    What is claimed of a system is the mean over its training seeds. The first seed's is served.

    Attributes:
        model: Name of the system.
        target: What it predicts: a key of `targets`.
        classes: Of the target.
        where: A column and its value: these radiographs alone were learnt from and are scored;
            else empty.
        dataset: A key of `datasets`.
        synthetic: Whether the radiographs are drawn: then the scores say nothing about patients.
        headline: Name of the operating point that short texts and tables show; `MOST_PROBABLE` with
            more than two classes.
        confidence: Of every interval, such as 0.95.
        draws: Of the bootstrap over groups behind every interval.
        images: Radiograph by radiograph.
        studies: Study by study, mean probability; None where the data set names no studies, or
            radiographs of one study are of different classes.
        unsure: Calls with a guarantee; None with more than two classes.
        subgroups: Test radiographs by attribute (body part, view, ...) and its value, at the
            temperatures and thresholds of `images`.
        least_subgroup: Radiographs of each of its classes that a subgroup holds to be `weakest`.
        seeds: By training seed, as text; the first is that of the network served.
        spread: Of the test AUROC over `seeds`.
        served: `images` of the network served alone; None for one training seed, where `images` is
            of that network.
        notes: What should make one doubt the scores, a sentence each; mostly none.
        footprint: Of its networks, as of the system; None where one is not known.
        localisation: Of the mean of its networks' fracture maps, where the system is a mean of
            models that all have one; else None: that of a model stands with its predictions.
    """

    model: str
    target: str
    classes: list[str]
    where: dict[str, str]
    dataset: str
    synthetic: bool
    headline: str
    confidence: float
    draws: int
    images: Level
    studies: Level | None
    unsure: Reached | None
    subgroups: dict[str, dict[str, Part]]
    least_subgroup: Count
    seeds: dict[str, SeedScores]
    spread: Spread
    served: Level | None
    notes: list[str]
    footprint: Footprint | None
    localisation: Localisation | None

    @property
    def binary(self) -> bool:
        """Whether the target has two classes."""
        return len(self.classes) == 2  # noqa: PLR2004

    @property
    def as_served(self) -> "Scores":
        """The same with what is claimed of radiographs replaced by that of the network served."""
        return self.model_copy(update={"images": self.served}) if self.served else self

    @property
    def point(self) -> Point:
        """Test radiographs at the operating point of the headline, of two classes."""
        return self.images.test.points[self.headline]

    @property
    def decisions(self) -> dict[str, Estimate]:
        """Scores on test radiographs of what is predicted, as the headline says."""
        return self.point.scores if self.binary else self.images.test.scores

    @property
    def threshold(self) -> float:
        """Threshold of the headline's operating point, of two classes."""
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
    def matrix(self) -> list[list[int]]:
        """Test radiographs by actual and predicted class, of the network served.

        Of two classes, they are predicted at the operating point of the headline.
        """
        return self.images.test.confusion or self.point.confusion.matrix

    @property
    def weakest(self) -> tuple[str, str, Part] | None:
        """Attribute, value and scores of the subgroup of least AUROC, below that of the whole.

        Passed over are those of fewer than `least_subgroup` radiographs of a class, those beside
        which fewer than that are left, as they are nearly all, and those without an interval. None
        where all are, or none of the others is below the whole.
        """
        whole = self.images.test.counts
        known = [
            (part.scores["auroc"].value, attribute, value, part)
            for attribute, parts in self.subgroups.items()
            for value, part in parts.items()
            if part.scores["auroc"].low is not None
            and (part.scores["auroc"].value or 0) < (self.auroc.value or 0)
            and all(
                self.least_subgroup <= of_part <= of_all - self.least_subgroup
                for of_part, of_all in zip(part.counts, whole, strict=True)
                if of_part
            )
        ]
        if not known:
            return None
        _, attribute, value, part = min(known, key=lambda row: row[0] or 0)
        return attribute, value, part

    @property
    def sample(self) -> str:
        """The test radiographs, in words."""
        test, classes = self.images.test, self.classes
        held = f", {test.positives} {classes[1]}" if self.binary else f" of {len(classes)} classes"
        of_these = "".join(
            f", {column.replace('_', ' ')} {value}" for column, value in self.where.items()
        )
        return (
            f"{self.dataset}, test part{of_these}: {test.n} radiographs{held}, {test.groups} groups"
        )

    @property
    def basis(self) -> str:
        """What the test scores rest on, in words: for what shows intervals."""
        return f"{self.sample}; {100 * self.confidence:g} % intervals"


def rank(systems: Iterable[Scores]) -> list[Scores]:
    """Order systems by validation AUROC, best first; of equal ones the earlier stays first.

    The first is the one chosen. Test scores order nothing.
    """
    return sorted(systems, key=lambda scores: -(scores.validation_auroc.value or 0))


FOLDER = Path("metrics/systems")
"""Holds a file for each system."""


def path(model: str) -> Path:
    """Return where the scores of a model stand."""
    return FOLDER / f"{model}.json"


def write(scores: Scores, to: Path) -> None:
    """Write scores as JSON, keys in the order of the attributes."""
    write_row(scores, to)


def read(model: str) -> Scores:
    """Read the scores of a system that `write` wrote at its `path`.

    Raises:
        PipelineError: There are none, or they were written by another version of the pipeline.
    """
    return read_row(Scores, path(model), "evaluate")
