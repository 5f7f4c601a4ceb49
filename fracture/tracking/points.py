"""Nested settings, scores and curves as the flat names that MLflow knows."""

import json
import math
import re
from collections.abc import Iterable
from typing import Any

import pandas as pd

from fracture.artifacts.costs import Costs
from fracture.artifacts.localisation import Localisation, Measure
from fracture.artifacts.row import Estimate
from fracture.artifacts.scores import Level, Part, Scores
from fracture.tracking.record import Point

CURVES = ["loss", "auc", "validation_loss", "validation_auc", "learning_rate", "finetune"]
CHARTED = {
    "test/auroc": "test/auroc",
    "test/average_precision": "test/average_precision",
    "test/sensitivity": "test/sensitivity",
    "test/specificity": "test/specificity",
    "test/balanced_accuracy": "test/balanced_accuracy",
    "test/calibration_error": "test/calibration_error",
    "test/log_loss": "test/log_loss",
    "test/auroc_deviation": "test/auroc_deviation",
    "test/auroc_served": "test/auroc_served",
    "studies/auroc": "test/auroc_by_study",
    "localisation/pointing": "test/pointing",
    "localisation/sensitivity_at_1": "test/fractures_marked_at_1",
    "test/auroc_low": "test_interval/auroc_low",
    "test/auroc_high": "test_interval/auroc_high",
    "validation/auroc": "validation/auroc",
    "validation/log_loss": "validation/log_loss",
    "calibration/temperature": "validation/temperature",
    "threshold/{point}": "validation/threshold",
}
"""Numbers that become metrics, and the metrics' names. MLflow sorts charts by the alphabet of what
stands before the slash: `test` comes before `training` and `validation`."""
WITH_ENDS = {"auroc", "average_precision", "sensitivity", "specificity"}
"""Scores whose interval goes along."""
VALIDATION = [
    "auroc", "average_precision", "log_loss", "brier", "calibration_error", "accuracy",
    "balanced_accuracy",
]  # fmt: skip
"""Scores on validation that go along."""
STUDIES = ["average_precision", "log_loss", "accuracy", "sensitivity", "specificity", "kappa"]
"""Scores by study that go along, with the AUROC."""

Numbers = dict[str, float]
Measured = dict[str, float | None]


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


def charted(numbers: Numbers, point: str) -> list[Point]:
    """Return the few numbers that MLflow charts, those that matter most first.

    Args:
        numbers: All of a run.
        point: The headline's operating point.
    """
    named = {name.format(point=word(point)): metric for name, metric in CHARTED.items()}
    return [Point(metric, numbers[name]) for name, metric in named.items() if name in numbers]


def table(numbers: Numbers) -> dict[str, list[Any]]:
    """Return all numbers of a run as a table, in the form in which MLflow shows one."""
    rows = [[*name.split("/"), value] for name, value in numbers.items()]
    return {"columns": ["of", "number", "value"], "data": rows}


def score_numbers(scores: Scores) -> Numbers:
    """Return a model's scores, those that matter most first; undefined ones are left out.

    Names are such as `test/auroc`, `test/sensitivity` (at the headline's operating point),
    `test_half/sensitivity`, `test_confusion_balanced/tp`, `validation/auroc`,
    `calibration/temperature`, `threshold/balanced`, `studies/auroc`.
    """
    images, test = scores.images, scores.images.test
    points = {word(name): point for name, point in test.points.items()}
    sections: dict[str, Measured] = {
        "test": _with_ends(test.scores | scores.decisions) | spread(scores) | _counts(test),
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
    return _flat(sections)


def localisation_numbers(localisation: Localisation) -> Numbers:
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
    return _flat({"localisation": numbers})


def curve_points(history: pd.DataFrame) -> list[Point]:
    """Return the curves of a model's trainings by epoch.

    `training/finetune` is 1 in that phase, else 0. The curves of the first seed bear no seed in
    their name; of further ones `training_seed1/loss` is an example, and `training_hand_seed1/loss`
    where there is a network for each value of a column.

    Args:
        history: As in fracture/artifacts/history.py; values that are no numbers are left out.
    """
    first = history["seed"].iloc[0]
    table = history.assign(finetune=history["phase"] == "finetune")
    return [
        Point(
            "training"
            + (f"_{word(str(value_of))}" if value_of else "")
            + ("" if seed == first else f"_seed{seed}")
            + f"/{curve}",
            float(value),
            int(epoch),
        )
        for (value_of, seed), training in table.groupby(["trained_on", "seed"], sort=False)
        for curve in CURVES
        for epoch, value in zip(training["epoch"], training[curve], strict=True)
        if math.isfinite(value)
    ]


def cost_points(costs: Costs) -> list[Point]:
    """Return what was measured of a model's training and prediction, `time_and_memory/...`."""
    numbers: Measured = {}
    if (training := costs.training) and training.whole:
        numbers |= {
            "training_seconds": training.seconds,
            "training_images_per_second": training.images_per_second,
            "training_megabytes": training.megabytes,
            "training_processor_seconds": training.processor_seconds,
        }
    if prediction := costs.prediction:
        numbers |= {
            "prediction_milliseconds": prediction.milliseconds,
            "prediction_megabytes": prediction.megabytes,
            "prediction_processor_seconds": prediction.processor_seconds,
        }
    return [Point(*item) for item in _flat({"time_and_memory": numbers}).items()]


def word(name: str) -> str:
    """Return a name of params.yaml with `_` for each character that MLflow's names may not have."""
    return re.sub(r"[^\w.-]", "_", name)


def spread(scores: Scores) -> Measured:
    """Return the deviation of the test AUROC over seeds, and the served network's; else nothing."""
    if scores.served is None:
        return {}
    return {
        "auroc_deviation": scores.spread.deviation,
        "auroc_served": scores.as_served.auroc.value,
    }


def _flat(sections: dict[str, Measured]) -> Numbers:
    return {
        f"{section}/{name}": float(value)
        for section, values in sections.items()
        for name, value in values.items()
        if value is not None
    }


def _values(scores: dict[str, Estimate], names: Iterable[str]) -> Measured:
    return {name: scores[name].value for name in names if name in scores}


def _with_ends(scores: dict[str, Estimate]) -> Measured:
    numbers: Measured = {}
    for name, estimate in scores.items():
        # Of a class: `auroc/hand` is `auroc_hand` here, since the slash parts sections.
        flat_name = word(name)
        numbers |= _ends(flat_name, estimate) if name in WITH_ENDS else {flat_name: estimate.value}
    return numbers


def _ends(name: str, estimate: Estimate) -> Measured:
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}


def _counts(part: Part) -> Measured:
    return {"n": part.n, "positives": part.positives, "groups": part.groups}


def _calibration(images: Level) -> Measured:
    uncalibrated = images.test.uncalibrated.items()
    return {"temperature": images.temperature} | {
        f"uncalibrated_{name}": estimate.value for name, estimate in uncalibrated
    }


def _studies(studies: Level | None, headline: str) -> Measured:
    """Return the scores of test studies, those of decisions at the headline's operating point."""
    if studies is None:
        return {}
    test = studies.test
    scores = test.scores | (test.points[headline].scores if test.points else {})
    return _ends("auroc", scores["auroc"]) | _values(scores, STUDIES) | _counts(test)


def _measure(name: str, measure: Measure) -> Measured:
    numbers = _ends(name, measure.network)
    for control, gain in measure.gain.items():
        numbers |= _ends(f"{name}_gain_{control}", gain)
    return numbers | {f"{name}_{other}": estimate.value for other, estimate in measure.others}
