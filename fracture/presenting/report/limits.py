"""Reasons not to rely on the numbers, each found in the artifacts of this run."""

from collections.abc import Iterator

from fracture.artifacts.audit import auroc
from fracture.artifacts.localisation import CONTROLS
from fracture.artifacts.systems import OPTIMISM
from fracture.params.evaluate import AtSensitivity, AtSpecificity, Audit, Evaluate
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sentences import NO_HEATMAP, leakage, weakest
from fracture.presenting.words import count, listed, readable, signed, warnings

EVENTS = 100
"""Fractured radiographs, and others, below which a test part is small: Collins, Ogundimu and
Altman, Statistics in Medicine 35, 214-226 (2016)."""
WIDE = 0.1
"""Width from which an interval of an AUROC is called wide."""


def limits(findings: Findings) -> list[str]:
    """Return all limits that the artifacts show, a sentence each."""
    sentences = list(reversed(warnings(findings.winner.synthetic)))
    for group in (_of_data, _of_size, _of_comparison, _of_baselines, _of_points, _of_use):
        sentences += group(findings)
    return sentences


def _of_data(findings: Findings) -> Iterator[str]:
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
        yield leakage(findings)


def _of_size(findings: Findings) -> Iterator[str]:
    """Yield what small parts make uncertain."""
    winner = findings.winner
    for name, part in (("test", winner.images.test), ("validation", winner.images.validation)):
        if min(part.counts) < EVENTS:
            *others, last = zip(part.counts, winner.classes, strict=True)
            listing = listed(f"{n:,} {name}" for n, name in (last, *others))
            yield (
                f"The {name} part is small: of its radiographs {listing}, below the {EVENTS} of "
                "each that are recommended."
            )
    low, high = winner.auroc.low, winner.auroc.high
    if low is not None and high is not None and round(high - low, 6) >= WIDE:
        yield f"The interval of the AUROC of {winner.model} is wide: {winner.auroc.interval}."
    if findings.composition and findings.composition.kind == "mean":
        yield f"{winner.model} is an ensemble. {OPTIMISM}"
    elif len(winner.seeds) == 1:
        yield "One training seed: how much of a score is luck of the training is not known."
    for note in winner.notes:
        yield f"Of {winner.model}: {note}."


def _of_comparison(findings: Findings) -> Iterator[str]:
    """Yield what the comparison does not establish."""
    winner = findings.winner.model
    verdicts = findings.comparison.verdicts(winner)
    if undecided := verdicts["not distinguishable"]:
        yield (
            f"{undecided} of {count(verdicts.total(), 'other system')} cannot be told apart from "
            f"{winner}: that validation put it first may be chance."
        )
    if verdicts["worse"]:
        yield (
            f"On the test part {winner} is worse than {count(verdicts['worse'], 'other system')}; "
            "it stays chosen, because test chooses nothing."
        )
    if subgroup := weakest(findings.winner):
        yield f"It is not equally good everywhere; weakest: {subgroup}."


def _of_baselines(findings: Findings) -> Iterator[str]:
    """Yield what can be guessed without a look at a radiograph."""
    if not findings.comparison.baselines:
        return
    section = Audit.read(findings.parameters, "audit")
    shortcuts = findings.audit.shortcuts
    if flagged := [readable(name) for name, row in shortcuts.items() if row["suspicious"]]:
        yield (
            f"Suspicious: {listed(flagged)} alone reaches a test AUROC above "
            f"{section.suspicious:g}; a network may have learned what goes with it."
        )
    reached = {
        readable(name): value
        for name, row in (shortcuts | findings.audit.priors).items()
        if (value := auroc(row).value) is not None
    }
    best = max(reached, key=lambda name: reached[name], default=None)
    low = findings.winner.auroc.low
    if best is not None and low is not None and low <= reached[best]:
        yield (
            f"{findings.winner.model} is not shown to beat {best} alone, {reached[best]:.3f}, "
            f"which needs no look at a radiograph: its interval begins at {low:.3f}."
        )


def _of_points(findings: Findings) -> Iterator[str]:
    """Yield the operating points that find nothing on test, or miss what they aim at."""
    rules = Evaluate.read(findings.parameters, "evaluate").points
    points = findings.winner.images.test.points
    for name, point in points.items():
        if not point.confusion.tp + point.confusion.fp:
            yield (
                f"The operating point {name} calls no test radiograph "
                f"{findings.winner.classes[1]}: its specificity is no merit."
            )
    for name, rule in rules.items():
        if name in points and isinstance(rule, AtSensitivity | AtSpecificity):
            ((score, aim),) = rule.model_dump().items()
            reached = points[name].scores[score].value
            if reached is not None and reached < aim:
                yield (
                    f"The operating point {name} aims at a {score} of {aim:g}; on test it reaches "
                    f"{reached:.3f}."
                )


def _of_use(findings: Findings) -> Iterator[str]:
    """Yield why the scores may not hold elsewhere."""
    winner = findings.winner.model
    one = findings.localisations.get(winner)
    if one is None:
        yield NO_HEATMAP
    elif not one.n:
        yield f"No boxes: whether heatmaps of {winner} point at what it predicts was not measured."
    else:
        gain = one.pointing.gain
        worse = [each for each in CONTROLS if (gain[each].high or 0) < 0]
        alike = [each for each in CONTROLS if (gain[each].low or 0) <= 0 and each not in worse]
        for controls, verb in ((worse, "are worse than"), (alike, "do not measurably beat")):
            if controls:
                named = listed(map(readable, controls))
                yield f"The heatmaps {verb} {named} at pointing at fractures."
    if not findings.externals:
        yield "No other data set was scored; at another hospital scores are usually lower."
    for other in findings.externals:
        if winner in other.drop:
            drop = signed(other.drop[winner])
            yield f"From the test part to {other.name} the AUROC drops by {drop}."
