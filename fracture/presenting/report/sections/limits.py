"""What speaks against relying on the numbers: every sentence from a fact of this run."""

from collections.abc import Iterator

from fracture.artifacts.audit import auroc
from fracture.artifacts.compositions import OPTIMISM
from fracture.artifacts.scores import Estimate, Part
from fracture.params import evaluate as params
from fracture.params.evaluate import AtSensitivity, AtSpecificity, Evaluate
from fracture.params.section import value_at
from fracture.presenting.report.blocks import Bullets, Section
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sections.baselines import flag
from fracture.presenting.report.sections.explanations import beaten
from fracture.presenting.report.sections.split import gate
from fracture.presenting.report.sections.subgroups import worst
from fracture.presenting.words import NOT_CLINICAL, SYNTHETIC, count, listed, readable, signed

EVENTS = 100
"""Fractured radiographs, and others, below which a test part is small: Collins, Ogundimu and
Altman, Statistics in Medicine 35, 214-226 (2016)."""
WIDE = 0.1
"""Width from which an interval of an AUROC is called wide."""


def limits(findings: Findings) -> Section:
    """List all limits that the artifacts show."""
    return Section("Limits", (known_limits(findings),))


def known_limits(findings: Findings) -> Bullets:
    """Return the limits, a sentence each."""
    sentences = [NOT_CLINICAL]
    if findings.winner.synthetic:
        sentences.append(SYNTHETIC)
    for group in (of_data, of_size, of_comparison, of_baselines, of_use):
        sentences += group(findings)
    return Bullets(tuple(sentences))


def of_data(findings: Findings) -> Iterator[str]:
    """Yield what the data set lacks."""
    audit = findings.audit
    yield f"A label is what the data set says ({audit.label}); nobody checked it here."
    if audit.patients is None:
        yield (
            "The data set names no patients. Only copies of one exposure share a group: other "
            "views of a patient may stand on both sides of the split, and scores may be too high."
        )
    if audit.kept < audit.found:
        yield (
            f"{count(audit.found - audit.kept, 'radiograph')} of {audit.found:,} were left out: "
            "the scores say nothing about radiographs like those."
        )
    if findings.gate.verdict != "clean":
        yield gate(findings)


def of_size(findings: Findings) -> Iterator[str]:
    """Yield what small parts make uncertain."""
    images = findings.winner.images
    for name, part in (("test", images.test), ("validation", images.validation)):
        if fewest(part) < EVENTS:
            yield (
                f"The {name} part is small: {part.positives:,} fractured radiographs and "
                f"{part.n - part.positives:,} others, below the {EVENTS} of each that are "
                "recommended."
            )
    if width(findings.winner.auroc) >= WIDE:
        yield (
            f"The interval of the AUROC of {findings.winner.model} is wide: "
            f"{findings.winner.auroc.interval}."
        )
    if findings.ensemble:
        yield f"{findings.winner.model} is an ensemble. {OPTIMISM}"
    elif len(findings.winner.seeds) == 1:
        yield "One training seed: how much of a score is luck of the training is not known."


def width(estimate: Estimate) -> float:
    """Return the width of an interval, rounded as its ends are; 0 where there is none."""
    if estimate.low is None or estimate.high is None:
        return 0
    return round(estimate.high - estimate.low, 6)


def fewest(part: Part) -> int:
    """Return the size of a part's smaller class."""
    return min(part.positives, part.n - part.positives)


def of_comparison(findings: Findings) -> Iterator[str]:
    """Yield what the comparison does not establish."""
    winner = findings.winner.model
    verdicts = findings.comparison.verdicts(winner)
    if undecided := verdicts["not distinguishable"]:
        yield (
            f"{undecided} of {count(verdicts.total(), 'other model')} cannot be told apart from "
            f"{winner}: that validation put it first may be chance."
        )
    if verdicts["worse"]:
        yield (
            f"On the test part {winner} is worse than {count(verdicts['worse'], 'other model')}; "
            "it stays chosen, because test chooses nothing."
        )
    if weakest := worst(findings.winner):
        yield f"It is not equally good everywhere; weakest: {weakest}."


def of_baselines(findings: Findings) -> Iterator[str]:
    """Yield what can be guessed without a look at a radiograph."""
    section = params.Audit.parse(value_at(findings.parameters, "audit"), "audit")
    shortcuts = findings.audit.shortcuts
    if flagged := [readable(name) for name, row in shortcuts.items() if flag(row)]:
        yield (
            f"Suspicious: {listed(flagged)} alone reaches a test AUROC above "
            f"{section.suspicious:g}; a network may have learned what goes with it."
        )
    reached = [auroc(row).value for row in shortcuts.values()]
    best = max((value for value in reached if value is not None), default=None)
    low = findings.winner.auroc.low
    if best is not None and low is not None and low <= best:
        yield (
            f"{findings.winner.model} is not shown to beat the best of these, {best:.3f}: its "
            f"interval begins at {low:.3f}."
        )


def of_use(findings: Findings) -> Iterator[str]:
    """Yield what stands between these scores and any other place."""
    winner = findings.winner
    rules = Evaluate.parse(value_at(findings.parameters, "evaluate"), "evaluate").points
    for name, rule in rules.items():
        if isinstance(rule, AtSensitivity | AtSpecificity):
            ((score, aim),) = rule.model_dump().items()
            got = winner.images.test.points[name].scores[score].value
            if got is not None and got < aim:
                yield (
                    f"The operating point {name} aims at a {score} of {aim:g}; on test it reaches "
                    f"{got:.3f}."
                )
    one = findings.localisations.get(winner.model)
    if one is None:
        yield "The model chosen is an ensemble: it has no heatmaps that show what it looks at."
    elif not one.n:
        yield "Whether the heatmaps point at fractures was not measured: there are no boxes."
    elif controls := beaten(one):
        yield f"The heatmaps do not measurably beat {listed(controls)} at pointing at fractures."
    if not findings.externals:
        yield "No other data set was scored; at another hospital scores are usually lower."
    for other in findings.externals:
        if winner.model in other.drop:
            drop = signed(other.drop[winner.model])
            yield f"From the test part to {other.name} the AUROC drops by {drop}."
