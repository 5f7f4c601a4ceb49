"""How a model does on parts of the test radiographs."""

from dataclasses import dataclass

from fracture.artifacts.scores import Part, Scores, number
from fracture.presenting.report.blocks import Block, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.pictures import of_model
from fracture.presenting.words import count, readable

SHOWN = ("sensitivity", "specificity")
"""Scores at the headline's point besides the AUROC."""


@dataclass(frozen=True)
class Subgroup:
    """Test radiographs that share the value of an attribute."""

    attribute: str
    value: str
    part: Part

    def __str__(self) -> str:
        """Name it with its score and its size."""
        return (
            f"{self.attribute} {readable(self.value)}: AUROC {self.part.scores['auroc']}, "
            f"{count(self.part.n, 'radiograph')}, {self.part.positives:,} fractured"
        )


def worst(scores: Scores) -> Subgroup | None:
    """Return the subgroup of the lowest test AUROC; None where none has one."""
    defined = [
        Subgroup(attribute, value, part)
        for attribute, values in scores.subgroups.items()
        for value, part in values.items()
        if part.scores["auroc"].value is not None
    ]
    return min(defined, key=lambda one: one.part.scores["auroc"].value or 0, default=None)


def subgroups(findings: Findings, scores: Scores) -> Section:
    """Show a model's test radiographs apart, the worst named."""
    weakest = worst(scores)
    if weakest is None:
        text = "No attribute of the test radiographs takes more than one value."
        return Section("Subgroups", (Text(text),))
    blocks: tuple[Block, ...] = (
        Text(
            f"Weakest: {weakest}. All test radiographs together: {scores.auroc}. The smaller a "
            "subgroup, the more its score is chance; the weakest of many is low by chance alone."
        ),
        subgroup_table(findings, scores),
        findings.figure(
            of_model(scores.model, "subgroups"),
            f"Test AUROC of {scores.model} in each subgroup with its interval; the weakest is "
            f"{weakest}.",
            "Test AUROC by subgroup. The numbers stand in the table.",
        ),
    )
    return Section("Subgroups", blocks)


def subgroup_table(findings: Findings, scores: Scores) -> Table:
    """Return a row for each subgroup, and one for all."""
    rows = [
        ("all", "all", scores.images.test),
        *(
            (attribute, readable(value), part)
            for attribute, values in scores.subgroups.items()
            for value, part in values.items()
        ),
    ]
    return Table(
        f"{scores.model} on subgroups of the test radiographs, at the operating point "
        f"{scores.headline}; {findings.confidence} intervals",
        ("subgroup", "by", "radiographs", "fractured", "AUROC", *SHOWN),
        tuple(
            (
                value,
                attribute,
                f"{part.n:,}",
                f"{part.positives:,}",
                str(part.scores["auroc"]),
                *(number(part.points[scores.headline].scores[name].value) for name in SHOWN),
            )
            for attribute, value, part in rows
        ),
    )
