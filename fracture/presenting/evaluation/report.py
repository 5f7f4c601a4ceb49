"""What the evaluation of a model prints."""

from collections.abc import Sequence

from tabulate import tabulate

from fracture.artifacts.scores import Part, Scores, number
from fracture.params.evaluate import Rule, in_words

NAMES = {
    "auroc": "AUROC",
    "average_precision": "average precision",
    "log_loss": "log loss",
    "brier": "Brier",
    "calibration_error": "calibration error",
}
"""Scores that are printed; metrics/systems/ holds all."""

POINT = ("sensitivity", "specificity", "precision")
"""Scores that are printed of each operating point."""


def report(scores: Scores, rules: dict[str, Rule]) -> str:
    """Return a model's test scores as short tables.

    Args:
        scores: Of the model.
        rules: Of its operating points, by name.
    """
    synthetic = " (synthetic: says nothing about patients)" if scores.synthetic else ""
    blocks = [
        f"{scores.model} on {scores.basis}{synthetic}",
        _overall(scores),
        _points(scores, rules),
        _classes(scores),
        "\n".join(_lines(scores)),
    ]
    return "\n\n".join(blocks)


def _overall(scores: Scores) -> str:
    level = scores.images
    rows = [
        [
            label,
            str(level.test.scores[name]),
            str(level.test.uncalibrated[name]) if name in level.test.uncalibrated else "",
            number(level.validation.scores[name].value),
        ]
        for name, label in NAMES.items()
    ]
    return _table(rows, ["", "test", "before temperature scaling", "validation"])


def _points(scores: Scores, rules: dict[str, Rule]) -> str:
    rows = [
        [
            name,
            number(scores.images.thresholds[name]),
            *(str(point.scores[score]) for score in POINT),
            in_words(rules[name]),
        ]
        for name, point in scores.images.test.points.items()
    ]
    return _table(rows, ["operating point", "from", *POINT, "chosen by"])


def _classes(scores: Scores) -> str:
    rows = [
        [name, *(number(row[key]) for key in ("precision", "recall", "f1")), str(row["support"])]
        for name, row in scores.point.confusion.report().items()
    ]
    return _table(rows, [f"at {scores.headline}", "precision", "recall", "F1", "support"])


def _lines(scores: Scores) -> list[str]:
    """Return what stands alone, a line each; some of it not every data set has."""
    accuracy = scores.point.scores["accuracy"]
    lines = [
        f"accuracy at {scores.headline} {accuracy}",
        f"temperature {number(scores.images.temperature)}",
    ]
    if scores.studies is not None:
        test = scores.studies.test
        lines.append(f"by study: AUROC {test.scores['auroc']}, {_counts(test, 'studies')}")
    if len(scores.seeds) > 1:
        seeds = ", ".join(f"{seed}: {auroc}" for seed, auroc in scores.seeds.items())
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


def _table(rows: Sequence[Sequence[str]], headers: list[str]) -> str:
    return tabulate(rows, headers=headers, tablefmt="plain", disable_numparse=True)
