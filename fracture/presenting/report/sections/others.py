"""The models that were not chosen, each for who wants to look."""

from fracture.artifacts.scores import Scores
from fracture.presenting.report.blocks import Details, Section, Text
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.pictures import of_model
from fracture.presenting.report.sections.points import confused, points
from fracture.presenting.report.sections.subgroups import worst


def others(findings: Findings) -> Section:
    """Show each further model, closed until it is opened."""
    rest = list(findings.systems.values())[1:]
    if not rest:
        return Section("The other models", (Text("There are none."),))
    text = "Their further figures and scores stand in plots/systems/ and metrics/systems/."
    return Section("The other models", (Text(text), *(other(findings, one) for one in rest)))


def other(findings: Findings, scores: Scores) -> Details:
    """Show a model's operating points, its weakest subgroup and its curves."""
    weakest = worst(scores)
    return Details(
        f"{scores.model}: test AUROC {scores.auroc}",
        (
            points(findings, scores, scores.images),
            Text(f"Weakest subgroup: {weakest or 'there are no subgroups'}."),
            findings.figure(
                of_model(scores.model, "evaluation"),
                f"ROC and precision-recall curves of {scores.model}, AUROC {scores.auroc}, and its "
                f"confusion at the operating point {scores.headline}: {confused(scores)}.",
                f"{scores.model} on the test part.",
            ),
        ),
    )
