"""The tables of scores: all systems, pairs of them, one in detail."""

from fracture.artifacts.comparison import Comparison
from fracture.artifacts.row import Estimate, number, threshold_text
from fracture.artifacts.scores import Level, Part, Scores
from fracture.params.evaluate import Evaluate, in_words
from fracture.presenting.described import HEADERS, described
from fracture.presenting.report.findings import Findings
from fracture.presenting.report.sentences import decided_by, held
from fracture.presenting.words import Table, count, p_value, readable, score_name, signed, trainings

RANKED = {
    True: ("average_precision", "log_loss", "calibration_error"),
    False: ("log_loss", "calibration_error"),
}
"""Scores of the probabilities besides the AUROC: whether there are two classes, or more."""
DECIDED = ("sensitivity", "specificity")
"""Scores of predictions: of two classes, at the headline's operating point."""
DECIDED_OF_SEVERAL = ("accuracy", "balanced_accuracy", "macro_f1", "kappa")
"""Likewise with more, of the most probable class."""
CALLED = (*DECIDED, "precision", "negative_predictive_value")
"""Scores of an operating point that clinicians ask for first."""
CELLS = {
    "tp": "{1}, called so (TP)",
    "fn": "{1}, missed (FN)",
    "tn": "{0}, called so (TN)",
    "fp": "{0}, false alarm (FP)",
}
BRIEF = {"better": "better", "worse": "worse", "not distinguishable": "open"}


def what_each_is(findings: Findings) -> Table:
    """Return what each system of the run is, those chosen marked."""
    best = {one.ranking[0] for one in (findings.comparison, *findings.further)}
    return Table(
        "What each system is: a model is a network for each training seed; a mean averages the "
        "logits of others; a route asks one system which other one answers",
        HEADERS,
        tuple(
            (f"{name} (chosen)" if name in best else name, *cells)
            for name, *cells in described(findings.made, findings.models)
        ),
    )


def ranking(findings: Findings, comparison: Comparison) -> Table:
    """Return a row for each ranked system of a target, the one chosen first.

    Args:
        findings: All that the run found.
        comparison: The systems of the target.
    """
    first = findings.systems[comparison.ranking[0]]
    ranked, decided = RANKED[first.binary], decided_scores(first)
    rows = []
    for name in comparison.ranking:
        scores, system = findings.systems[name], findings.made[name]
        chosen = " (chosen)" if scores is first else ""
        rows.append(
            (
                f"{name}{chosen}",
                str(scores.validation_auroc),
                str(scores.auroc),
                *(told(score, scores.images.test.scores[score]) for score in ranked),
                *(str(scores.decisions[score]) for score in decided),
                system.label,
            )
        )
    return Table(
        f"{first.basis} in brackets",
        (
            "system", "validation AUROC", "test AUROC", *map(score_name, (*ranked, *decided)),
            "kind",
        ),
        tuple(rows),
    )  # fmt: skip


def told(score: str, estimate: Estimate) -> str:
    """Return a score of the ranking: with its interval where that is asked for, and there is room.

    Args:
        score: Its name.
        estimate: Its value and interval.
    """
    return str(estimate) if score == "average_precision" else number(estimate.value)


def decided_scores(scores: Scores) -> tuple[str, ...]:
    """Return the names of the scores of predictions that short tables show."""
    return DECIDED if scores.binary else DECIDED_OF_SEVERAL


def pairs(findings: Findings) -> Table:
    """Return the system chosen against each other one."""
    winner = findings.winner.model
    return Table(
        f"{winner} against each other system: its test AUROC minus theirs, with "
        f"{findings.confidence} intervals; verdicts on {trainings(findings.comparison.seeds)}",
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
        "Is the system of the row better or worse than that of the column, of "
        f"{trainings(findings.comparison.seeds)}? open: not distinguishable",
        ("system", *names),
        tuple(rows),
    )


def ablations(findings: Findings) -> Table:
    """Return what each variant changes of each backbone."""
    return Table(
        f"Test AUROC of the variant minus that of plain radiographs, with {findings.confidence} "
        f"intervals; verdicts on {trainings(findings.comparison.seeds)}",
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
        f"{scores.model} at its operating points on {test.n} of the test part{held(scores, test)}; "
        f"{findings.confidence} intervals. Thresholds are probabilities after temperature scaling, "
        "as those that are shown",
        ("operating point", "threshold", *map(score_name, CALLED), "chosen by"),
        tuple(
            (
                name,
                threshold_text(level.shown_thresholds[name]),
                *(str(point.scores[score]) for score in CALLED),
                in_words(rules[name]) if name in rules else "-",
            )
            for name, point in test.points.items()
        ),
    )


def confusion(scores: Scores, part: Part) -> Table:
    """Return who is called what, in counts: at each operating point, or of each class.

    Args:
        scores: The scores of a system.
        part: Its radiographs or its studies.
    """
    caption = f"Confusion of {scores.model}, in counts of {part.n}: who is called what"
    if part.confusion:
        return Table(
            caption,
            ("actual", *(f"called {name}" for name in scores.classes)),
            tuple(
                (name, *(f"{n:,}" for n in row))
                for name, row in zip(scores.classes, part.confusion, strict=True)
            ),
        )
    return Table(
        caption,
        ("operating point", *(text.format(*scores.classes) for text in CELLS.values())),
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
    decided = decided_scores(scores)
    return Table(
        f"{scores.model} on subgroups of the test radiographs, {decided_by(scores)}; "
        f"{findings.confidence} intervals",
        (
            "subgroup", "by", "radiographs", *(scores.classes[1:] if scores.binary else ()),
            "AUROC", *map(score_name, decided),
        ),
        tuple(
            (
                value,
                attribute,
                f"{part.n:,}",
                *([f"{part.positives:,}"] if scores.binary else []),
                str(part.scores["auroc"]),
                *(str(decisions(scores, part)[name]) for name in decided),
            )
            for attribute, value, part in rows
        ),
    )  # fmt: skip


def decisions(scores: Scores, part: Part) -> dict[str, Estimate]:
    """Return the scores of a system's predictions in a part, as the headline decides."""
    return part.points[scores.headline].scores if scores.binary else part.scores


def seeds(findings: Findings, scores: Scores) -> Table:
    """Return the test AUROC of a system by training seed."""
    return Table(
        f"Test AUROC of {scores.model} by training seed; {findings.confidence} intervals",
        ("seed", "test AUROC"),
        tuple((seed, str(each.auroc)) for seed, each in scores.seeds.items()),
    )
