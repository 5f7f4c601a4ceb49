"""What the evaluation of a system prints."""

from fracture.artifacts.row import number
from fracture.artifacts.scores import Part, Scores
from fracture.params.evaluate import Rule, in_words
from fracture.presenting.words import SYNTHETIC, plain_table, score_name
from fracture.targets import CLASSES

OVERALL = ("auroc", "average_precision", "log_loss", "brier", "calibration_error")
"""Scores that are printed; metrics/systems/ holds all."""

POINT = ("sensitivity", "specificity", "precision")
"""Scores that are printed of each operating point."""


def report(scores: Scores, rules: dict[str, Rule]) -> str:
    """Return the test scores of a system as short tables.

    Args:
        scores: The scores of the system.
        rules: The rule of each of its operating points, by name.
    """
    level = scores.images
    overall = [
        [
            score_name(name),
            str(level.test.scores[name]),
            str(level.test.uncalibrated.get(name, "")),
            number(level.validation.scores[name].value),
        ]
        for name in OVERALL
    ]
    points = [
        [
            name,
            number(level.thresholds[name]),
            *(str(point.scores[score]) for score in POINT),
            in_words(rules[name]),
        ]
        for name, point in level.test.points.items()
    ]
    classes = [
        [name, *(number(row[key]) for key in ("precision", "recall", "f1")), str(row["support"])]
        for name, row in zip(CLASSES, scores.by_class, strict=True)
    ]
    blocks = [
        f"{scores.model} on {scores.basis}" + f"\n{SYNTHETIC}" * scores.synthetic,
        plain_table(overall, ["", "test", "before temperature scaling", "validation"]),
        plain_table(points, ["operating point", "from", *POINT, "chosen by"]),
        plain_table(classes, [f"at {scores.headline}", "precision", "recall", "F1", "support"]),
        "\n".join(_lines(scores)),
    ]
    return "\n\n".join(blocks)


def _lines(scores: Scores) -> list[str]:
    """Return what needs no table, a line each; some of it not every data set has."""
    lines = [
        f"accuracy at {scores.headline} {scores.point.scores['accuracy']}",
        f"temperature {number(scores.images.temperature)}",
    ]
    if scores.studies is not None:
        test = scores.studies.test
        lines.append(f"by study: AUROC {test.scores['auroc']}, {_counts(test, 'studies')}")
    if len(scores.seeds) > 1:
        seeds = ", ".join(f"{seed}: {each.auroc}" for seed, each in scores.seeds.items())
        lines.append(f"AUROC by training seed {seeds}")
    if scores.worst is not None:
        attribute, value, part = scores.worst
        auroc = part.scores["auroc"]
        lines.append(
            f"worst subgroup: {attribute} {value}, AUROC {auroc}, {_counts(part, 'radiographs')}"
        )
    return lines


def _counts(part: Part, unit: str) -> str:
    return f"{part.n} {unit}, {part.positives} fractured"
