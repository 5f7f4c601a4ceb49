"""The data set: what it holds, and what is done to it before a network sees it."""

from fracture.artifacts.audit import Count
from fracture.params.section import value_at
from fracture.presenting.report import pictures
from fracture.presenting.report.blocks import Block, Details, Section, Table, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.words import count, known, percent, readable


def data(findings: Findings) -> Section:
    """Say what is learned from."""
    audit = findings.audit
    sizes = audit.sizes
    blocks: list[Block] = [
        Text(f"Data set: {audit.dataset}. Fractured means here: {audit.label}."),
        holdings(findings),
        counts("body part", audit.by_body_part, findings),
        counts("view", audit.by_view, findings),
    ]
    if audit.by_flag:
        blocks.append(counts("mark", audit.by_flag, findings))
    blocks += [
        Text(
            f"Sizes: {count(sizes['different'], 'different one')}, "
            f"{sizes['width']['minimum']} to {sizes['width']['maximum']} pixels wide (median "
            f"{sizes['width']['median']:g}), {sizes['height']['minimum']} to "
            f"{sizes['height']['maximum']} high (median {sizes['height']['median']:g}); the most "
            f"frequent is {sizes['most_frequent']}, of {count(sizes['radiographs'], 'radiograph')}."
        ),
        findings.figure(
            pictures.audit_sheet("overview"),
            f"The audit of {audit.dataset} in figures: {audit.kept:,} radiographs kept, "
            f"{audit.by_class['fractured']:,} of them fractured, in {audit.groups:,} groups.",
            "The data set and its split, counted. The numbers stand in the tables.",
        ),
    ]
    return Section("Data", tuple(blocks))


def holdings(findings: Findings) -> Table:
    """Return how much the data set holds."""
    audit = findings.audit
    twice = audit.duplicates
    rows = {
        "radiographs found": f"{audit.found:,}",
        "radiographs kept": f"{audit.kept:,}",
        "of them fractured": f"{audit.by_class['fractured']:,}",
        "of them not fractured": f"{audit.by_class['not_fractured']:,}",
        "groups that a split keeps whole": f"{audit.groups:,}",
        "patients": known(audit.patients),
        "studies": known(audit.studies),
        "exposures found more than once": f"{twice['clusters']:,}",
        "of them under opposite labels": f"{twice['clusters_with_opposite_labels']:,}",
    }
    return Table(f"What {audit.dataset} holds", ("what", "how many"), tuple(rows.items()))


def counts(what: str, by: dict[str, Count], findings: Findings) -> Table:
    """Return the radiographs kept by one attribute."""
    return Table(
        f"Radiographs by {what}, of {findings.audit.kept:,} kept",
        (what, "radiographs", "fractured", "share fractured"),
        tuple(counted_row(readable(value), row) for value, row in by.items()),
    )


def counted_row(name: str, row: Count) -> tuple[str, str, str, str]:
    """Return a name, how many radiographs, how many and which share of them fractured."""
    radiographs, fractured = row["radiographs"], row["fractured"]
    share = fractured / radiographs if radiographs else None
    return name, f"{radiographs:,}", f"{fractured:,}", percent(share)


def preprocessing(findings: Findings) -> Section:
    """Say what is done to a radiograph before a network sees it."""
    parameters = findings.parameters
    size = value_at(parameters, "recipes", parameters["recipe"], "preprocess", "size")
    sheets = [
        findings.figure(
            pictures.variant(name),
            f"Sample radiographs of {findings.audit.dataset} as the variant {name} has them.",
            f"Variant {name}; further steps: "
            f"{', '.join(step['step'] for step in variant['steps']) or 'none'}.",
        )
        for name, variant in value_at(parameters, "variants").items()
    ]
    augmented = findings.figure(
        pictures.AUGMENTED,
        "Sample radiographs, each beside randomly changed versions of itself.",
        "What augmentation does to training radiographs, at random and anew each time.",
    )
    return Section(
        "Preprocessing",
        (
            Text(
                f"Each radiograph is decoded strictly, turned upright, scaled until its longer "
                f"side has {size} pixels and padded to a square in black: nothing is distorted or "
                "cut off."
            ),
            Details("Sample radiographs as the networks see them", (*sheets, augmented)),
        ),
    )
