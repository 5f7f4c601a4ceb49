"""The tables of scores: all systems, pairs of them, one in detail, heatmaps, other data sets."""

from fracture.artifacts.external import External
from fracture.artifacts.localisation import CONTROLS, Localisation
from fracture.artifacts.row import Estimate, number
from fracture.artifacts.scores import Level, Part, Scores
from fracture.params.evaluate import Evaluate, in_words
from fracture.params.section import value_at
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.tables import Table
from fracture.presenting.words import count, p_value, readable, score_name, signed

RANKED = ("average_precision", "log_loss", "calibration_error")
DECIDED = ("sensitivity", "specificity")
"""Scores of the tables besides the AUROC: of the probabilities, and at the headline's point."""
CALLED = (*DECIDED, "precision", "negative_predictive_value")
"""Scores of an operating point that clinicians ask for first."""
CELLS = {
    "tp": "fractured, called so (TP)",
    "fn": "fractured, missed (FN)",
    "tn": "not fractured, called so (TN)",
    "fp": "not fractured, false alarm (FP)",
}
MEASURES = {"pointing": "pointing game", "energy": "energy in boxes"}
BRIEF = {"better": "better", "worse": "worse", "not distinguishable": "open"}


def ranking(findings: Findings) -> Table:
    """Return a row for each system, the one chosen first."""
    rows = []
    for scores in findings.ranked:
        name = scores.model
        if name in findings.ensembles:
            made_of = findings.ensembles[name].label, "-"
        else:
            entry = value_at(findings.parameters, "models", name)
            made_of = entry["backbone"], entry["variant"]
        chosen = " (chosen)" if scores is findings.winner else ""
        rows.append(
            (
                f"{name}{chosen}",
                str(scores.validation_auroc),
                str(scores.auroc),
                *(number(scores.images.test.scores[score].value) for score in RANKED),
                *(number(scores.point.scores[score].value) for score in DECIDED),
                *made_of,
            )
        )
    return Table(
        f"{findings.winner.basis} in brackets",
        (
            "model", "validation AUROC", "test AUROC", *map(score_name, (*RANKED, *DECIDED)),
            "backbone", "variant",
        ),
        tuple(rows),
    )  # fmt: skip


def pairs(findings: Findings) -> Table:
    """Return the system chosen against each other one."""
    winner = findings.winner.model
    return Table(
        f"{winner} against each other model: its test AUROC minus theirs, with "
        f"{findings.confidence} intervals",
        (
            "against", "difference", "verdict", "p, bootstrap", "p, DeLong", "p, McNemar",
            f"called rightly by {winner} alone", "by the other alone",
        ),
        tuple(
            (
                pair.second,
                signed(pair.difference),
                pair.verdict,
                p_value(pair.bootstrap.p_holm),
                p_value(pair.delong.p_holm),
                p_value(pair.mcnemar.p_holm),
                f"{pair.only_first_right:,}",
                f"{pair.only_second_right:,}",
            )
            for pair in findings.comparison.against(winner).values()
        ),
    )  # fmt: skip


def matrix(findings: Findings) -> Table:
    """Return the verdict of each system against each other one, in one word."""
    names = findings.comparison.ranking
    rows = []
    for name in names:
        pairs = findings.comparison.against(name)
        cells = (BRIEF[pairs[other].verdict] if other in pairs else "-" for other in names)
        rows.append((name, *cells))
    return Table(
        "Is the model of the row better or worse than that of the column? open: not "
        "distinguishable",
        ("model", *names),
        tuple(rows),
    )


def ablations(findings: Findings) -> Table:
    """Return what each variant changes of each backbone."""
    return Table(
        f"Test AUROC of the variant minus that of plain radiographs, with {findings.confidence} "
        "intervals",
        ("backbone", "variant", "models", "difference", "p", "p, Holm", "verdict"),
        tuple(
            (
                row.backbone,
                row.variant,
                f"{row.other} and {row.plain}" if row.other and row.plain else "all pooled",
                signed(row.difference),
                p_value(row.test.p),
                p_value(row.test.p_holm),
                row.verdict,
            )
            for row in findings.comparison.ablations
        ),
    )


def scores_table(level: Level, basis: str) -> Table:
    """Return the scores of validation and test, each with its interval.

    Args:
        level: Radiographs or studies.
        basis: What the test scores rest on, in words.
    """
    validation = level.validation
    return Table(
        f"{basis} in brackets; validation: {validation.n} in {count(validation.groups, 'group')}. "
        "Log loss, Brier score and calibration error are after temperature scaling",
        ("score", "validation", "test"),
        tuple(
            (score_name(name), str(validation.scores[name]), str(value))
            for name, value in level.test.scores.items()
        ),
    )


def points(findings: Findings, scores: Scores, level: Level) -> Table:
    """Return each operating point, how it is chosen and what it gives on test.

    Args:
        findings: All that the run found.
        scores: The scores of a system.
        level: Its radiographs or its studies.
    """
    rules = Evaluate.read(findings.parameters, "evaluate").points
    test = level.test
    return Table(
        f"{scores.model} at its operating points on {test.n} of the test part, {test.positives} "
        f"fractured; {findings.confidence} intervals. Thresholds are probabilities before "
        "temperature scaling",
        ("operating point", "threshold", *map(score_name, CALLED), "chosen by"),
        tuple(
            (
                name,
                threshold(level.thresholds[name]),
                *(str(point.scores[score]) for score in CALLED),
                in_words(rules[name]) if name in rules else "-",
            )
            for name, point in test.points.items()
        ),
    )


def threshold(value: float) -> str:
    """Return a threshold; above 1 no probability reaches it."""
    return number(value) if value <= 1 else "none: nothing is called fractured"


def confusion(scores: Scores, part: Part) -> Table:
    """Return who is called what at each operating point, in counts.

    Args:
        scores: The scores of a system.
        part: Its radiographs or its studies.
    """
    return Table(
        f"Confusion of {scores.model}, in counts of {part.n}: who is called what",
        ("operating point", *CELLS.values()),
        tuple(
            (name, *(f"{getattr(point.confusion, cell):,}" for cell in CELLS))
            for name, point in part.points.items()
        ),
    )


def calibration(findings: Findings, scores: Scores) -> Table:
    """Return scores of a system's probabilities, before and after temperature scaling."""
    test = scores.images.test
    return Table(
        f"Probabilities of {scores.model} on {test.n} test radiographs before and after "
        f"temperature scaling, less is better; {findings.confidence} intervals",
        ("score", "before", "after"),
        tuple(
            (score_name(name), str(before), str(test.scores.get(name, Estimate(value=None))))
            for name, before in test.uncalibrated.items()
        ),
    )


def subgroups(findings: Findings, scores: Scores) -> Table:
    """Return a row for each subgroup of a system's test radiographs, and one for all."""
    rows = [("all", "all", scores.images.test)] + [
        (attribute, readable(value), part)
        for attribute, values in scores.subgroups.items()
        for value, part in values.items()
    ]
    return Table(
        f"{scores.model} on subgroups of the test radiographs, at the operating point "
        f"{scores.headline}; {findings.confidence} intervals",
        ("subgroup", "by", "radiographs", "fractured", "AUROC", *DECIDED),
        tuple(
            (
                value,
                attribute,
                f"{part.n:,}",
                f"{part.positives:,}",
                str(part.scores["auroc"]),
                *(number(part.points[scores.headline].scores[name].value) for name in DECIDED),
            )
            for attribute, value, part in rows
        ),
    )


def seeds(findings: Findings, scores: Scores) -> Table:
    """Return the test AUROC of a system by training seed."""
    return Table(
        f"Test AUROC of {scores.model} by training seed; {findings.confidence} intervals",
        ("seed", "test AUROC"),
        tuple((seed, str(each.auroc)) for seed, each in scores.seeds.items()),
    )


def heatmaps(findings: Findings, one: Localisation) -> Table:
    """Return a row for each measure: a model's heatmaps, the controls, the gain over these."""
    rows = []
    for name, measure in (("pointing", one.pointing), ("energy", one.energy)):
        controls = (str(getattr(measure, control)) for control in CONTROLS)
        gains = (signed(measure.gain[control]) for control in CONTROLS)
        rows.append((MEASURES[name], str(measure.network), *controls, *gains))
    names = tuple(map(readable, CONTROLS))
    return Table(
        f"Heatmaps of {one.model} against the boxes of {one.n} fractured test radiographs, "
        f"{one.groups} groups; {findings.confidence} intervals",
        ("measure", "trained network", *names, *(f"gain over {name}" for name in names)),
        tuple(rows),
    )


def all_heatmaps(findings: Findings) -> Table:
    """Return the measures of every model, without the intervals of the controls."""
    gains = [f", gain over {readable(control)}" for control in CONTROLS]
    rows = []
    for one in findings.localisations.values():
        cells = []
        for measure in (one.pointing, one.energy):
            cells += [str(measure.network), *(signed(measure.gain[name]) for name in CONTROLS)]
        rows.append((one.model, *cells))
    return Table(
        f"Heatmaps of all models; {findings.confidence} intervals",
        ("model", *(f"{what}{over}" for what in MEASURES.values() for over in ("", *gains))),
        tuple(rows),
    )


def external(findings: Findings, one: External) -> Table:
    """Return a row for each system on another data set, in the order of the ranking."""
    first, rows = next(iter(one.parts.values())), []
    for scores in findings.ranked:
        name = scores.model
        if name in one.parts:
            part = one.parts[name]
            at_point = part.points[scores.headline].scores
            cells = (str(at_point[score]) for score in DECIDED)
            drop, error = signed(one.drop[name]), str(part.scores["calibration_error"])
            rows.append((name, str(part.scores["auroc"]), drop, *cells, error))
    return Table(
        f"{one.name}: {count(first.n, 'radiograph')}, {first.positives:,} fractured, "
        f"{count(first.groups, 'group')}; {100 * one.confidence:g} % intervals",
        ("model", "AUROC there", "drop", *map(score_name, DECIDED), "calibration error"),
        tuple(rows),
    )
