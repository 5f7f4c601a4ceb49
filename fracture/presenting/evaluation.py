"""What the evaluation of a system prints."""

from fracture.artifacts.row import number, threshold_text
from fracture.artifacts.scores import Part, Scores
from fracture.judging import multiclass
from fracture.params.evaluate import Rule, in_words
from fracture.presenting.words import SYNTHETIC, plain_table, score_name

OVERALL = (
    "auroc", "average_precision", "log_loss", "brier", "calibration_error",
    "calibration_error_beyond_chance",
)  # fmt: skip
"""Scores that are printed of two classes; metrics/systems/ holds all."""

POINT = ("sensitivity", "specificity", "precision")
"""Scores that are printed of each operating point."""

SEVERAL = (
    "accuracy", "balanced_accuracy", "auroc", "macro_f1", "kappa", *multiclass.PROBABILITY,
    "calibration_error_beyond_chance",
)  # fmt: skip
"""Scores that are printed of more than two classes."""


def report(scores: Scores, rules: dict[str, Rule]) -> str:
    """Return the test scores of a system as short tables.

    Args:
        scores: The scores of the system.
        rules: The rule of each operating point of a target with two classes, by name.
    """
    blocks = [
        f"{scores.model} on {scores.basis}" + f"\n{SYNTHETIC}" * scores.synthetic,
        _overall(scores),
        *([_points(scores, rules)] if scores.binary else []),
        _classes(scores),
        "\n".join(_lines(scores)),
    ]
    return "\n\n".join(blocks)


def in_one_line(scores: Scores) -> str:
    """Return the AUROC of a system, and what it warns of, for a run of many.

    Args:
        scores: The scores of the system.
    """
    test, validation = scores.auroc, number(scores.validation_auroc.value)
    told = f"{scores.model}: {scores.target}, test AUROC {test}, validation {validation}"
    return "\n".join([told, *(f"{scores.model}: warning: {note}" for note in scores.notes)])


def _overall(scores: Scores) -> str:
    level = scores.images
    rows = [
        [
            score_name(name),
            str(level.test.scores[name]),
            str(level.test.uncalibrated.get(name, "")),
            number(level.validation.scores[name].value),
        ]
        for name in (OVERALL if scores.binary else SEVERAL)
    ]
    return plain_table(rows, ["", "test", "before temperature scaling", "validation"])


def _points(scores: Scores, rules: dict[str, Rule]) -> str:
    level = scores.images
    rows = [
        [
            name,
            threshold_text(level.shown_thresholds[name]),
            *(str(point.scores[score]) for score in POINT),
            in_words(rules[name]),
        ]
        for name, point in level.test.points.items()
    ]
    return plain_table(rows, ["operating point", "from", *POINT, "chosen by"])


def _classes(scores: Scores) -> str:
    """Return precision, recall and more of each class; the AUROC where there are more than two."""
    aurocs = scores.images.test.scores
    rows = [
        [
            name,
            *(number(row[key]) for key in ("precision", "recall", "f1")),
            str(row["support"]),
            *([] if scores.binary else [str(aurocs[f"auroc/{name}"])]),
        ]
        for name, row in zip(scores.classes, by_class(scores), strict=True)
    ]
    titles = [f"at {scores.headline}" if scores.binary else scores.headline]
    titles += ["precision", "recall", "F1", "support"]
    return plain_table(rows, titles + ([] if scores.binary else ["AUROC against the others"]))


def by_class(scores: Scores) -> list[dict[str, float | None]]:
    """Return precision, recall, F1 and support of each class in `matrix`; None where undefined."""
    rows = []
    for place, actual in enumerate(scores.matrix):
        right, support = actual[place], sum(actual)
        predicted = sum(row[place] for row in scores.matrix)
        rows.append(
            {
                "precision": _ratio(right, predicted),
                "recall": _ratio(right, support),
                "f1": _ratio(2 * right, predicted + support),
                "support": support,
            }
        )
    return rows


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 6) if whole else None


def _lines(scores: Scores) -> list[str]:
    """Return what needs no table, a line each; some of it not every data set has."""
    lines = [f"temperature {number(scores.images.temperature)}"]
    if scores.binary:
        lines.insert(0, f"accuracy at {scores.headline} {scores.point.scores['accuracy']}")
    if scores.unsure is not None:
        reached = scores.unsure.reached
        lines.append(
            f"with a guarantee: missed {reached['missed']}, false alarms "
            f"{reached['false_alarms']}, unsure {reached['unsure']}"
        )
    if scores.studies is not None:
        test = scores.studies.test
        lines.append(f"by study: AUROC {test.scores['auroc']}, {_counts(scores, test, 'studies')}")
    if len(scores.seeds) > 1:
        seeds = ", ".join(f"{seed}: {each.auroc}" for seed, each in scores.seeds.items())
        lines.append(f"AUROC by training seed {seeds}")
    if scores.weakest is not None:
        attribute, value, part = scores.weakest
        auroc, counts = part.scores["auroc"], _counts(scores, part, "radiographs")
        lines.append(f"weakest subgroup: {attribute} {value}, AUROC {auroc}, {counts}")
    lines += [f"warning: {note}" for note in scores.notes]
    return lines


def _counts(scores: Scores, part: Part, unit: str) -> str:
    of_second = "" if part.positives is None else f", {part.positives} {scores.classes[1]}"
    return f"{part.n} {unit}{of_second}"
