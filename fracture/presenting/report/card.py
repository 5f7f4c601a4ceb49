"""The model card of the model chosen (Mitchell et al., FAT* 2019), with two checklists."""

from fracture.presenting.report.answers import ANSWERS
from fracture.presenting.report.blocks import Document, Section, Table, Text
from fracture.presenting.report.checklists import CLAIM, TRIPOD, Items
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sections.data import counts, holdings
from fracture.presenting.report.sections.explanations import measured
from fracture.presenting.report.sections.limits import known_limits
from fracture.presenting.report.sections.points import confusion, points
from fracture.presenting.report.sections.reproduction import packages
from fracture.presenting.report.sections.split import parts
from fracture.presenting.report.sections.subgroups import subgroup_table
from fracture.presenting.report.sections.winner import made_of, score_table
from fracture.presenting.words import readable, warnings

UNKNOWN = "not available from this run"


def card(findings: Findings) -> Document:
    """Describe the model chosen: what it is, what it is for, how good and where not."""
    sections = (
        details, intended_use, factors, metrics, evaluation_data, training_data, analyses, ethics,
        caveats,
    )  # fmt: skip
    return Document(
        f"Model card: {findings.winner.model}, data set {findings.audit.dataset}",
        warnings(findings.winner.synthetic),
        (
            *(section(findings) for section in sections),
            checklist("CLAIM 2024", CLAIM, findings),
            checklist("TRIPOD+AI", TRIPOD, findings),
        ),
    )


def checklist(name: str, items: Items, findings: Findings) -> Section:
    """Return every item of a checklist with its number and what this run answers."""
    rows = tuple(
        (f"{name} {item}", asks, ANSWERS[key](findings) if key else UNKNOWN)
        for item, (asks, key) in items.items()
    )
    answered = sum(key is not None for _, key in items.values())
    said = f"{answered} of {len(items)} items have an answer in the artifacts of this run."
    return Section(
        f"Checklist: {name}",
        (Text(said), Table(f"{name}, item by item", ("item", "asks", "this run"), rows)),
    )


def says(findings: Findings, *keys: str) -> Text:
    """Return answers as a paragraph."""
    return Text(" ".join(ANSWERS[key](findings) for key in keys))


def details(findings: Findings) -> Section:
    """Say what the model is."""
    return Section(
        "Model details",
        (
            Text(made_of(findings)),
            says(findings, "model", "details"),
            packages(findings),
            Text(f"Developers, version, licence, contact: {UNKNOWN}."),
        ),
    )


def intended_use(findings: Findings) -> Section:
    """Say what the model is for, and what not."""
    return Section(
        "Intended use",
        (
            says(findings, "use"),
            Text("Out of scope: diagnosis, triage, and radiographs unlike those of the data set."),
        ),
    )


def factors(findings: Findings) -> Section:
    """Say by what the scores are taken apart."""
    by = [readable(attribute) for attribute in findings.winner.subgroups]
    told = f"Scores are taken apart by {', '.join(by)}." if by else "There are no subgroups."
    return Section("Factors", (Text(f"{told} Age, sex, device, hospital: {UNKNOWN}."),))


def metrics(findings: Findings) -> Section:
    """Name the scores and how sure they are."""
    return Section("Metrics", (says(findings, "metrics", "uncertainty", "output"),))


def evaluation_data(findings: Findings) -> Section:
    """Say what the model was judged on."""
    return Section(
        "Evaluation data",
        (says(findings, "internal", "disjoint", "external"), parts(findings)),
    )


def training_data(findings: Findings) -> Section:
    """Say what the model learned from."""
    by_body_part = counts("body part", findings.audit.by_body_part, findings)
    return Section(
        "Training data",
        (
            says(findings, "sources", "reference", "flow", "preprocessing"),
            holdings(findings),
            by_body_part,
        ),
    )


def analyses(findings: Findings) -> Section:
    """Give the scores, alone and by subgroup."""
    scores = findings.winner
    blocks = [
        score_table(scores.images, scores.basis),
        points(findings, scores, scores.images),
        confusion(scores, scores.images.test),
    ]
    if scores.subgroups:
        blocks.append(subgroup_table(findings, scores))
    if (heat := findings.localisations.get(scores.model)) and heat.n:
        blocks.append(measured(findings, heat))
    return Section("Quantitative analyses", tuple(blocks))


def ethics(findings: Findings) -> Section:
    """Say what is known of the people behind the data."""
    people = (
        "There are none: the radiographs are drawn."
        if findings.winner.synthetic
        else f"Consent, ethical approval and de-identification: {UNKNOWN}."
    )
    return Section("Ethical considerations", (Text(f"People behind the data: {people}"),))


def caveats(findings: Findings) -> Section:
    """Say what speaks against relying on the scores."""
    return Section("Caveats and recommendations", (known_limits(findings),))
