"""The split: who learns from what, and whether anything stands on two sides."""

from fracture.params.section import value_at
from fracture.params.split import Split
from fracture.presenting.report.blocks import Block, Details, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sections.data import counted_row
from fracture.presenting.words import count, known, percent, readable


def split(findings: Findings) -> Section:
    """Say who learns from what, and that no group stands on two sides."""
    by_body_part = Table(
        "Radiographs of each part by body part",
        ("part and body part", "radiographs", "fractured", "share fractured"),
        tuple(
            counted_row(f"{part}, {readable(name)}", row)
            for part, held in findings.audit.parts.items()
            for name, row in held["by_body_part"].items()
        ),
    )
    blocks: list[Block] = [
        Text(how_split(findings)),
        parts(findings),
        Details("Each part by body part", (by_body_part,)),
        Text(gate(findings)),
    ]
    if unused := findings.audit.unused:
        blocks.append(Text(f"{count(unused, 'radiograph')} stand in no part of the given split."))
    return Section("Split", tuple(blocks))


def how_split(findings: Findings) -> str:
    """Say whose split it is."""
    section = Split.parse(value_at(findings.parameters, "split"), "split")
    if section.given:
        return f"The split is given, radiograph by radiograph, by {section.given}."
    seed = findings.parameters["seed"]
    drawn = f"by group, balanced by label and body part, with seed {seed}"
    if findings.audit.dataset in section.shipped:
        return (
            "The split that ships with the data set is kept; where it names no validation part, "
            f"that is drawn from its training part, {drawn}."
        )
    return (
        f"The split is drawn {drawn}: {percent(section.validation)} of the radiographs for "
        f"validation, {percent(section.test)} for test, the rest for training."
    )


def parts(findings: Findings) -> Table:
    """Return what each part of the split holds."""
    return Table(
        f"The split of {findings.audit.dataset} "
        f"(SHA-256 of the split {findings.fingerprints['data/split.csv']})",
        ("part", "radiographs", "fractured", "share fractured", "groups", "patients", "studies"),
        tuple(
            (
                name,
                f"{part.radiographs:,}",
                f"{part.fractured:,}",
                percent(part.rate),
                f"{part.groups:,}",
                known(part.patients),
                known(part.studies),
            )
            for name, part in findings.parts.items()
        ),
    )


def gate(findings: Findings) -> str:
    """Say whether a patient, a study or an exposure stands in two parts."""
    leaking = findings.gate.leaking
    if findings.gate.verdict == "clean":
        return (
            "Checked afterwards: no group, patient, study or copy of an exposure that the data set "
            "or its pixels reveal stands in two parts."
        )
    return (
        f"The split leaks: {count(leaking['validation'], 'validation radiograph')} and "
        f"{count(leaking['test'], 'test radiograph')} are tied to an earlier part, by patient, "
        "study or copies of one exposure. Scores are too high by an unknown amount."
    )
