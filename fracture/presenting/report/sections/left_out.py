"""What is not used and why, and what occurs more than once."""

from collections.abc import Iterator

from fracture.presenting.report import pictures
from fracture.presenting.report.blocks import Block, Bullets, Details, Figure, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.words import count

NAMED = 200
"""Radiographs that are named one by one."""


def left_out(findings: Findings) -> Section:
    """Say what is not used, and why."""
    audit = findings.audit
    blocks: list[Block] = []
    if audit.left_out:
        blocks += [
            Table(
                f"Left out, of {audit.found:,} radiographs found",
                ("reason", "radiographs"),
                tuple((reason, f"{n:,}") for reason, n in audit.left_out.items()),
            ),
            Details("Which ones", (Bullets(named(findings)),)),
        ]
    else:
        blocks.append(Text(f"Nothing: all {count(audit.found, 'radiograph')} found are used."))
    blocks.append(Text(copies(findings)))
    sheets = tuple(examples(findings))
    if sheets:
        blocks.append(Details("Examples", sheets))
    return Section("What was left out", tuple(blocks))


def examples(findings: Findings) -> Iterator[Figure]:
    """Yield a contact sheet of each kind of which there are any."""
    audit, twice = findings.audit, findings.audit.duplicates
    kinds = {
        "left_out": (audit.found - audit.kept, "left out"),
        "duplicates": (twice["clusters"], "found more than once"),
        "opposite_labels": (twice["clusters_with_opposite_labels"], "under opposite labels"),
    }
    for name, (n, what) in kinds.items():
        if n:
            text = f"{n:,} {what} in {audit.dataset}."
            path = pictures.audit_sheet(name)
            yield findings.figure(path, f"Contact sheet of radiographs: {text}", text)


def copies(findings: Findings) -> str:
    """Say how many exposures occur more than once, and how that is known."""
    twice = findings.audit.duplicates
    kinds = ", ".join(f"{kind} {n:,}" for kind, n in twice["pairs"].items())
    return (
        f"{count(twice['clusters'], 'exposure')} found more than once, in "
        f"{count(twice['radiographs'], 'radiograph')}; pairs by how they are known: {kinds}. "
        "Copies share a group."
    )


def named(findings: Findings) -> tuple[str, ...]:
    """Return the radiographs left out by id, and how many more there are."""
    rows = findings.audit.left_out_radiographs
    names = [f"{row['id']}: {row['reason']}" for row in rows[:NAMED]]
    if more := len(rows) - NAMED if len(rows) > NAMED else 0:
        names.append(f"and {more:,} more: see data/left_out.csv")
    return tuple(names)
