"""Answers about the radiographs and their split."""

from fracture.params.radiographs import Ingest
from fracture.params.section import value_at
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sections.split import gate, how_split
from fracture.presenting.words import count, known, percent, readable


def design(findings: Findings) -> str:
    """Say whether data were collected for this."""
    if findings.winner.synthetic:
        return "Neither: the radiographs are drawn."
    return "Retrospective: an existing data set."


def sources(findings: Findings) -> str:
    """Name the data."""
    audit = findings.audit
    mark = findings.fingerprints["data/manifest.csv"]
    return f"{audit.dataset}: {count(audit.kept, 'radiograph')}; SHA-256 of the manifest {mark}."


def eligibility(findings: Findings) -> str:
    """Say what becomes of unfit radiographs."""
    section = Ingest.parse(value_at(findings.parameters, "ingest"), "ingest")
    rules = section.model_dump(include={
        "truncated", "tiny", "uniform", "colour", "conflicting_labels",
    })  # fmt: skip
    return "; ".join(f"{readable(fault)}: {action}" for fault, action in rules.items()) + "."


def disjoint(findings: Findings) -> str:
    """Say what no two parts share."""
    level = (
        "exposures, because it names no patients"
        if findings.audit.patients is None
        else ("patients and exposures")
    )
    return f"Groups of {level}. {gate(findings)}"


def partitions(findings: Findings) -> str:
    """Count the parts."""
    held = "; ".join(
        f"{name} {count(part.radiographs, 'radiograph')}, {part.fractured:,} fractured"
        for name, part in findings.parts.items()
    )
    return f"{how_split(findings)} {held}."


def differences(findings: Findings) -> str:
    """Say what sets the radiographs that judge apart from those that teach."""
    elsewhere = (
        f"{one.name} is of data set {one.dataset}, the models learned from {one.trained_on}."
        for one in findings.externals
    )
    return " ".join(["The test part is of the same data set as the training part.", *elsewhere])


def flow(findings: Findings) -> str:
    """Count what was found, left out and kept."""
    audit = findings.audit
    reasons = ", ".join(f"{n:,} {reason}" for reason, n in audit.left_out.items()) or "none"
    return (
        f"{count(audit.found, 'radiograph')} found, left out: {reasons}; {audit.kept:,} kept, "
        f"{audit.by_class['fractured']:,} of them fractured. Patients: {known(audit.patients)}; "
        f"studies: {known(audit.studies)}."
    )


def characteristics(findings: Findings) -> str:
    """Say how alike the parts are."""
    rates = "; ".join(f"{name} {percent(part.rate)}" for name, part in findings.parts.items())
    return (
        f"Share fractured: {rates}. Body parts of each part stand in report.html. Age, sex and "
        "dates are not available from this run."
    )
