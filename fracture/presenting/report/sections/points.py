"""Operating points: where the threshold lies, and who is called what there."""

from fracture.artifacts.scores import Level, Part, Scores
from fracture.params.evaluate import Evaluate, in_words
from fracture.params.section import value_at
from fracture.presenting.report.blocks import Block, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.glossary import title

CALLED = ("sensitivity", "specificity", "precision", "negative_predictive_value")
"""Scores of an operating point that clinicians ask for first."""


def operated(findings: Findings, scores: Scores) -> list[Block]:
    """Return what happens at each threshold."""
    return [
        Text(
            "An operating point is a threshold, chosen on validation, at which the model says "
            "fractured. PPV and NPV hold for the share of fractured radiographs in this test part, "
            "not for a clinic."
        ),
        points(findings, scores, scores.images),
        confusion(scores, scores.images.test),
    ]


def points(findings: Findings, scores: Scores, level: Level) -> Table:
    """Return each operating point, how it is chosen and what it gives on test."""
    rules = Evaluate.parse(value_at(findings.parameters, "evaluate"), "evaluate").points
    test = level.test
    return Table(
        f"{scores.model} at its operating points on {test.n} of the test part, {test.positives} "
        f"fractured; {findings.confidence} intervals. Thresholds are probabilities before "
        "temperature scaling",
        ("operating point", "threshold", *map(title, CALLED), "chosen by"),
        tuple(
            (
                name,
                threshold(level.thresholds[name]),
                *(str(point.scores[score]) for score in CALLED),
                in_words(rules[name]) if name in rules else "-",
            )
            for name, point in test.points.items()
        ),
    )


def threshold(value: float) -> str:
    """Return a threshold; above 1 no probability reaches it."""
    return f"{value:.3f}" if value <= 1 else "none: nothing is called fractured"


def confusion(scores: Scores, part: Part) -> Table:
    """Return who is called what at each operating point, in counts."""
    return Table(
        f"Confusion of {scores.model}, in counts of {part.n}: who is called what",
        (
            "operating point",
            "fractured, called so (TP)",
            "fractured, missed (FN)",
            "not fractured, called so (TN)",
            "not fractured, false alarm (FP)",
        ),
        tuple(
            (name, *(f"{getattr(point.confusion, cell):,}" for cell in ("tp", "fn", "tn", "fp")))
            for name, point in part.points.items()
        ),
    )


def confused(scores: Scores) -> str:
    """Return the confusion at the headline's operating point in words."""
    cells = scores.point.confusion
    return (
        f"{cells.tp} fractured found, {cells.fn} missed, {cells.tn} others called so, {cells.fp} "
        "false alarms"
    )
