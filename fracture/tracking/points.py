"""Nested settings, scores and curves as the flat names that MLflow knows."""

import json
import math
import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from fracture.artifacts.localisation import Localisation, Measure
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Level, Part, Scores
from fracture.tracking.record import Point

CURVES = ["loss", "auc", "validation_loss", "validation_auc", "learning_rate", "finetune"]
# A run of some hundred numbers can be read, one of all cannot: the rest stays in the artifact.
WITH_ENDS = {"auroc", "average_precision", "sensitivity", "specificity"}
"""Scores whose interval goes along."""
VALIDATION = [
    "auroc", "average_precision", "log_loss", "brier", "calibration_error", "accuracy",
    "balanced_accuracy",
]  # fmt: skip
"""Scores on validation that go along."""
STUDIES = ["average_precision", "log_loss", "accuracy", "sensitivity", "specificity", "kappa"]
"""Scores by study that go along, with the AUROC."""

Numbers = dict[str, float | None]


def flat(values: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Return nested settings as texts, names joined by dots; lists, numbers and null as JSON.

    Example:
        `{"head": {"units": [128]}}` becomes `{"head.units": "[128]"}`.

    Args:
        values: The settings, by name.
        prefix: Stands before each name.
    """
    texts: dict[str, str] = {}
    for key, value in values.items():
        name = f"{prefix}{word(str(key))}"
        if isinstance(value, dict):
            texts |= flat(value, f"{name}.")
        else:
            texts[name] = value if isinstance(value, str) else json.dumps(value)
    return texts


def score_points(scores: Scores) -> list[Point]:
    """Return a model's scores, those that matter most first; undefined ones are left out.

    What stands before the slash of a name is the section that MLflow charts it in: `test/auroc`,
    `test_balanced/sensitivity`, `test_confusion_balanced/tp`, `validation/auroc`,
    `calibration/temperature`, `threshold/balanced`, `studies/auroc`.
    """
    images, test = scores.images, scores.images.test
    points = {word(name): point for name, point in test.points.items()}
    sections: dict[str, Numbers] = {
        "test": _with_ends(test.scores) | spread(scores) | _counts(test),
        **({f"test_{word(scores.headline)}": _with_ends(scores.decisions)} if points else {}),
        "validation": _values(images.validation.scores, VALIDATION) | _counts(images.validation),
        **{
            f"test_{name}": _values(point.scores, point.scores)
            for name, point in points.items()
            if name != word(scores.headline)
        },
        **{f"test_confusion_{name}": dict(point.confusion) for name, point in points.items()},
        "threshold": {word(name): value for name, value in images.thresholds.items()},
        "calibration": _calibration(images),
        "studies": _studies(scores.studies, scores.headline),
    }
    return _points(sections)


def localisation_points(localisation: Localisation) -> list[Point]:
    """Return how well a model's heatmaps point at fractures; undefined numbers are left out.

    `localisation/pointing` is the network's, `localisation/pointing_random_weights` a control's,
    `localisation/pointing_gain_random_weights` the network's beyond it,
    `localisation/sensitivity_at_0.5` that of marks at 0.5 false ones a radiograph.
    """
    numbers = _measure("pointing", localisation.pointing)
    numbers |= _measure("energy", localisation.energy)
    numbers |= {
        **{
            f"sensitivity_at_{rate}": measure.network.value
            for rate, measure in localisation.sensitivity.items()
        },
        "average_precision": localisation.average_precision.network.value,
        "small_pointing": localisation.small.pointing.network.value,
        "small_sensitivity_at_1": localisation.small.sensitivity["1"].network.value,
        "box_area": localisation.box_area.value,
        "empty": localisation.empty,
        "empty_random_weights": localisation.empty_random_weights,
        "n": localisation.n,
        "fractures": localisation.fractures,
        "normal": localisation.normal,
        "groups": localisation.groups,
    }
    return _points({"localisation": numbers})


def curve_points(history: pd.DataFrame) -> list[Point]:
    """Return the curves of a model's trainings by epoch.

    `epoch/finetune` is 1 in that phase, else 0. The curves of the first seed bear no seed in their
    name; of further ones `epoch/loss_seed1` is an example, and `epoch/loss_hand_seed1` where there
    is a network for each value of a column.

    Args:
        history: As in fracture/artifacts/history.py; values that are no numbers are left out.
    """
    first = history["seed"].iloc[0]
    table = history.assign(finetune=history["phase"] == "finetune")
    return [
        Point(
            f"epoch/{curve}"
            + (f"_{word(str(value_of))}" if value_of else "")
            + ("" if seed == first else f"_seed{seed}"),
            float(value),
            int(epoch),
        )
        for (value_of, seed), training in table.groupby(["trained_on", "seed"], sort=False)
        for curve in CURVES
        for epoch, value in zip(training["epoch"], training[curve], strict=True)
        if math.isfinite(value)
    ]


def word(name: str) -> str:
    """Return a name of params.yaml with `_` for each character that MLflow's names may not have."""
    return re.sub(r"[^\w.-]", "_", name)


def spread(scores: Scores) -> Numbers:
    """Return the deviation of the test AUROC over seeds, and the served network's; else nothing."""
    if scores.served is None:
        return {}
    return {
        "auroc_deviation": scores.spread.deviation,
        "auroc_served": scores.as_served.auroc.value,
    }


def _points(sections: dict[str, Numbers]) -> list[Point]:
    return [
        Point(f"{section}/{name}", float(value))
        for section, values in sections.items()
        for name, value in values.items()
        if value is not None
    ]


def _values(scores: dict[str, Estimate], names: Iterable[str]) -> Numbers:
    return {name: scores[name].value for name in names if name in scores}


def _with_ends(scores: dict[str, Estimate]) -> Numbers:
    numbers: Numbers = {}
    for name, estimate in scores.items():
        # Of a class: `auroc/hand` is `auroc_hand` here, since the slash parts sections.
        flat_name = word(name)
        numbers |= _ends(flat_name, estimate) if name in WITH_ENDS else {flat_name: estimate.value}
    return numbers


def _ends(name: str, estimate: Estimate) -> Numbers:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def _counts(part: Part) -> Numbers:
    return {"n": part.n, "positives": part.positives, "groups": part.groups}


def _calibration(images: Level) -> Numbers:
    uncalibrated = images.test.uncalibrated.items()
    return {"temperature": images.temperature} | {
        f"uncalibrated_{name}": estimate.value for name, estimate in uncalibrated
    }


def _studies(studies: Level | None, headline: str) -> Numbers:
    """Return the scores of test studies, those of decisions at the headline's operating point."""
    if studies is None:
        return {}
    test = studies.test
    scores = test.scores | (test.points[headline].scores if test.points else {})
    return _ends("auroc", scores["auroc"]) | _values(scores, STUDIES) | _counts(test)


def _measure(name: str, measure: Measure) -> Numbers:
    numbers = _ends(name, measure.network)
    for control, gain in measure.gain.items():
        numbers |= _ends(f"{name}_gain_{control}", gain)
    return numbers | {f"{name}_{other}": estimate.value for other, estimate in measure.others}
