"""How the models do on data sets that they never saw."""

from fracture.artifacts.external import External
from fracture.artifacts.scores import Scores
from fracture.presenting.report.blocks import Block, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.glossary import title
from fracture.presenting.report.pictures import EXTERNAL
from fracture.presenting.words import count, signed

SHOWN = ("sensitivity", "specificity")
"""Scores at the headline's point besides the AUROC."""
NONE = "No other data set was scored: how the models do elsewhere is not known."


def told(findings: Findings) -> str:
    """Say in a sentence how the model chosen does elsewhere."""
    winner = findings.winner.model
    if not findings.externals:
        return NONE
    return " ".join(
        f"On the data set {one.name}, which it never saw, its AUROC is "
        f"{one.parts[winner].scores['auroc']}."
        for one in findings.externals
        if winner in one.parts
    )


def external(findings: Findings) -> Section:
    """Show every other data set that was scored."""
    if not findings.externals:
        return Section("External validation", (Text(NONE),))
    blocks: list[Block] = [
        Text(
            "Temperature and thresholds are those of the validation part: nothing was fitted to "
            "the other data set. The drop is the internal test AUROC minus the external one."
        )
    ]
    for one in findings.externals:
        blocks += [Text(scored(one)), external_table(findings, one)]
    names = ", ".join(one.name for one in findings.externals)
    blocks.append(
        findings.figure(
            EXTERNAL,
            f"Internal and external AUROC of each model with intervals, on {names}. "
            f"{told(findings)}",
            "AUROC at home and elsewhere. The numbers stand in the tables.",
        )
    )
    return Section("External validation", tuple(blocks))


def scored(one: External) -> str:
    """Say what the other data set is and what of it was scored."""
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in one.left_out.items()) or "none"
    drawn = " Its radiographs are drawn." if one.synthetic else ""
    return (
        f"{one.name}: {count(one.found, 'radiograph')} of data set {one.dataset}; left out: "
        f"{reasons}. The models learned from {one.trained_on}.{drawn}"
    )


def external_table(findings: Findings, one: External) -> Table:
    """Return a row for each model, in the order of the ranking."""
    first = next(iter(one.parts.values()))
    return Table(
        f"{one.name}: {count(first.n, 'radiograph')}, {first.positives:,} fractured, "
        f"{count(first.groups, 'group')}; {100 * one.confidence:g} % intervals",
        ("model", "AUROC there", "drop", *map(title, SHOWN), "calibration error"),
        tuple(
            _row(one, scores) for scores in findings.systems.values() if scores.model in one.parts
        ),
    )


def _row(one: External, scores: Scores) -> tuple[str, ...]:
    part = one.parts[scores.model]
    at_point = part.points[scores.headline].scores
    return (
        scores.model,
        str(part.scores["auroc"]),
        signed(one.drop[scores.model]),
        *(str(at_point[name]) for name in SHOWN),
        str(part.scores["calibration_error"]),
    )
