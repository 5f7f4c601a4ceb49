"""The answer first: which model, how good, how sure."""

from fracture.artifacts.scores import number
from fracture.presenting.report.blocks import Bullets, Section, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sections.external import told
from fracture.presenting.report.sections.subgroups import worst
from fracture.presenting.report.sections.verdicts import tallied
from fracture.presenting.words import count


def in_short(findings: Findings) -> Section:
    """Say in a few sentences what was found."""
    return Section(
        "In short",
        (
            Bullets(tuple(sentences(findings))),
            Text("What speaks against relying on these numbers stands under Limits."),
        ),
    )


def sentences(findings: Findings) -> list[str]:
    """Return the findings, the most important first."""
    winner = findings.winner
    test, point = winner.images.test, winner.point
    cells = point.confusion
    found = [
        (
            f"{winner.model} is the model chosen: of {findings.counted} it has the highest "
            f"AUROC on validation, {winner.validation_auroc}."
        ),
        (
            f"On the test part, which chose nothing, its AUROC is {winner.auroc}, with a "
            f"{findings.confidence} interval in brackets: {count(test.n, 'radiograph')}, "
            f"{test.positives:,} of them fractured, from {count(test.groups, 'group')}."
        ),
        (
            f"At the operating point {winner.headline} it finds {cells.tp} of "
            f"{cells.tp + cells.fn} fractured radiographs and calls {cells.fp} of "
            f"{cells.tn + cells.fp} others fractured."
        ),
        beside_baselines(findings),
        tallied(findings),
    ]
    if (weakest := worst(winner)) is not None:
        found.append(f"Its weakest subgroup is {weakest}.")
    found.append(told(findings))
    return [sentence for sentence in found if sentence]


def beside_baselines(findings: Findings) -> str:
    """Say what is reached without a network; nothing where that was not measured."""
    reached = [f"{row.name} {row.auroc}" for row in findings.comparison.baselines]
    if not reached:
        return ""
    return f"Test AUROC without a network: {'; '.join(reached)}. Guessing gets {number(0.5)}."
