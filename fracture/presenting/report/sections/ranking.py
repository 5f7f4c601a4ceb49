"""All models side by side: validation chooses, test reports."""

from pathlib import Path

from fracture.artifacts.compositions import OPTIMISM
from fracture.artifacts.scores import Scores, number
from fracture.params.section import value_at
from fracture.presenting.report.blocks import Block, Bullets, Figure, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.glossary import title
from fracture.presenting.report.pictures import COMPARISON

RANKED = ("average_precision", "log_loss", "calibration_error")
DECIDED = ("sensitivity", "specificity")
"""Scores of the table besides the AUROC: of the probabilities, and at the headline's point."""


def ranking(findings: Findings) -> Section:
    """Rank the models by validation, and show how they do on test."""
    winner, path = findings.winner, COMPARISON[0]
    return Section(
        "Ranking",
        (
            Text(
                f"Rows are ordered by validation AUROC: {winner.model}, the first, is the model "
                "chosen. All further columns are of the test part, which chose nothing: a model "
                "further down may score higher there, by luck or not."
            ),
            ranked(findings),
            Text(
                f"Sensitivity and specificity are at the operating point {winner.headline}, whose "
                "threshold each model has from validation. Log loss and calibration error are "
                "after temperature scaling: less is better. "
                f"Intervals: percentiles of {findings.comparison.draws:,} bootstrap draws of "
                "whole groups."
            ),
            forest(findings, path),
            *averaged(findings),
        ),
    )


def averaged(findings: Findings) -> tuple[Block, ...]:
    """Say what each ensemble is, if there is any."""
    if not findings.ensembles:
        return ()
    lines = (f"{name}: {ensemble}." for name, ensemble in findings.ensembles.items())
    return Text(f"Ensembles stand among the models. {OPTIMISM}"), Bullets(tuple(lines))


def ranked(findings: Findings) -> Table:
    """Return a row for each model, the one chosen first."""
    return Table(
        f"{findings.winner.basis} in brackets",
        (
            "model", "validation AUROC", "test AUROC", *map(title, (*RANKED, *DECIDED)),
            "backbone", "variant",
        ),
        tuple(_row(findings, scores) for scores in findings.systems.values()),
    )  # fmt: skip


def _row(findings: Findings, scores: Scores) -> tuple[str, ...]:
    name = scores.model
    if name in findings.ensembles:
        made_of = f"mean of {len(findings.ensembles[name].weights)}", "-"
    else:
        entry = value_at(findings.parameters, "models", name)
        made_of = entry["backbone"], entry["variant"]
    chosen = " (chosen)" if scores is findings.winner else ""
    return (
        f"{name}{chosen}",
        str(scores.validation_auroc),
        str(scores.auroc),
        *(number(scores.images.test.scores[name].value) for name in RANKED),
        *(number(scores.point.scores[name].value) for name in DECIDED),
        *made_of,
    )


def forest(findings: Findings, path: Path) -> Figure:
    """Return the picture of the ranking."""
    aurocs = "; ".join(f"{name} {scores.auroc}" for name, scores in findings.systems.items())
    return findings.figure(
        path,
        f"Test AUROC of each model with its interval, ordered by validation: {aurocs}.",
        "Test AUROC of all models. The numbers stand in the table.",
    )
