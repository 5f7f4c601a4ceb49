"""Scores: one JSON for each system, the same keys whatever the model."""

import math
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from stages.artifacts.atomic import read_json, write_json
from stages.console import PipelineError

SUMMARY = Path("metrics/summary.json")
COMPARISON = Path("metrics/comparison.json")
COMPARISON_TABLE = Path("plots/comparison/comparison.csv")
CLASSES = ("not fractured", "fractured")
"""What the labels 0 and 1 are called."""

Values = dict[str, float | None]
"""Scores and counts by name; None where a score is undefined."""


@dataclass(frozen=True)
class Scores:
    """How well one model's predictions fit the labels.

    Attributes:
        model: A key of `models` in params.yaml.
        dataset: A key of `datasets`.
        synthetic: Whether the radiographs are drawn: then the scores say nothing about patients.
        threshold: Radiographs with this probability or more are called fractured.
        confidence: Of the intervals, such as 0.95.
        validation: `n`, `positives`, `groups` and each score of stages/evaluate/scores.py.
        test: Likewise, and the AUROC's bootstrap interval: `auroc_low`, `auroc_high`, and
            `auroc_draws`, the number of draws that it rests on.
        at_half: Scores of the test radiographs at threshold 0.5, which published results use.
        classes: Of the test radiographs at `threshold`, by the names of `CLASSES`: precision,
            recall, f1, support.
        confusion: Counts of the test radiographs at `threshold`: tn, fp, fn, tp.
    """

    model: str
    dataset: str
    synthetic: bool
    threshold: float
    confidence: float
    validation: Values
    test: Values
    at_half: Values
    classes: dict[str, Values]
    confusion: dict[str, int]


def path(model: str) -> Path:
    """Return where the scores of a model stand."""
    return Path("metrics/systems") / f"{model}.json"


def plots(model: str) -> Path:
    """Return the folder of a model's figures and the data behind them."""
    return Path("plots/systems") / model


def rounded(scores: Scores) -> Scores:
    """Round to six decimals, so that bytes are stable; NaN, an undefined score, becomes None.

    The threshold stays as it was applied: rounding could put a radiograph on its other side.
    """
    return replace(Scores(**_rounded(asdict(scores))), threshold=scores.threshold)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value


def write(scores: Scores, to: Path) -> None:
    """Write scores that were `rounded`."""
    write_json(to, asdict(scores))


def read(model: str) -> Scores:
    """Read the scores of a model that `write` wrote at its `path`.

    Raises:
        PipelineError: There are none, or they were written by another version of the pipeline.
    """
    source, remedy = path(model), f"run `dvc repro evaluate@{model}`"
    if not source.is_file():
        raise PipelineError(f"{source} not found, the scores of model {model}: {remedy}")
    value = read_json(source)
    expected = [field.name for field in fields(Scores)]
    if list(value) != expected:
        raise PipelineError(
            f"{source} holds the keys {', '.join(value)}, expected {', '.join(expected)}: {remedy}"
        )
    return Scores(**value)


def number(value: float | None) -> str:
    """Return a score as people read it: three decimals, `-` where it is undefined."""
    return "-" if value is None else f"{value:.3f}"


def interval(scores: Scores) -> str:
    """Return the ends of the test AUROC's interval as people read them."""
    low, high = scores.test["auroc_low"], scores.test["auroc_high"]
    return "-" if low is None or high is None else f"{number(low)} to {number(high)}"
