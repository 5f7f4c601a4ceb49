"""Answers about what was measured."""

from fracture.artifacts.scores import number
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.glossary import title
from fracture.presenting.report.sections.explanations import OF_MEMBERS, pointed
from fracture.presenting.report.sections.points import CALLED, confused
from fracture.presenting.report.sections.subgroups import worst
from fracture.presenting.words import count, listed


def metrics(findings: Findings) -> str:
    """Name the scores."""
    test = findings.winner.images.test
    names = [*test.scores, *findings.winner.point.scores]
    return f"{listed(map(title, names))}."


def uncertainty(findings: Findings) -> str:
    """Say where intervals and tests come from."""
    return (
        f"{findings.confidence} percentile intervals, bootstrap over groups, "
        f"{findings.comparison.draws:,} draws; models compared by paired bootstrap, DeLong and "
        "McNemar with Holm's correction."
    )


def robustness(findings: Findings) -> str:
    """Say what was varied."""
    trained = findings.ensemble.seeds if findings.ensemble else findings.winner.seeds
    seeds = count(len(trained), "training seed")
    attributes = listed(findings.winner.subgroups) if findings.winner.subgroups else "nothing"
    return f"Subgroups by {attributes}; {seeds}; test AUROC {findings.winner.auroc}."


def explanations(findings: Findings) -> str:
    """Say whether heatmaps were measured."""
    one = findings.localisations.get(findings.winner.model)
    if one is None:
        return OF_MEMBERS
    if not one.n:
        return "Grad-CAM; not measured, because the data set has no boxes."
    return f"Grad-CAM against fracture boxes: {pointed(one)}; both controls stand in report.html."


def performance(findings: Findings) -> str:
    """Give the scores that need no threshold, and the weakest subgroup."""
    scores = findings.winner.images.test.scores
    weakest = worst(findings.winner)
    return "; ".join(f"{title(name)} {value}" for name, value in scores.items()) + (
        f". Weakest subgroup: {weakest}." if weakest else "."
    )


def diagnostic(findings: Findings) -> str:
    """Give the scores at the headline's operating point."""
    scores = findings.winner.point.scores
    called = "; ".join(f"{title(name)} {scores[name]}" for name in CALLED)
    return (
        f"At {findings.winner.headline}, threshold {number(findings.winner.threshold)}: {called}."
    )


def failures(findings: Findings) -> str:
    """Say where the model errs."""
    weakest = worst(findings.winner)
    where = f" Weakest subgroup: {weakest}." if weakest else ""
    return f"At {findings.winner.headline}: {confused(findings.winner)}.{where}"


def internal(findings: Findings) -> str:
    """Say what the internal test rests on."""
    return f"{findings.winner.basis}."
