"""What can be reached without a network: a look-up of copies, and data of the files."""

from collections.abc import Mapping
from typing import Any

from fracture.artifacts.audit import auroc
from fracture.artifacts.scores import number
from fracture.presenting.report.blocks import Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.words import percent, readable


def baselines(findings: Findings) -> Section:
    """Compare with rules that look at no radiograph."""
    audit = findings.audit
    looked_up = audit.hash_lookup["our_split"]
    lookup = (
        "hash look-up",
        "-",
        str(auroc(looked_up)),
        f"{percent(looked_up['share'])} of the test radiographs are in the training part too",
    )
    shortcuts = [
        (
            f"{readable(column)} alone",
            number(row["validation_auroc"]),
            str(auroc(row)),
            {True: "suspicious", False: "no", None: "does not vary"}[flag(row)],
        )
        for column, row in audit.shortcuts.items()
    ]
    return Section(
        "Baselines without a network",
        (
            Text(
                "A model is worth something only beyond what needs no look at a radiograph. The "
                "look-up answers with the label of the same exposure in the training part; the "
                "others guess the label from one datum of the file, by a small decision tree."
            ),
            Table(
                f"Baselines on {looked_up['n']} test radiographs, {looked_up['positives']} "
                f"fractured; {findings.confidence} intervals",
                ("baseline", "validation AUROC", "test AUROC", "remarkable"),
                (lookup, *shortcuts),
            ),
            Text(f"For comparison, {findings.winner.model}: {findings.winner.auroc}."),
        ),
    )


def flag(row: Mapping[str, Any]) -> bool | None:
    """Return whether a shortcut tells suspiciously much; None where it tells nothing."""
    suspicious = row["suspicious"]
    return None if suspicious is None else bool(suspicious)
